"""A printed page is short, plain and says where it comes from."""

import re

import pytest

from tests.screens import PATHS, set_up, show

LETTER_WIDTH = round((8.5 - 2 * 0.5) * 96)  # in CSS pixels, within the margins


def sheets(tab):
    pdf = tab.pdf(format="Letter", prefer_css_page_size=True)
    return len(re.findall(rb"/Type\s*/Page\b", pdf))


@pytest.mark.parametrize("page", PATHS)
def test_takes_at_most_two_sheets(full_tab, page):
    set_up(full_tab, media="print")
    show(full_tab, page)

    assert sheets(full_tab) <= (1 if page == "contact" else 2)


@pytest.mark.parametrize("page", PATHS)
def test_banner_is_one_plain_line_with_its_day(full_tab, page):
    set_up(full_tab, LETTER_WIDTH, media="print")
    show(full_tab, page)

    banner = full_tab.locator(".banner")
    line = banner.inner_text()
    height = banner.bounding_box()["height"]
    style = banner.evaluate("it => ({...getComputedStyle(it)})")

    assert re.fullmatch(
        r"We are not accepting new patients at this time\s+Checked \w+ \d+, \d{4}", line
    )
    assert height <= float(style["lineHeight"].removesuffix("px")) * 1.1
    assert style["borderStyle"] == "none"


@pytest.mark.parametrize("page", PATHS)
def test_ends_with_phone_address_and_where_the_page_is(tab, page):
    set_up(tab, LETTER_WIDTH, media="print")
    show(tab, page)

    foot = tab.locator("main, footer" if page == "contact" else "footer")
    words = " ".join(foot.all_inner_texts())

    assert "503-376-9094" in words
    assert "5000 Meadows Rd, Suite 230" in words
    assert words.rstrip().endswith(PATHS[page])


@pytest.mark.parametrize("page", PATHS)
def test_is_black_on_white_without_what_only_a_screen_can_do(tab, page):
    set_up(tab, LETTER_WIDTH, media="print", color_scheme="dark")
    show(tab, page)

    assert tab.evaluate("measure.textsBelow(21)") == []
    for name in ("nav", ".skip-link", ".treeline", ".emergency li"):
        for part in tab.locator(name).all():
            assert not part.is_visible()
