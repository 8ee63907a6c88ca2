"""Nobody is kept out: whether by a screen reader, a keyboard or colors of their own."""

from itertools import product

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.screens import SCREENS, set_up, show

A_AND_AA = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"]
EVERYTHING = [*A_AND_AA, "wcag2aaa", "wcag21aaa", "wcag22aaa", "best-practice"]
CONTRAST = ["color-contrast-enhanced"]  # 7:1
# What only a wide or dark screen has is on home.
SIGHTS = [(screen, 320, "light") for screen in SCREENS] + [("home", 1280, "dark")]
FIGURES = {"about_ketamine": 1, "how_it_works": 3, "how_its_given": 1}


def findings(tab, run, least=24):
    """Return what axe reports on the open page, or nothing.

    `run` is a list of tags or rules, `least` the size of a link in pixels.
    """
    size = {"options": {"minSize": least, "minOffset": least}}
    checks = dict.fromkeys(("target-size", "target-offset"), size)
    # It would ask for the stylesheets again, which the content policy forbids.
    options = {"runOnly": run, "checks": checks, "preload": False}
    results = Axe().run(tab, options=options)
    return results.violations_count and results.generate_report()


@pytest.mark.parametrize(("screen", "width", "scheme"), SIGHTS)
def test_axe_finds_no_barrier_and_the_keyboard_sees_each_link_in_order(
    full_tab, screen, width, scheme
):
    set_up(full_tab, width, color_scheme=scheme)
    show(full_tab, screen)

    assert not findings(full_tab, EVERYTHING, least=44)
    for index in range(full_tab.locator("a:visible").count()):
        full_tab.keyboard.press("Tab")
        stop = full_tab.evaluate("measure.focused()")
        assert stop["index"] == index, stop
        assert min(stop["ring"], stop["contrast"]) >= 3, stop
        assert not stop["covered"], stop
    full_tab.keyboard.press("Tab")  # leaves the page, or begins again
    assert full_tab.evaluate("(measure.focused() ?? {index: 0}).index") == 0


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
    """7:1 for words, 3:1 for the rest.

    Also in the visitor's own colors, where boxes have lost their surfaces.
    """
    show(full_tab, screen)

    wishes = [{}, {"contrast": "more"}, {"forced_colors": "active"}]
    for scheme, wish in product(["light", "dark"], wishes):
        set_up(full_tab, 1280, color_scheme=scheme, **wish)
        assert not findings(full_tab, CONTRAST), (scheme, wish)
        assert full_tab.evaluate("measure.faint(3)") == [], (scheme, wish)
    for box in full_tab.locator(".banner, .key-points, .emergency li a").all():
        assert box.evaluate("it => getComputedStyle(it).borderStyle") == "solid"


@pytest.mark.parametrize("page", FIGURES)
def test_drawings_are_told_to_those_who_do_not_see_them(read, page):
    drawings = read(page)("figure")

    assert len(drawings) == FIGURES[page]
    for drawing in drawings:
        labels = [it["aria-label"] for it in drawing.select("[role=img]")]
        assert len(" ".join(labels).split()) > 8
        assert not drawing.select("svg:not([role=img], [aria-hidden=true]), svg text")
