"""What staff save is on every worker's next response, and all agree on each byte."""

import pytest

from tests.server import Staff

pytestmark = pytest.mark.django_db


def test_each_toggle_is_on_every_next_response(site):
    staff = Staff(site)
    form = staff.fill("/admin/")

    for turn in range(24):
        answer = ("yes", "no")[turn % 2]
        saved = staff.send("/admin/pages/clinic/press/", form | {"accepting": answer})
        assert saved.status == 302
        for _ in range(8):
            text = site.get("/").text
            assert ("not accepting new patients" in text) is (answer == "no"), turn


def test_workers_agree_on_every_byte_and_readiness_tells_who_decides(site):
    site.manage("intake", "closed")

    assert len({site.get("/").headers["ETag"] for _ in range(40)}) == 1
    answer = site.get("/readyz")
    assert answer.status == 200
    assert answer.text == (
        '{"ready": true, "database": "ok", "published": "ok", "disk": "ok", '
        '"agree": true, "decided_by": "staff"}'
    )
