"""Nobody is kept out: whether by a screen reader, a keyboard or colors of their own."""

import os
from itertools import pairwise, product

import pytest
from axe_playwright_python.sync_playwright import Axe, AxeResults

from tests import ROOT
from tests.screens import PATHS, SCREENS, set_up, show

A_AND_AA = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"]
EVERYTHING = [*A_AND_AA, "wcag2aaa", "wcag21aaa", "wcag22aaa", "best-practice"]
SCHEMES = ["light", "dark"]
WIDTHS = [320, 1280]

AXE = "tags => axe.run({runOnly: tags, resultTypes: ['violations']})"

SNAPSHOTS = ROOT / "tests" / "snapshots"


def findings(tab, tags):
    """Return what axe reports on the open page, at both widths in both schemes."""
    tab.evaluate(Axe().axe_script)
    found = []
    for width, scheme in product(WIDTHS, SCHEMES):
        set_up(tab, width, color_scheme=scheme)
        results = AxeResults(tab.evaluate(AXE, tags))
        if results.violations_count:
            found.append(f"{width} px, {scheme}: {results.generate_report()}")
    return found


@pytest.mark.parametrize("screen", SCREENS)
def test_axe_finds_no_barrier(tab, accepting, screen):
    show(tab, screen, accepting)

    assert findings(tab, EVERYTHING) == []


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


@pytest.mark.parametrize(("width", "scheme"), [(320, "light"), (1280, "dark")])
@pytest.mark.parametrize("screen", SCREENS)
def test_keyboard_reaches_every_link_in_order_and_sees_where_it_is(
    full_tab, screen, width, scheme
):
    set_up(full_tab, width, color_scheme=scheme)
    show(full_tab, screen)

    stops = tab_through(full_tab)

    links = full_tab.locator("a").count()
    assert [stop["index"] for stop in stops] == list(range(links))
    for stop in stops:
        assert stop["ring"] >= 3, stop["name"]
        assert stop["contrast"] >= 3, stop["name"]
        assert not stop["covered"], stop["name"]
    if width == 320:  # one column, so that order is seen as well
        down = [stop["top"] for stop in stops[1:]]
        assert all(after > before - 44 for before, after in pairwise(down))


@pytest.mark.parametrize("page", PATHS)
def test_skip_link_leads_past_the_navigation_to_the_banner(tab, accepting, page):
    set_up(tab, 320)
    show(tab, page)

    tab.keyboard.press("Tab")
    tab.keyboard.press("Enter")

    first = tab.locator("main:focus > :first-child")
    assert first.evaluate("it => it.matches('.banner')") is not accepting
    assert 0 <= first.bounding_box()["y"] < 740 / 4


@pytest.mark.parametrize("screen", SCREENS)
def test_words_and_drawings_stand_out(full_tab, screen):
    """By the colors that the browser computed: 7:1 for words, 3:1 for the rest."""
    show(full_tab, screen)

    for scheme, contrast in product(SCHEMES, ["no-preference", "more"]):
        set_up(full_tab, 1280, color_scheme=scheme, contrast=contrast)
        assert full_tab.evaluate("measure.textsBelow(7)") == []
        assert full_tab.evaluate("measure.drawingsBelow(3)") == []
        assert full_tab.evaluate("measure.edgesBelow(3)") == []


@pytest.mark.parametrize("screen", SCREENS)
def test_the_visitors_own_colors_keep_everything(full_tab, screen):
    """Words, drawings, and the boxes, whose surfaces are then gone."""
    show(full_tab, screen)

    for scheme in SCHEMES:
        set_up(full_tab, 1280, color_scheme=scheme, forced_colors="active")
        assert full_tab.evaluate("measure.textsBelow(7)") == []
        assert full_tab.evaluate("measure.drawingsBelow(3)") == []
        assert full_tab.evaluate("measure.edgesBelow(3)") == []
    for box in full_tab.locator(".banner, .key-points, .emergency li a").all():
        assert box.evaluate("it => getComputedStyle(it).borderStyle") == "solid"


@pytest.mark.parametrize(
    ("page", "figures"),
    {"about_ketamine": 1, "how_it_works": 3, "how_its_given": 1}.items(),
)
def test_figures_are_told_to_those_who_do_not_see_them(full_tab, page, figures):
    show(full_tab, page)

    session = full_tab.context.new_cdp_session(full_tab)
    nodes = session.send("Accessibility.getFullAXTree")["nodes"]
    images = [node for node in nodes if node.get("role", {}).get("value") == "image"]

    assert len(images) == figures
    for image in images:
        assert image["name"]["value"]
        assert len(image["description"]["value"].split()) > 20


@pytest.mark.parametrize("page", [*PATHS, "404"])
def test_tree_for_screen_readers_is_as_reviewed(tab, accepting, page):
    """Roles, names and words, as kept in tests/snapshots for reviewers to compare.

    After a wanted change, write them anew with
    RENEW_SNAPSHOTS=1 .venv/bin/pytest tests/test_accessibility.py
    and look at the difference.
    """
    set_up(tab)
    show(tab, page, accepting)
    name = f"{page}-accepting" if accepting else page
    snapshot = SNAPSHOTS / f"{name}.yaml"

    tree = tab.locator("body").aria_snapshot() + "\n"

    if os.environ.get("RENEW_SNAPSHOTS"):
        snapshot.write_text(tree)
    assert tree == snapshot.read_text()
