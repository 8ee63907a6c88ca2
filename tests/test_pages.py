"""Every page is whole, sound and linked, and asks nothing of the database."""

import html5lib
import pytest
from django.template import engines
from django.urls import reverse

from tests.conftest import PAGES, parsed

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
def test_is_whole_and_marked_in_the_navigation_and_asks_no_database(
    client, page, monkeypatch, django_assert_num_queries
):
    """What else its outline promises, axe looks at: landmarks, headings, language."""
    monkeypatch.setattr(engines["django"].engine, "string_if_invalid", "UNDEFINED")
    with django_assert_num_queries(0):
        client.get(PATHS[page])
        html = client.get(PATHS[page]).text

    html5lib.HTMLParser(strict=True).parse(html)
    assert "UNDEFINED" not in html
    ids = [element["id"] for element in parsed(html).find_all(id=True)]
    assert len(ids) == len(set(ids))
    current = parsed(html).select('nav [aria-current="page"]')
    marked = [] if page in NOT_IN_NAVIGATION else [PATHS[page]]
    assert [link["href"] for link in current] == marked


def test_titles_and_descriptions_are_unique(read):
    documents = [read(name) for name in PAGES]
    titles = {document.title.get_text() for document in documents}
    found = [it.find("meta", attrs={"name": "description"}) for it in documents]
    descriptions = {meta["content"] for meta in found}

    assert len(titles) == len(descriptions) == len(PAGES)
    assert all(50 <= len(description) <= 160 for description in descriptions)
