"""A first visit is one answer and an icon, light and private."""

import pytest

from tests.screens import PATHS

# In bytes: a page with its styles; a page and an icon as they travel, with headers.
BUDGETS = {"br": 8_000, "gzip": 9_500}
FIRST_VISIT = 10_000


@pytest.mark.parametrize("coding", BUDGETS)
def test_each_page_keeps_its_budgets(site, coding):
    for path in PATHS.values():
        body = site.get(path, Accept_Encoding=coding).body
        assert len(body) < BUDGETS[coding], path


def test_asks_twice_and_keeps_no_cookie(browser, site):
    asked = []
    with browser.new_context(base_url=site.origin) as context:
        tab = context.new_page()
        tab.on("requestfinished", lambda request: asked.append(request))
        with tab.expect_event("requestfinished", lambda it: it.url.endswith(".svg")):
            tab.goto(PATHS["about_ketamine"])
        sizes = [request.sizes() for request in asked]
        margin = tab.evaluate("getComputedStyle(document.body).margin")
        cookies = context.cookies()

    assert [it.url.partition("/favicon.")[0] for it in asked] == [
        f"{site.origin}{PATHS['about_ketamine']}",
        f"{site.origin}/static",
    ]
    weight = sum(it["responseHeadersSize"] + it["responseBodySize"] for it in sizes)
    assert weight < FIRST_VISIT
    assert margin == "0px"  # the styles inside count
    assert cookies == []
