"""A stranger can change the stylesheet: everything in it is used, and has a name."""

import re

from django.template.loader import render_to_string

from tests import ROOT
from tests.conftest import parsed, publish
from tests.screens import LONGEST_FACTS, PATHS

CSS = (ROOT / "static/css/site.css").read_text()
RULES = re.sub(r"/\*.*?\*/", "", CSS, flags=re.DOTALL)
# Names cannot stand in @media and @page.
NAMEABLE = re.sub(r"@media[^{]*|@page\s*{[^}]*}", "", RULES)
STATES = r"::[\w-]+|:(hover|target|focus(-visible)?)"
UNITS = r"\d(px|r?em|pt|in|ch|vw|m?s)\b"
COLORS = r"#\w|\b(rgb|hsl|white|black|gr[ae]y|red|green|blue)\b"


def test_every_selector_and_every_class_on_a_screen_has_the_other(client):
    publish(**LONGEST_FACTS)
    texts = [client.get(path).text for path in (*PATHS.values(), "/nowhere/")]
    documents = [parsed(html) for html in (*texts, render_to_string("500.html"))]

    selectors = re.findall(r"([^{};]+){", NAMEABLE)
    # Without the states that a test would have to bring about.
    plain = re.sub(STATES, "", ",".join(selectors))
    for selector in filter(str.strip, re.split(r",(?![^(]*\))", plain)):
        assert any(document.select_one(selector) for document in documents), selector
    classed = [it for document in documents for it in document.body.select("[class]")]
    assert {f".{name}" for it in classed for name in it["class"]} <= {
        *re.findall(r"\.[a-z][\w-]+", RULES)
    }


def test_every_name_is_used_and_every_used_name_is_given():
    given = re.findall(r"(--[\w-]+):", RULES)

    assert {*given} == {*re.findall(r"var\((--[\w-]+)\)", RULES)}


def test_every_size_and_color_has_a_name():
    declarations = re.findall(r"([\w-]+):\s([^;{}]+);", NAMEABLE)
    plain = [value for name, value in declarations if name[:2] != "--"]

    assert len(plain) > 200
    assert [it for it in plain if re.search(f"{UNITS}|{COLORS}", it)] == []
    assert not re.search(r"--text-\w+:[^;]*px", RULES)  # or it would not grow


def test_browsers_own_bar_has_the_color_of_the_page(client):
    bars = re.findall(r'"theme-color" content="(#\w+)"', client.get("/").text)

    assert bars == re.findall(r"--color-page: (#\w+);", CSS)
