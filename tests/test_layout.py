"""Every screen fits: the narrowest phone, large text, wide spacing, a tired thumb."""

import pytest

from tests.screens import PATHS, SCREENS, set_up, show

STYLES = {
    "as it is": "/**/",
    # https://www.w3.org/TR/WCAG22/#text-spacing
    "wide": """* {
      line-height: 1.5 !important;
      letter-spacing: 0.12em !important;
      word-spacing: 0.16em !important;
    }
    p { margin-block-end: 2em !important; }""",
    "large": "html { font-size: 200% !important; }",
}


@pytest.mark.parametrize("style", STYLES.values(), ids=STYLES)
@pytest.mark.parametrize("screen", SCREENS)
def test_nothing_reaches_past_the_edge_of_the_screen(full_tab, screen, style):
    """320 px is the narrowest phone, and a screen of 1280 px at 400%."""
    show(full_tab, screen)
    full_tab.add_style_tag(content=style)

    for width in (320, 768, 1280):
        set_up(full_tab, width)
        assert full_tab.evaluate("measure.outsideTheScreen()") == [], width


@pytest.mark.parametrize("screen", SCREENS)
def test_links_are_44_px_or_stand_in_a_sentence(tab, accepting, screen):
    show(tab, screen, accepting)

    for width in (320, 1280):
        set_up(tab, width)
        assert tab.evaluate("measure.targetsBelow(44)") == [], width


@pytest.mark.parametrize("page", PATHS)
def test_status_stands_in_the_first_quarter_of_a_phone(tab, accepting, page):
    set_up(tab, 360, 740)
    show(tab, page)

    status = tab.locator("main > .banner > h2")

    assert status.count() == (not accepting)
    for box in [it.bounding_box() for it in status.all()]:
        assert box["y"] + box["height"] <= 740 / 4


def test_longest_message_of_staff_stays_in_the_banner(full_tab):
    set_up(full_tab, 320)
    show(full_tab, "home")

    banner = full_tab.locator(".banner").bounding_box()
    message = full_tab.locator(".banner__message")
    words = message.evaluate(
        "it => { const range = document.createRange(); range.selectNodeContents(it);"
        " return range.getBoundingClientRect().toJSON() }"
    )

    assert message.inner_text().endswith("xxx")
    assert banner["x"] <= words["left"]
    assert words["right"] <= banner["x"] + banner["width"]
    assert words["bottom"] <= banner["y"] + banner["height"]
