"""A printed page is short, plain and says where it comes from."""

import re

import pytest

from tests.screens import PATHS, set_up, show

LETTER_WIDTH = round((8.5 - 2 * 0.5) * 96)  # in CSS pixels, within the margins


@pytest.mark.parametrize("page", PATHS)
def test_is_short_plain_and_says_where_it_comes_from(full_tab, page):
    set_up(full_tab, LETTER_WIDTH, media="print", color_scheme="dark")
    show(full_tab, page)

    pdf = full_tab.pdf(format="Letter", prefer_css_page_size=True)
    banner = full_tab.locator(".banner")
    style = banner.evaluate("it => ({...getComputedStyle(it)})")
    words = full_tab.locator("body").inner_text()
    color_of_each = "all => all.map(it => getComputedStyle(it).color)"
    colors = full_tab.locator("body :visible").evaluate_all(color_of_each)

    sheets = len(re.findall(rb"/Type\s*/Page\b", pdf))
    assert sheets <= {"contact": 1, "how_it_works": 3}.get(page, 2)
    assert re.fullmatch(
        r"We are not accepting new patients at this time\s+Still true on .+ \d{4}",
        banner.inner_text(),
    )
    line = float(style["lineHeight"].removesuffix("px"))
    assert banner.bounding_box()["height"] <= line * 1.1
    assert style["borderStyle"] == "none"
    assert words.rstrip().endswith(PATHS[page])
    assert words.count("503-974-9819") == 1 or page == "about_this_site"
    assert words.count("503-376-9094") == 1 or page != "contact"
    assert set(colors) == {"rgb(0, 0, 0)"}
    for name in ("nav", ".skip-link", ".treeline", ".emergency li", ".ways"):
        assert not any(part.is_visible() for part in full_tab.locator(name).all())
    for heading in full_tab.locator("h2:visible").all():  # none over nothing
        assert heading.evaluate(
            "it => [...it.parentElement.children].some("
            "other => other != it && other.checkVisibility())"
        )
