"""A stranger can change the stylesheet: all that it has is used, and the reverse."""

import re

from django.template.loader import render_to_string

from tests import ROOT
from tests.conftest import parsed, publish
from tests.screens import LONGEST_FACTS, PATHS

CSS = (ROOT / "static/css/site.css").read_text()
RULES = re.sub(r"/\*.*?\*/", "", CSS, flags=re.DOTALL)
STATES = r"::[\w-]+|:(hover|target|focus(-visible)?)"


def test_every_selector_and_every_class_on_a_screen_has_the_other(client):
    publish(**LONGEST_FACTS)
    texts = [client.get(path).text for path in (*PATHS.values(), "/nowhere/")]
    documents = [parsed(html) for html in (*texts, render_to_string("500.html"))]

    selectors = re.findall(r"([^{};@]+){", re.sub(r"@(media|page)[^{]*", "@", RULES))
    # Without the states that a test would have to bring about.
    plain = re.sub(STATES, "", ",".join(selectors))
    for selector in filter(str.strip, re.split(r",(?![^(]*\))", plain)):
        assert any(document.select_one(selector) for document in documents), selector
    classed = [it for document in documents for it in document.body.select("[class]")]
    assert {f".{name}" for it in classed for name in it["class"]} <= {
        *re.findall(r"\.[a-z][\w-]+", RULES)
    }


def test_every_name_is_used_and_every_used_name_is_given():
    given = {*re.findall(r"(--[\w-]+):", RULES)}
    assert given == {*re.findall(r"var\((--[\w-]+)\)", RULES)}


def test_no_text_has_a_size_in_pixels_as_it_would_not_grow():
    assert not re.search(r"(--text-[\w-]+|font(-size)?):[^;]*px", RULES)
