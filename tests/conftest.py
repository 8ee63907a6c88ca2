from datetime import date
from functools import lru_cache

import pytest
from bs4 import BeautifulSoup
from django.conf import settings
from django.contrib.auth.models import Group
from django.core.cache import cache
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from pages import publishing
from pages.models import Clinic
from pages.urls import PAGES
from pages.views import remembered
from tests import chromium, screens
from tests.backends import missing
from tests.server import Site

# Of users made in this process; running sites keep the real hasher.
settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


def pytest_configure(config):
    """Have the static files as a site has them; once, and not in each worker."""
    if not hasattr(config, "workerinput"):
        call_command("collectstatic", interactive=False, verbosity=0)


@pytest.fixture(params=PAGES)
def page(request):
    return request.param


@lru_cache(maxsize=64)
def parsed(html):
    return BeautifulSoup(html, "html5lib")


@pytest.fixture
def read(client):
    """Return a function from a page's URL name to its document, for reading only."""
    return lambda name: parsed(client.get(reverse(f"pages:{name}")).content)


def publish(**facts):
    """Let this process and its visitors know these facts, which nobody saved."""
    cache.set(publishing.KEY, publishing.to_json(Clinic(version=1, **facts)))


@pytest.fixture(autouse=True)
def nothing_known():
    """Forget what an earlier test published, and the pages made of it."""
    cache.clear()
    remembered.cache_clear()
    publishing.from_json.cache_clear()
    publishing._known = None
    publishing._leave_cache_until = 0


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """A running site with its first staff user, for tests that do not break it."""
    with Site(tmp_path_factory.mktemp("site")).prepare() as site:
        yield site


@pytest.fixture(scope="session")
def browser():
    if not chromium.find():
        missing("chromium, from apt or playwright,")
    with chromium.running() as browser:
        yield browser


@pytest.fixture
def front_desk(client, django_user_model):
    ann = django_user_model.objects.create_user(
        "ann", password="a long secret", first_name="Ann", is_staff=True
    )
    ann.groups.add(Group.objects.get(name="Front desk"))
    client.force_login(ann)
    client.user = ann
    return client


@pytest.fixture
def bob_saves(django_user_model, django_capture_on_commit_callbacks):
    """Return a function that saves facts as somebody else, and publishes them."""
    bob = django_user_model.objects.create_user("bob", first_name="Bob")

    def save(**facts):
        with django_capture_on_commit_callbacks(execute=True):
            return Clinic.add(bob, **facts)

    return save


@pytest.fixture(params=[False, True], ids=["banner", "no_banner"])
def accepting(request, settings):
    settings.ACCEPTING_NEW_PATIENTS = request.param
    return request.param


@pytest.fixture(scope="session")
def tab(browser):
    """A tab that asks this process, and in which tests may add styles of their own."""
    with browser.new_context(base_url=screens.ORIGIN, bypass_csp=True) as context:
        context.add_init_script(path=screens.MEASURE)
        client = Client()

        def answer(route):
            got = client.get(route.request.url)
            route.fulfill(
                status=got.status_code, headers={**got.headers}, body=b"".join(got)
            )

        context.route("**", answer)
        yield context.new_page()


@pytest.fixture
def full_tab(tab):
    """That tab while every fact of the clinic has its full length."""
    publish(checked_on=date.today(), **screens.LONGEST_FACTS)
    return tab
