"""Every page is whole, linked, light and private, asks no database, and helps."""

from unittest.mock import Mock
from urllib.parse import urldefrag, urljoin, urlsplit

import html5lib
import pytest
from bs4 import BeautifulSoup
from django import db
from django.template import engines
from django.test import Client

from pages import publishing
from pages.models import Clinic
from tests.conftest import parsed
from tests.screens import PATHS
from tests.server import FORM, Staff, Stranger

IN_NAVIGATION = "about_ketamine", "how_it_works", "how_its_given", "contact"


def test_is_whole_and_marked_in_the_navigation_and_asks_no_database(
    client, page, monkeypatch
):
    """What else its outline promises, axe looks at: landmarks, headings, language.

    Here, as in each test without the mark django_db, a query would be an error.
    """
    monkeypatch.setattr(engines["django"].engine, "string_if_invalid", "UNDEFINED")
    html = client.get(PATHS[page]).text

    html5lib.HTMLParser(strict=True).parse(html)
    assert "UNDEFINED" not in html
    ids = [element["id"] for element in parsed(html).find_all(id=True)]
    assert len(ids) == len(set(ids))
    current = parsed(html).select('nav [aria-current="page"]')
    assert [link["href"] for link in current] == [PATHS[page]] * (page in IN_NAVIGATION)


def crawl(client, start):
    """Return the paths of all that links lead to; each is asked once, and answers."""
    documents, to_visit = {}, [start]
    while to_visit:
        path, fragment = urldefrag(to_visit.pop())
        bare = urlsplit(path).path
        if bare not in documents:
            answer = client.ask(path)
            while answer.status in (301, 302):
                answer = client.ask(urljoin(path, answer.headers["Location"]))
            assert answer.status == 200, path
            documents[bare] = page = BeautifulSoup(answer.body, "html.parser")
            linked = [it.get("href") or it.get("src") for it in page.find_all(True)]
            absolute = [urljoin(path, it) for it in linked if it]
            to_visit += [it for it in absolute if it.startswith("/")]
        assert not fragment or documents[bare].find(id=fragment), (path, fragment)
    return {*documents}


def test_all_pages_are_reached_by_links_and_none_leads_to_a_dead_end(site):
    site.manage("intake", "closed")
    visited = crawl(Stranger(site), "/")
    staff = "auth/user/add/", "pages/clinic/1/change/", "second-step/"

    assert {path for path in visited if path.endswith("/")} == {*PATHS.values()}
    assert crawl(Staff(site), "/admin/") >= {f"/admin/{path}" for path in staff}


def test_a_first_visit_asks_for_a_page_and_an_icon_and_keeps_no_cookie(browser, site):
    asked, url = [], site.origin + PATHS["about_ketamine"]
    with browser.new_page() as tab:
        tab.on("request", lambda request: asked.append(request.url))
        with tab.expect_event("requestfinished", lambda it: it.url.endswith(".svg")):
            tab.goto(url)
        margin = tab.evaluate("getComputedStyle(document.body).margin")
        cookies = tab.context.cookies()

    icon = f"{site.origin}/static"
    assert [it.partition("/favicon.")[0] for it in asked] == [url, icon]
    assert margin == "0px"  # the styles inside count
    assert cookies == []


@pytest.mark.django_db
def test_an_error_page_helps_and_the_one_of_a_bug_stands_alone_and_gives_nothing_away(
    client, django_user_model, monkeypatch
):
    missing = client.get("/about/")
    bad_host = client.get("/", HTTP_HOST="evil.example")
    open_too_long = Client(enforce_csrf_checks=True).post("/admin/login/")
    client.force_login(django_user_model.objects.create_user("new", is_staff=True))
    forbidden = client.get(FORM)
    bug = db.ProgrammingError("secret")  # and no database that is away
    monkeypatch.setattr(publishing, "current_json", Mock(side_effect=bug))
    client.raise_request_exception = False
    broken = client.get("/")

    answers = missing, bad_host, open_too_long, forbidden, broken
    mains = [parsed(answer.content).main for answer in answers]
    assert [answer.status_code for answer in answers] == [404, 400, 403, 403, 500]
    assert all(main.h1 for main in mains)
    links = {link["href"] for link in mains[0].find_all("a")}
    assert links >= {*PATHS.values(), f"tel:+1-{Clinic().phone}"}
    assert "Nothing was changed" in mains[2].text
    assert "988" in mains[-1].text
    assert "secret" not in broken.text
