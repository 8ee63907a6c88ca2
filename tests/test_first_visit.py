"""A first visit is light enough for an old phone far from the city, and is private."""

import gzip
import re

import pytest

from tests.screens import PATHS

FIRST_VISIT = 14_000  # what a new connection sends in its first round trip
HTML = 5_000
WITH_THREE_FIGURES = 6_000
CSS = 6_000


@pytest.fixture
def requests(browser, shipped_site, page):
    """What a new visitor's browser asks for: the page, the stylesheet, the icon."""
    context = browser.new_context(base_url=shipped_site.origin)
    tab = context.new_page()
    requests = []
    tab.on("request", lambda request: requests.append(request.url))
    tab.goto(PATHS[page], wait_until="networkidle")
    cookies = context.cookies()
    context.close()
    assert cookies == []
    return requests


@pytest.mark.parametrize("page", PATHS)
def test_asks_this_site_alone_at_most_three_times(requests, shipped_site):
    assert len(requests) <= 3
    assert all(url.startswith(shipped_site.origin + "/") for url in requests)


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
