import os

import pytest
from bs4 import BeautifulSoup
from django.core.cache import cache
from django.core.management import call_command
from django.urls import reverse
from playwright.sync_api import sync_playwright

from pages import facts, urls
from pages.remembered import remembered
from tests import chromium
from tests.server import Site

PAGES = list(urls.PAGES)


@pytest.fixture(params=PAGES)
def page(request):
    """The URL name of each page in turn."""
    return request.param


@pytest.fixture
def read(client):
    """Return a function from a page's URL name to its parsed document."""

    def read(name):
        return BeautifulSoup(client.get(reverse(f"pages:{name}")).content, "html5lib")

    return read


@pytest.fixture(autouse=True, scope="session")
def static_files():
    call_command("collectstatic", interactive=False, verbosity=0)


@pytest.fixture(autouse=True)
def nothing_known():
    """Forget what an earlier test published."""
    cache.clear()
    facts._known = None, None
    facts._leave_cache_until = 0
    remembered.cache_clear()


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """A running site with its first staff user, for tests that do not break it."""
    with Site(tmp_path_factory.mktemp("site")).prepare() as site:
        yield site


@pytest.fixture(scope="session")
def browser(tmp_path_factory):
    path = chromium.find()
    if not path:
        answer = pytest.fail if os.environ.get("CI") else pytest.skip
        answer(f"no Chromium: {chromium.HOW}")
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(
            executable_path=path,
            args=[
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
            ],
        )


@pytest.fixture
def visitor(browser, site):
    """A visitor's tab on a phone, at the running site."""
    context = browser.new_context(
        base_url=site.origin, viewport={"width": 360, "height": 740}
    )
    yield context.new_page()
    context.close()
