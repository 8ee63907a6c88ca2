"""Every page is whole, sound and linked, and asks nothing of the database."""

from urllib.parse import urldefrag, urljoin, urlsplit

import html5lib
import pytest
from bs4 import BeautifulSoup
from django.template import engines

from tests.conftest import PAGES, parsed
from tests.server import Staff, Stranger

PATHS = {
    "home": "/",
    "about_ketamine": "/about-ketamine/",
    "how_it_works": "/how-it-works/",
    "how_its_given": "/how-its-given/",
    "contact": "/contact/",
    "good_faith_estimate": "/good-faith-estimate/",
    "about_this_site": "/about-this-site/",
}
IN_NAVIGATION = "about_ketamine", "how_it_works", "how_its_given", "contact"


@pytest.mark.usefixtures("nothing_remembered")
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


def test_titles_and_descriptions_are_unique(read):
    heads = [read(name).head for name in PAGES]
    descriptions = {head.select_one("[name=description]")["content"] for head in heads}

    assert len({head.title.text for head in heads}) == len(descriptions) == len(PAGES)
    assert all(50 <= len(description) <= 160 for description in descriptions)


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
