"""`manage.py intake` opens, closes and tells, for people who automate."""

import pytest
from django.core.management import CommandError, call_command

from pages.models import Clinic
from tests.server import Site

STATUS = "not accepting new patients"


def test_tells_opens_and_closes(tmp_path):
    with Site(tmp_path / "data").prepare() as site:
        before = site.manage("intake", "status")
        opened = site.manage("intake", "open", "--message", "Back in spring.")
        while_open = site.get("/").text
        closed = site.manage("intake", "closed")
        while_closed = site.get("/").text

    assert before == "closed (decided by the settings)\n"
    assert opened == "open (decided by staff)\nBack in spring.\n"
    assert STATUS not in while_open
    assert STATUS in while_closed
    assert "Back in spring." in while_closed
    assert closed == "closed (decided by staff)\nBack in spring.\n"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["status", "--message", "x"], "--message goes with open or closed"),
        (["closed", "--message", "x" * 201], "at most 200 characters"),
        (["open"], "Visitors still see"),  # as nothing is committed here
    ],
)
def test_bad_use_changes_nothing_and_what_is_wrong_or_not_published_is_told(
    arguments, told
):
    with pytest.raises(CommandError, match=told):
        call_command("intake", *arguments)

    assert Clinic.objects.exists() is (arguments == ["open"])
