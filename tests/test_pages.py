"""Every page is whole, sound and linked, and asks nothing of the database."""

from http import HTTPStatus
from itertools import pairwise

import html5lib
import pytest
from django.template import engines
from django.urls import reverse

from tests.conftest import PAGES

PATHS = {
    "home": "/",
    "about_ketamine": "/about-ketamine/",
    "how_it_works": "/how-it-works/",
    "how_its_given": "/how-its-given/",
    "contact": "/contact/",
    "good_faith_estimate": "/good-faith-estimate/",
    "about_this_site": "/about-this-site/",
}


def test_addresses_stay_as_they_were_published():
    assert {name: reverse(f"pages:{name}") for name in PAGES} == PATHS


def test_html_has_no_parse_error(client, page):
    document = client.get(PATHS[page]).content

    html5lib.HTMLParser(strict=True).parse(document)


def test_titles_and_descriptions_are_unique(read):
    documents = [read(name) for name in PAGES]

    titles = {document.title.get_text() for document in documents}
    descriptions = {
        document.find("meta", attrs={"name": "description"})["content"]
        for document in documents
    }

    assert len(titles) == len(descriptions) == len(PAGES)
    assert all(50 <= len(description) <= 160 for description in descriptions)


def test_has_one_h1_and_skips_no_heading_level(read, page):
    headings = read(page).find_all(["h1", "h2", "h3", "h4", "h5", "h6"])
    levels = [int(heading.name[1]) for heading in headings]
    below_main = [level for level in levels if level != 1]

    assert levels.count(1) == 1
    assert below_main[0] == 2
    assert all(b - a <= 1 for a, b in pairwise(below_main))


def test_has_each_landmark_once(read, page):
    document = read(page)

    assert [len(document.body.find_all(tag)) for tag in ("main", "h1")] == [1, 1]
    assert len(document.body.find_all(["header", "footer"], recursive=False)) == 2
    assert document.find("a")["href"] == "#" + document.main["id"]
    assert document.html["lang"] == "en-US"


def test_navigation_marks_the_current_page(read, page):
    current = read(page).select('nav [aria-current="page"]')

    assert [link["href"] for link in current] in ([PATHS[page]], [])
    assert len(current) == 1 or page in (
        "home",
        "good_faith_estimate",
        "about_this_site",
    )


def test_every_link_on_the_site_answers(client, read):
    for name in PAGES:
        document = read(name)
        for link in document.find_all("a", href=True):
            path, _, fragment = link["href"].partition("#")
            if path.startswith(("tel:", "sms:", "https:")):
                continue
            names = {address: name for name, address in PATHS.items()}
            if path and path not in names:
                assert client.get(path).status_code == 200
                continue
            target = read(names[path]) if path else document
            assert not fragment or target.find(id=fragment), (name, link["href"])


def test_ids_are_unique(read, page):
    ids = [element["id"] for element in read(page).find_all(id=True)]

    assert len(ids) == len(set(ids))


@pytest.mark.django_db
def test_asks_the_database_nothing_cold_or_warm(
    client, page, django_assert_num_queries
):
    with django_assert_num_queries(0):
        client.get(PATHS[page])
        client.get(PATHS[page])


def test_head_answers_as_get_without_a_body(site, page):
    get, head = (site.get(PATHS[page], method) for method in ("GET", "HEAD"))

    assert (head.status, head.body) == (HTTPStatus.OK, b"")
    assert head.headers["ETag"] == get.headers["ETag"]
    assert head.headers["Content-Length"] == str(len(get.body))


def test_renders_no_undefined_name(monkeypatch, client, page):
    monkeypatch.setattr(engines["django"].engine, "string_if_invalid", "UNDEFINED")

    assert "UNDEFINED" not in client.get(PATHS[page]).text
