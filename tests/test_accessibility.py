"""Nobody is kept out: whether by a screen reader, a keyboard or colors of their own."""

import os
from itertools import pairwise, product

import pytest
from axe_playwright_python.sync_playwright import Axe, AxeResults

from tests import ROOT
from tests.screens import SCREENS, set_up, show

A_AND_AA = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"]
EVERYTHING = [*A_AND_AA, "wcag2aaa", "wcag21aaa", "wcag22aaa", "best-practice"]
SCHEMES = ["light", "dark"]
SIGHTS = [(320, "light"), (1280, "dark")]

AXE = "tags => axe.run({runOnly: tags, resultTypes: ['violations']})"

SNAPSHOTS = ROOT / "tests" / "snapshots"


def findings(tab, tags):
    """Return what axe reports on the open page."""
    tab.evaluate(Axe().axe_script)
    found = []
    for width, scheme in SIGHTS:
        set_up(tab, width, color_scheme=scheme)
        results = AxeResults(tab.evaluate(AXE, tags))
        if results.violations_count:
            found.append(f"{width} px, {scheme}: {results.generate_report()}")
    return found


@pytest.mark.parametrize("screen", SCREENS)
def test_axe_finds_no_barrier(full_tab, screen):
    show(full_tab, screen)

    assert findings(full_tab, EVERYTHING) == []


def test_axe_finds_no_barrier_at_sign_in(visitor):
    visitor.goto("/admin/login/")

    assert findings(visitor, A_AND_AA) == []


def tab_through(tab):
    """Press Tab once round the page; return what was focused on the way."""
    stops = []
    while len(stops) < 100:
        tab.keyboard.press("Tab")
        stop = tab.evaluate("measure.focused()")
        if not stop or stop in stops[:1]:
            return stops
        stops.append(stop)
    raise AssertionError("the keyboard cannot leave this page")


@pytest.mark.parametrize("screen", SCREENS)
def test_keyboard_reaches_every_link_in_order_and_sees_where_it_is(full_tab, screen):
    for width, scheme in SIGHTS:
        set_up(full_tab, width, color_scheme=scheme)
        show(full_tab, screen)

        stops = tab_through(full_tab)

        links = full_tab.locator("a:visible").count()
        assert [stop["index"] for stop in stops] == list(range(links))
        for stop in stops:
            assert stop["ring"] >= 3, stop["name"]
            assert stop["contrast"] >= 3, stop["name"]
            assert not stop["covered"], stop["name"]
        if width == 320:  # one column, so that order is seen as well
            down = [stop["top"] for stop in stops[1:]]
            assert all(after > before - 44 for before, after in pairwise(down))


def test_skip_link_leads_past_the_navigation_to_the_banner(tab, accepting):
    set_up(tab, 320)
    show(tab, "home")

    tab.keyboard.press("Tab")
    tab.keyboard.press("Enter")

    first = tab.locator("main:focus > :first-child")
    assert first.evaluate("it => it.matches('.banner')") is not accepting
    assert 0 <= first.bounding_box()["y"] < 740 / 4


@pytest.mark.parametrize("screen", SCREENS)
def test_words_and_drawings_stand_out_in_every_scheme(full_tab, screen):
    """By the colors that the browser computed: 7:1 for words, 3:1 for the rest.

    Also in the visitor's own colors, where boxes have lost their surfaces.
    """
    show(full_tab, screen)

    wishes = [{}, {"contrast": "more"}, {"forced_colors": "active"}]
    for scheme, wish in product(SCHEMES, wishes):
        set_up(full_tab, 1280, color_scheme=scheme, **wish)
        assert full_tab.evaluate("measure.textsBelow(7)") == []
        assert full_tab.evaluate("measure.drawingsBelow(3)") == []
        assert full_tab.evaluate("measure.edgesBelow(3)") == []
    for box in full_tab.locator(".banner, .key-points, .emergency li a").all():
        assert box.evaluate("it => getComputedStyle(it).borderStyle") == "solid"


@pytest.mark.parametrize(
    ("page", "figures"),
    {"about_ketamine": 1, "how_it_works": 3, "how_its_given": 1}.items(),
)
def test_drawings_are_told_to_those_who_do_not_see_them(full_tab, page, figures):
    show(full_tab, page)

    drawings = full_tab.locator("figure").all()

    assert len(drawings) == figures
    for drawing in drawings:
        images = drawing.get_by_role("img").all()
        labels = [image.get_attribute("aria-label") for image in images]
        assert all(labels)
        assert len(" ".join(labels).split()) > 8
        hidden = drawing.locator("svg:not([role=img], [aria-hidden=true])")
        assert hidden.count() == 0


@pytest.mark.parametrize("accepting", [False], indirect=True)
@pytest.mark.parametrize("page", ["home", "how_it_works"])
def test_tree_for_screen_readers_is_as_reviewed(tab, page):
    """Roles, names and words, as kept in tests/snapshots for reviewers to compare.

    After a wanted change, write them anew with
    RENEW_SNAPSHOTS=1 .venv/bin/pytest tests/test_accessibility.py
    and look at the difference.
    """
    set_up(tab)
    show(tab, page)
    snapshot = SNAPSHOTS / f"{page}.yaml"

    tree = tab.locator("body").aria_snapshot() + "\n"

    if os.environ.get("RENEW_SNAPSHOTS"):
        snapshot.write_text(tree)
    assert tree == snapshot.read_text()
