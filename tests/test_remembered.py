"""A page is made once, sent in the smallest form the visitor takes, and revalidated."""

import gzip
from datetime import date
from unittest.mock import patch

import brotli
import pytest
from django.template.loader import render_to_string

from pages import views
from pages.models import Clinic
from pages.publishing import to_json
from pages.views import remembered
from tests.conftest import publish
from tests.test_pages import PATHS

# The smallest that is accepted.
CODINGS = [
    ("gzip, deflate, br, zstd", "br", brotli.decompress),
    ("deflate, gzip;q=0.5", "gzip", gzip.decompress),
    ("*", "identity", bytes),
]


@pytest.mark.parametrize(("accepted", "coding", "decode"), CODINGS)
def test_each_coding_carries_the_page_and_an_etag_of_its_own_that_is_known(
    client, page, accepted, coding, decode
):
    """Anyone may keep it, and all ask again."""
    wanted = {"Accept-Encoding": accepted}
    plain = client.get(PATHS[page])
    answer = client.get(PATHS[page], headers=wanted)
    etag = answer["ETag"]
    again = client.get(PATHS[page], headers=wanted | {"If-None-Match": etag})

    assert decode(answer.content) == plain.content
    assert answer.get("Content-Encoding", "identity") == coding
    assert etag.startswith('"')
    assert (etag == plain["ETag"]) is (coding == "identity")
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", etag)
    for got in (answer, again):
        assert got["Cache-Control"] == "no-cache"
        assert got["Vary"] == "Accept-Encoding"
        assert not got.cookies


@pytest.mark.parametrize(("debug", "times"), [(False, 1), (True, 3)])
def test_is_rendered_once_for_its_facts_and_day(client, settings, debug, times):
    settings.DEBUG = debug
    with patch.object(views, "render_to_string", wraps=render_to_string) as render:
        for _ in range(3):
            client.get("/")
        same = render.call_count
        publish(message="Back in spring.")
        client.get("/")
        remembered("home", to_json(Clinic()), date(2027, 3, 3), "br")

    assert (same, render.call_count) == (times, times + 2)
