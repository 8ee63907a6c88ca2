"""A page is made once, sent in the smallest form the visitor takes, and revalidated."""

import gzip
from datetime import date

import brotli
import pytest
from django.core.cache import cache

from pages import remembered as module
from pages.models import Clinic
from pages.publishing import KEY, to_json
from pages.remembered import accepted_coding, remembered
from tests.test_pages import PATHS

DECODE = {"br": brotli.decompress, "gzip": gzip.decompress, "identity": bytes}


@pytest.mark.parametrize("coding", DECODE)
def test_each_coding_carries_the_page_and_a_strong_etag_of_its_own(
    client, page, coding
):
    plain = client.get(PATHS[page], headers={"Accept-Encoding": "identity"})

    response = client.get(PATHS[page], headers={"Accept-Encoding": coding})

    assert DECODE[coding](response.content) == plain.content
    assert response.get("Content-Encoding", "identity") == coding
    assert response["ETag"].startswith('"')
    assert (response["ETag"] == plain["ETag"]) is (coding == "identity")


@pytest.mark.parametrize("coding", DECODE)
def test_known_etag_is_answered_with_304(client, coding):
    first = client.get("/", headers={"Accept-Encoding": coding})

    second = client.get(
        "/", headers={"Accept-Encoding": coding, "If-None-Match": first["ETag"]}
    )

    assert (second.status_code, second.content) == (304, b"")
    for header in ("ETag", "Cache-Control", "Vary"):
        assert second[header] == first[header]


def test_cache_headers_let_anyone_keep_it_and_make_all_ask_again(client):
    response = client.get("/")

    assert response["Cache-Control"] == "no-cache"
    assert response["Vary"] == "Accept-Encoding"
    assert not response.cookies


@pytest.mark.parametrize(
    ("header", "coding"),
    [
        ("", "identity"),
        ("gzip, deflate, br, zstd", "br"),
        ("gzip", "gzip"),
        ("GZIP;q=0.5", "gzip"),
        ("br;q=0, gzip", "gzip"),
        ("br; q=0.000, gzip;q=0", "identity"),
        ("identity", "identity"),
        ("brx, ;;q=, gzipped", "identity"),
    ],
)
def test_coding_is_the_smallest_that_is_accepted(header, coding):
    assert accepted_coding(header) == coding


@pytest.mark.parametrize(("debug", "times"), [(False, 1), (True, 3)])
def test_is_rendered_once_for_its_facts_and_day(
    client, monkeypatch, settings, debug, times
):
    settings.DEBUG = debug
    rendered = []
    render = module.render_to_string
    monkeypatch.setattr(
        module, "render_to_string", lambda *args: rendered.append(args) or render(*args)
    )

    for _ in range(3):
        client.get("/")
    same = len(rendered)
    cache.set(KEY, to_json(Clinic(message="Back in spring.")))
    client.get("/")
    remembered("home", to_json(Clinic()), date(2027, 3, 3))

    assert (same, len(rendered)) == (times, times + 2)


def test_memory_is_bounded_and_old_publications_go():
    for number in range(50):
        remembered("home", to_json(Clinic(message=str(number))), date(2027, 3, 3))

    info = remembered.cache_info()
    assert info.currsize == info.maxsize <= 50
