"""Every version is kept with who saved it, when and what it changed, for good."""

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from pages.models import Clinic, on_the_newest

pytestmark = pytest.mark.django_db
LIST = reverse("admin:pages_clinic_changelist")
SPRING, FALL = "Back in spring.", "Back in fall."


@pytest.fixture
def first(bob_saves, front_desk):
    christmas = {"first": "2060-12-25", "last": "2060-12-25"}
    christmas |= {"hours": "", "what_for": ""}
    eve = christmas | {"first": "2060-12-24", "last": "2060-12-24"}
    first = bob_saves(message=SPRING, exceptions=[christmas])
    changed = {"message": FALL, "accepting_new_patients": True}
    first.add(front_desk.user, exceptions=[eve, christmas], **changed)
    return first


def rows(client, **asked):
    document = BeautifulSoup(client.get(LIST, asked).text, "html5lib")
    return [
        " ".join(row.get_text(" ").split())
        for row in document.select("#result_list tbody tr")
    ]


def test_list_says_who_when_and_what_from_what_to_what(front_desk, first):
    newer, older = rows(front_desk)

    assert "ann" in newer
    assert "Accepting new patients from no to yes" in newer
    assert "differ from nothing to “Friday, December 24, 2060: Closed”" in newer
    assert "bob" in older
    assert f"Message from nothing to “{SPRING}”" in older
    assert date_format(timezone.localtime(first.saved_at), "DATETIME_FORMAT") in older
    assert rows(front_desk, q="bob") == [older]


def test_a_row_opens_read_only_as_what_the_site_said_then(front_desk, first):
    page = front_desk.get(reverse("admin:pages_clinic_change", args=[1]))

    document = BeautifulSoup(page.text, "html5lib").find(id="content")
    for told in (SPRING, "503-376-9094", "December 25, 2060: Closed", "Bob"):
        assert told in document.text
    assert FALL not in document.text
    assert not document.select("input:not([type=hidden]), textarea, select")


def test_no_owner_can_change_or_delete_a_version(admin_client, first):
    before = [*Clinic.objects.values()]
    delete = {"action": "delete_selected", "_selected_action": 1, "post": "yes"}

    admin_client.post(LIST, delete)
    admin_client.post(f"{LIST}1/delete/", delete)
    admin_client.post(f"{LIST}1/change/", {"message": "Never said."})

    assert [*Clinic.objects.values()] == before


def test_of_two_who_change_the_same_version_the_second_does_it_again(bob_saves):
    bob, meanwhile = bob_saves(message=SPRING).saved_by, [FALL]

    @on_the_newest
    def change(**facts):
        seen = Clinic.newest()
        while meanwhile:
            bob_saves(message=meanwhile.pop())
        return seen.add(bob, **facts)

    newest = change(fax="503-555-0100")

    assert (newest.version, newest.message, newest.fax) == (3, FALL, "503-555-0100")
