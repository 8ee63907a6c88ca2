"""Every screen fits: any font, the narrowest phone, large text."""

import pytest

from tests.screens import NARROW, SCREENS, WIDE, set_up, show, wear
from tests.test_accessibility import findings

# https://www.w3.org/TR/WCAG22/#text-spacing
SPACED = """* {
  line-height: 1.5 !important;
  letter-spacing: 0.12em !important;
  word-spacing: 0.16em !important;
}
p { margin-block-end: 2em !important; }"""
LARGE = "html { font-size: 200% !important; }"
# Of hours, as no line may end inside a time.
ON_TWO_LINES = """[...document.querySelectorAll(".whole")].filter(it =>
    it.offsetHeight > 1.5 * parseFloat(getComputedStyle(it).lineHeight)
).filter(it => / [ap]m/.test(it.textContent)).map(it => it.textContent)"""
LOOKS = [
    *((NARROW, "", 320), (WIDE, "", 320), (WIDE, "", 768), (WIDE, "", 1280)),
    *((WIDE, SPACED, 320), (WIDE, LARGE, 320), (WIDE, LARGE, 1280)),
]


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
            assert full_tab.evaluate(ON_TWO_LINES) == [], look


@pytest.mark.parametrize(
    "page", ["about_ketamine", "how_it_works", "how_its_given", "home", "contact"]
)
def test_phone_shows_status_first_and_the_first_section_soon(tab, accepting, page):
    set_up(tab, 360, 740)
    show(tab, page)
    wear(tab, WIDE)

    status = [it.bounding_box() for it in tab.locator(".banner > h2").all()]
    first = tab.locator("main > section:not(.banner, .key-points) > h2").first
    if page == "home":
        first = tab.locator("#glance")

    assert len(status) == (not accepting)
    assert all(box["y"] + box["height"] <= 740 / 4 for box in status)
    # The day on which staff last said so takes one more line of the banner.
    assert first.bounding_box()["y"] < (900 if accepting else 864)
