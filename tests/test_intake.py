"""`manage.py intake` opens, closes and tells, for people who automate."""

import pytest
from django.core.management import CommandError, call_command

from tests.server import Site

STATUS = "not accepting new patients"


def test_tells_opens_and_closes(tmp_path):
    with Site(tmp_path / "data").prepare() as site:
        before = site.manage("intake", "status")
        opened = site.manage("intake", "open")
        while_open = site.get("/").text
        closed = site.manage("intake", "closed")
        while_closed = site.get("/").text

    assert before == "closed (decided by the settings)\n"
    assert opened == "open (decided by staff)\n"
    assert STATUS not in while_open
    assert STATUS in while_closed
    assert closed == "closed (decided by staff)\n"


@pytest.mark.django_db
def test_what_is_not_published_is_told():
    with pytest.raises(CommandError, match="Visitors still see"):  # before the commit
        call_command("intake", "open")
