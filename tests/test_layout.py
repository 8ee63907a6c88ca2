"""Every screen fits: any font, the narrowest phone, large text, a tired thumb."""

import pytest

from tests.screens import SCREENS, fonts, set_up, show

# https://www.w3.org/TR/WCAG22/#text-spacing
SPACED = """* {
  line-height: 1.5 !important;
  letter-spacing: 0.12em !important;
  word-spacing: 0.16em !important;
}
p { margin-block-end: 2em !important; }"""
LARGE = "html { font-size: 200% !important; }"
STYLES = {"": (320, 768, 1280), SPACED: (320,), LARGE: (320, 1280)}


@pytest.mark.parametrize("screen", SCREENS)
def test_fits_in_every_font(full_tab, screen):
    """Nothing past the edge, links of 44 px, no time broken.

    320 px is the narrowest phone, and a screen of 1280 px at 400%.
    """
    show(full_tab, screen)

    for font in fonts():
        for style, widths in STYLES.items():
            full_tab.evaluate("css => measure.wear(css)", font + style)
            for width in widths:
                set_up(full_tab, width)
                assert full_tab.evaluate("measure.outsideTheScreen()") == [], font
                if not style:
                    assert full_tab.evaluate("measure.targetsBelow(44)") == [], font
                    assert full_tab.evaluate("measure.brokenTimes('main')") == [], font


@pytest.mark.parametrize(
    "page", ["about_ketamine", "how_it_works", "how_its_given", "home", "contact"]
)
def test_phone_shows_status_first_and_the_first_section_soon(tab, accepting, page):
    show(tab, page)

    for font in fonts():
        tab.evaluate("css => measure.wear(css)", font)
        set_up(tab, 360, 740)
        status = [it.bounding_box() for it in tab.locator(".banner > h2").all()]
        first = tab.locator("main > section:not(.banner, .key-points) > h2").first
        if page == "home":
            first = tab.locator("#glance")

        assert len(status) == (not accepting)
        assert all(box["y"] + box["height"] <= 740 / 4 for box in status)
        # The day on which staff last said so takes one more line of the banner.
        assert first.bounding_box()["y"] < (900 if accepting else 864), font


def test_words_of_drawings_grow_with_the_text(full_tab):
    for page in ("about_ketamine", "how_it_works", "how_its_given"):
        show(full_tab, page)
        full_tab.evaluate("css => measure.wear(css)", LARGE)
        set_up(full_tab, 320)

        labels = full_tab.locator("figure p, figure .days > *").all()
        sizes = [it.evaluate("it => getComputedStyle(it).fontSize") for it in labels]

        assert set(sizes) == {"30px"}
        assert full_tab.locator("svg text").count() == 0
