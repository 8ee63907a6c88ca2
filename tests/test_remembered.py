"""A page is sent in the smallest form that the visitor takes, and revalidated."""

import gzip

import brotli
import pytest

from tests.screens import PATHS

# The smallest that is accepted; of how many bytes at the most, with its styles.
CODINGS = [
    ("gzip, deflate, br, zstd", "br", brotli.decompress, 8_000),
    ("deflate, gzip;q=0.5", "gzip", gzip.decompress, 9_500),
    ("*", "identity", bytes, 60_000),
]


@pytest.mark.parametrize(("accepted", "coding", "decode", "budget"), CODINGS)
def test_each_coding_carries_the_page_and_an_etag_of_its_own_that_is_known(
    client, page, accepted, coding, decode, budget
):
    """Anyone may keep it, and all ask again."""
    wanted = {"Accept-Encoding": accepted}
    plain = client.get(PATHS[page])
    answer = client.get(PATHS[page], headers=wanted)
    etag = answer["ETag"]
    again = client.get(PATHS[page], headers=wanted | {"If-None-Match": etag})

    assert decode(answer.content) == plain.content
    assert len(answer.content) < budget
    assert answer.get("Content-Encoding", "identity") == coding
    assert etag.startswith('"')
    assert (etag == plain["ETag"]) is (coding == "identity")
    assert (again.status_code, again.content, again["ETag"]) == (304, b"", etag)
    for got in (answer, again):
        assert got["Cache-Control"] == "no-cache"
        assert got["Vary"] == "Accept-Encoding"
        assert not got.cookies
