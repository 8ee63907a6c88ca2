"""Nobody is kept out: whether by a screen reader, a keyboard or colors of their own."""

from itertools import product

import pytest
from axe_playwright_python.sync_playwright import Axe, AxeResults

from tests.screens import SCREENS, set_up, show

A_AND_AA = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"]
EVERYTHING = [*A_AND_AA, "wcag2aaa", "wcag21aaa", "wcag22aaa", "best-practice"]
CONTRAST = ["color-contrast-enhanced"]  # 7:1
# What only a wide or dark screen has is on home.
SIGHTS = [(screen, 320, "light") for screen in SCREENS] + [("home", 1280, "dark")]
AXE = """([run, least]) => {
  const options = {minSize: least, minOffset: least};
  axe.configure({checks: ["target-size", "target-offset"].map(id => ({id, options}))});
  return axe.run({runOnly: run, resultTypes: ["violations"]});
}"""
FIGURES = {"about_ketamine": 1, "how_it_works": 3, "how_its_given": 1}


def findings(tab, run, least=24):
    """Return what axe reports on the open page, or nothing.

    `run` is a list of tags or rules, `least` the size of a link in pixels.
    """
    tab.evaluate(Axe().axe_script)
    results = AxeResults(tab.evaluate(AXE, [run, least]))
    return results.violations_count and results.generate_report()


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


@pytest.mark.parametrize(("screen", "width", "scheme"), SIGHTS)
def test_axe_finds_no_barrier(full_tab, screen, width, scheme):
    set_up(full_tab, width, color_scheme=scheme)
    show(full_tab, screen)

    assert not findings(full_tab, EVERYTHING, least=44)


@pytest.mark.django_db
def test_axe_finds_no_barrier_at_sign_in(tab):
    set_up(tab, 320)
    tab.goto("/admin/login/")

    assert not findings(tab, A_AND_AA)


@pytest.mark.parametrize(("screen", "width", "scheme"), SIGHTS)
def test_keyboard_reaches_every_link_in_order_and_sees_where_it_is(
    full_tab, screen, width, scheme
):
    set_up(full_tab, width, color_scheme=scheme)
    show(full_tab, screen)

    stops = tab_through(full_tab)

    links = full_tab.locator("a:visible").count()
    assert [stop["index"] for stop in stops] == list(range(links))
    for stop in stops:
        assert min(stop["ring"], stop["contrast"]) >= 3, stop["name"]
        assert not stop["covered"], stop["name"]


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
