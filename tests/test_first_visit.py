"""A first visit is light enough for an old phone far from the city, and is private."""

import gzip
import re

import pytest

from tests.screens import PATHS

FIRST_VISIT = 14_000  # what a new connection sends in its first round trip
HTML = 5_000
WITH_THREE_FIGURES = 6_000
CSS = 6_000

pytestmark = pytest.mark.parametrize("accepting", [False], indirect=True)


@pytest.mark.parametrize("page", PATHS)
def test_asks_this_site_alone_three_times_and_is_given_no_cookie(
    browser, shipped_site, page
):
    """For the page, the stylesheet and the icon."""
    asked = []
    with browser.new_context(base_url=shipped_site.origin) as context:
        tab = context.new_page()
        tab.on("request", lambda request: asked.append(request.url))
        with tab.expect_event("requestfinished", lambda it: it.url.endswith(".svg")):
            tab.goto(PATHS[page])
        tab.wait_for_load_state()
        cookies = context.cookies()

    assert [url for url in asked if not url.startswith(f"{shipped_site.origin}/")] == []
    assert len(asked) <= 3
    assert cookies == []


@pytest.mark.parametrize("page", PATHS)
def test_keeps_its_budgets_over_the_wire(shipped_site, page):
    html = shipped_site.get(PATHS[page], Accept_Encoding="gzip")
    text = gzip.decompress(html.body).decode()
    css, icon = (
        shipped_site.get(path, Accept_Encoding="gzip")
        for kind in ("css", "svg")
        for path in re.findall(rf'<link [^>]*href="([^"]+\.{kind})"', text)
    )
    weight = sum(len(str(it.headers)) + len(it.body) for it in (html, css, icon))

    assert css.headers["Content-Encoding"] == "gzip"
    assert len(html.body) < (WITH_THREE_FIGURES if page == "how_it_works" else HTML)
    assert len(css.body) < CSS
    assert weight < FIRST_VISIT
