"""What staff save is on every worker's next response, and all agree on each byte."""

import os
import re

import pytest
from django.db import connection

from tests.server import Site, Staff

pytestmark = pytest.mark.database
PRESS = "/admin/pages/clinic/press/"
ANSWER = {True: "yes", False: "no"}


@pytest.fixture(scope="module")
def busy_site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("busy")
    with Site(folder, WEB_CONCURRENCY="4").prepare() as site:
        site.manage("intake", "closed")
        yield site


def test_200_toggles_are_each_on_every_next_response(busy_site):
    staff = Staff(busy_site)
    form = staff.fill("/admin/")

    for turn in range(200):
        accepting = turn % 2 == 0
        saved = staff.send(PRESS, form | {"accepting": ANSWER[accepting]})
        assert saved.status == 302
        for _ in range(8):
            text = busy_site.get("/").text
            assert ("not accepting new patients" in text) is not accepting, turn


def test_workers_agree_on_every_byte(busy_site):
    etags = {busy_site.get("/").headers["ETag"] for _ in range(40)}

    assert len(etags) == 1


def test_readiness_tells_who_decides_and_that_all_agree(busy_site):
    answer = busy_site.get("/readyz")

    assert answer.status == 200
    assert answer.text == (
        '{"ready": true, "database": "ok", "published": "ok", "disk": "ok", "agree": true, '
        '"decided_by": "staff"}'
    )


def test_data_is_where_the_environment_says(busy_site):
    expected = "postgresql" if os.environ["DATABASE_URL"] else "sqlite"

    code = "from django.db import connection; print(connection.vendor)"
    told = busy_site.manage("shell", "--verbosity", "0", "-c", code)

    assert told.strip() == expected
    assert connection.vendor == expected


def test_health_answers_any_host_over_plain_http(tmp_path):
    with Site(tmp_path / "data", HTTPS="true") as site:
        health = site.get("/healthz", Host="balancer.internal")
        page = site.get("/", Host="127.0.0.1")

    assert (health.status, health.text) == (200, "ok\n")
    assert page.status == 301
    assert page.headers["Location"] == "https://127.0.0.1/"


def test_log_has_no_failure(busy_site):
    assert not re.search("WARN|ERROR|Traceback", busy_site.log.read_text())
