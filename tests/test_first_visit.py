"""A first visit is one answer and an icon, light and private."""

import pytest

from tests.screens import PATHS

# In bytes: a page with its styles; a page and an icon as they travel, with headers.
BROTLI, GZIP, FIRST_VISIT = 8_000, 9_500, 10_000


@pytest.mark.parametrize("accepting", [False], indirect=True)
@pytest.mark.parametrize("page", PATHS)
def test_asks_twice_keeps_its_budgets_and_no_cookie(browser, shipped_site, page):
    context = browser.new_context(base_url=shipped_site.origin)
    tab = context.new_page()
    asked = []
    tab.on("requestfinished", lambda request: asked.append(request))
    with tab.expect_event("requestfinished", lambda it: it.url.endswith(".svg")):
        tab.goto(PATHS[page])
    sizes = [request.sizes() for request in asked]
    weight = sum(it["responseHeadersSize"] + it["responseBodySize"] for it in sizes)
    margin = tab.evaluate("getComputedStyle(document.body).margin")
    cookies = context.cookies()
    context.close()
    gzip, brotli = (
        len(shipped_site.get(PATHS[page], Accept_Encoding=coding).body)
        for coding in ("gzip", "br")
    )

    assert [it.url.partition("/favicon.")[0] for it in asked] == [
        f"{shipped_site.origin}{PATHS[page]}",
        f"{shipped_site.origin}/static",
    ]
    assert weight < FIRST_VISIT
    assert brotli < BROTLI
    assert gzip < GZIP
    assert margin == "0px"  # the styles inside count
    assert cookies == []
