"""A stranger can change the stylesheet: everything in it is used, and has a name."""

import re

from tests import ROOT
from tests.screens import SCREENS, set_up, show

CSS = (ROOT / "static/css/site.css").read_text()
RULES = re.sub(r"/\*.*?\*/", "", CSS, flags=re.DOTALL)
# Names cannot stand in @media and @page.
NAMEABLE = re.sub(r"@media[^{]*|@page\s*{[^}]*}", "", RULES)
UNITS = r"\d(px|r?em|pt|in|ch|vw|m?s)\b"
COLORS = r"#\w|\b(rgb|hsl|white|black|gr[ae]y|red|green|blue)\b"


def test_every_selector_and_every_class_on_a_screen_has_the_other(full_tab):
    unmatched, classes = [], set()
    set_up(full_tab)
    for screen in SCREENS:
        show(full_tab, screen)
        unmatched.append(set(full_tab.evaluate("measure.selectorsWithoutMatch()")))
        classed = full_tab.locator("body [class]")
        classes.update(*classed.evaluate_all("all => all.map(it => [...it.classList])"))

    assert set.intersection(*unmatched) == set()
    assert {name for name in classes if f".{name}" not in RULES} == set()


def test_every_name_is_used_and_every_used_name_is_given():
    assert set(re.findall(r"(--[\w-]+):", RULES)) == set(
        re.findall(r"var\((--[\w-]+)\)", RULES)
    )


def test_every_size_and_color_has_a_name():
    declarations = re.findall(r"([\w-]+):\s([^;{}]+);", NAMEABLE)
    plain = [(name, value) for name, value in declarations if name[:2] != "--"]

    assert len(plain) > 200
    assert [
        (name, value) for name, value in plain if re.search(f"{UNITS}|{COLORS}", value)
    ] == []
    assert not re.search(r"--text-\w+:[^;]*px", RULES)  # or it would not grow


def test_browsers_own_bar_has_the_color_of_the_page(client):
    head = client.get("/").text

    bars = re.findall(r'"theme-color" content="(#\w+)"', head)
    assert bars == re.findall(r"--color-page: (#\w+);", CSS)
