"""Nobody is kept out and every screen fits: reader, keyboard, colors, font, paper."""

import re
from itertools import product

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests import ROOT
from tests.screens import NARROW, PATHS, SCREENS, WIDE, set_up, show, wear

A_AND_AA = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"]
EVERYTHING = [*A_AND_AA, "wcag2aaa", "wcag21aaa", "wcag22aaa", "best-practice"]
CONTRAST = ["color-contrast-enhanced"]  # 7:1
# What only a wide or dark screen has is on home.
SIGHTS = [(screen, 320, "light") for screen in SCREENS] + [("home", 1280, "dark")]
FIGURES = {"about_ketamine": 1, "how_it_works": 3, "how_its_given": 1}

# What widens of https://www.w3.org/TR/WCAG22/#text-spacing
SPACED = "* { letter-spacing: 0.12em !important; word-spacing: 0.16em !important; }"
LARGE = "html { font-size: 200% !important; }"
CSS = (ROOT / "static/css/site.css").read_text()
COLORS = "all => all.map(it => getComputedStyle(it).color)"
LOOKS = [
    *((NARROW, "", 320), (WIDE, "", 320), (WIDE, "", 768), (WIDE, "", 1280)),
    *((WIDE, SPACED, 320), (WIDE, LARGE, 320), (WIDE, LARGE, 1280)),
]
LETTER_WIDTH = round((8.5 - 2 * 0.5) * 96)  # in CSS pixels, within the margins


def findings(tab, run, least=24):
    """Return what axe reports by these tags or rules; a link has so many pixels."""
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


def test_drawings_are_told_to_those_who_do_not_see_them(read, page):
    drawings = read(page)("figure")

    assert len(drawings) == FIGURES.get(page, 0)
    for drawing in drawings:
        labels = [it["aria-label"] for it in drawing.select("[role=img]")]
        assert len(" ".join(labels).split()) > 8
        assert not drawing.select("svg:not([role=img], [aria-hidden=true]), svg text")


@pytest.mark.parametrize("screen", SCREENS)
def test_fits_in_every_font(full_tab, screen):
    """320 px is the narrowest phone, and a screen of 1280 px at 400%."""
    for look in LOOKS:
        font, style, width = look
        set_up(full_tab, width)
        show(full_tab, screen)
        wear(full_tab, font, style)
        assert full_tab.evaluate("document.documentElement.scrollWidth") <= width, look
        if not style:
            assert not findings(full_tab, ["target-size"], least=44), look


@pytest.mark.parametrize("page", [*FIGURES, "home", "contact"])
def test_phone_shows_the_status_first(tab, accepting, page):
    set_up(tab)
    show(tab, page)
    wear(tab, WIDE)

    status = [it.bounding_box() for it in tab.locator(".banner > h2").all()]
    assert len(status) == (not accepting)
    assert all(box["y"] + box["height"] <= 740 / 4 for box in status)


@pytest.mark.parametrize("page", PATHS)
def test_on_paper_it_is_short_plain_and_says_where_it_comes_from(full_tab, page):
    set_up(full_tab, LETTER_WIDTH, media="print", color_scheme="dark")
    show(full_tab, page)
    body = full_tab.locator("body")
    words = body.inner_text()

    pdf = full_tab.pdf(format="Letter", prefer_css_page_size=True)
    sheets = len(re.findall(rb"/Type\s*/Page\b", pdf))
    assert sheets <= {"contact": 1, "how_it_works": 3}.get(page, 2)
    told = r"We are not accepting new patients at this time\s+Still true on .+ \d{4}"
    assert re.fullmatch(told, full_tab.locator(".banner").inner_text())
    assert words.rstrip().endswith(PATHS[page])
    assert words.count("503-974-9819") == 1 or page == "about_this_site"
    assert words.count("503-376-9094") == 1 or page != "contact"
    assert {*body.locator(":visible").evaluate_all(COLORS)} == {"rgb(0, 0, 0)"}
    hidden = full_tab.locator("nav, .skip-link, .treeline, .emergency li, .ways")
    assert not any(part.is_visible() for part in hidden.all())


def test_no_text_has_a_size_in_pixels_as_it_would_not_grow_and_all_names_are_given():
    assert not re.search(r"(--text-[\w-]+|font(-size)?):[^;]*px", CSS)
    given = {*re.findall(r"(--[\w-]+):", CSS)}
    assert given == {*re.findall(r"var\((--[\w-]+)\)", CSS)}
