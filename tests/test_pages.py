"""Every page is whole, sound and linked, and asks nothing of the database."""

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
NOT_IN_NAVIGATION = ("home", "good_faith_estimate", "about_this_site")


def test_addresses_stay_as_they_were_published():
    assert {name: reverse(f"pages:{name}") for name in PAGES} == PATHS


@pytest.mark.django_db
def test_is_made_of_defined_names_without_the_database_and_has_no_parse_error(
    client, page, monkeypatch, django_assert_num_queries
):
    monkeypatch.setattr(engines["django"].engine, "string_if_invalid", "UNDEFINED")
    with django_assert_num_queries(0):
        client.get(PATHS[page])
        html = client.get(PATHS[page]).content

    html5lib.HTMLParser(strict=True).parse(html)
    assert b"UNDEFINED" not in html


def test_has_each_landmark_heading_and_id_once_and_in_order(read, page):
    document = read(page)
    levels = [int(it.name[1]) for it in document(["h1", "h2", "h3", "h4", "h5", "h6"])]
    below_main = [level for level in levels if level != 1]
    ids = [element["id"] for element in document.find_all(id=True)]
    current = document.select('nav [aria-current="page"]')

    assert (len(document.body("main")), levels.count(1), below_main[0]) == (1, 1, 2)
    assert all(b - a <= 1 for a, b in pairwise(below_main))
    assert len(document.body.find_all(["header", "footer"], recursive=False)) == 2
    assert document.find("a")["href"] == "#" + document.main["id"]
    assert document.html["lang"] == "en-US"
    assert len(ids) == len(set(ids))
    marked = [] if page in NOT_IN_NAVIGATION else [PATHS[page]]
    assert [link["href"] for link in current] == marked


def test_titles_and_descriptions_are_unique(read):
    documents = [read(name) for name in PAGES]
    titles = {document.title.get_text() for document in documents}
    found = [it.find("meta", attrs={"name": "description"}) for it in documents]
    descriptions = {meta["content"] for meta in found}

    assert len(titles) == len(descriptions) == len(PAGES)
    assert all(50 <= len(description) <= 160 for description in descriptions)


def test_head_answers_as_get_without_a_body(client, page):
    get, head = client.get(PATHS[page]), client.head(PATHS[page])

    assert (head.status_code, head.content) == (200, b"")
    for name in ("ETag", "Content-Length"):
        assert head[name] == get[name]
