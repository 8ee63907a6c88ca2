"""A first visit is one answer and an icon, light and private."""

import pytest

from tests.screens import PATHS
from tests.server import Site

# In bytes: a page with its styles; a page and an icon as they travel, with headers.
BUDGETS = {"br": 8_000, "gzip": 9_500}
FIRST_VISIT = 10_000


@pytest.fixture(scope="module")
def shipped_site(tmp_path_factory):
    with Site(tmp_path_factory.mktemp("shipped"), WEB_CONCURRENCY="1") as site:
        yield site


@pytest.mark.parametrize("coding", BUDGETS)
def test_each_page_keeps_its_budgets(shipped_site, coding):
    for path in PATHS.values():
        body = shipped_site.get(path, Accept_Encoding=coding).body
        assert len(body) < BUDGETS[coding], path


def test_asks_twice_and_keeps_no_cookie(browser, shipped_site):
    asked = []
    with browser.new_context(base_url=shipped_site.origin) as context:
        tab = context.new_page()
        tab.on("requestfinished", lambda request: asked.append(request))
        with tab.expect_event("requestfinished", lambda it: it.url.endswith(".svg")):
            tab.goto(PATHS["about_ketamine"])
        sizes = [request.sizes() for request in asked]
        margin = tab.evaluate("getComputedStyle(document.body).margin")
        cookies = context.cookies()

    assert [it.url.partition("/favicon.")[0] for it in asked] == [
        f"{shipped_site.origin}{PATHS['about_ketamine']}",
        f"{shipped_site.origin}/static",
    ]
    weight = sum(it["responseHeadersSize"] + it["responseBodySize"] for it in sizes)
    assert weight < FIRST_VISIT
    assert margin == "0px"  # the styles inside count
    assert cookies == []
