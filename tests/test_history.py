"""Every version is kept with who saved it, when and what it changed, for good."""

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth import get_user_model
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from pages.models import Clinic

pytestmark = pytest.mark.django_db
LIST = reverse("admin:pages_clinic_changelist")


def version_page(version, page="change"):
    return reverse(f"admin:pages_clinic_{page}", args=[version])


def rows(client, **asked):
    document = BeautifulSoup(client.get(LIST, asked).text, "html5lib")
    return [
        " ".join(row.get_text(" ").split())
        for row in document.select("#result_list tbody tr")
    ]


def test_list_says_who_when_and_what_from_what_to_what(front_desk, bob_saves):
    first = bob_saves(message="Back in spring.")
    front_desk.post(reverse("admin:pages_clinic_press"), {"accepting": "yes"})

    newer, older = rows(front_desk)

    assert "Ann" in newer
    assert "Accepting new patients from no to yes" in newer
    assert "Message" not in newer
    assert "Bob" in older
    assert "Message from nothing to “Back in spring.”" in older
    when = date_format(timezone.localtime(first.saved_at), "DATETIME_FORMAT")
    assert when in older


@pytest.mark.parametrize("words", ["spring", "bob", "Cedar Infusions"])
def test_list_can_be_searched(front_desk, bob_saves, words):
    bob_saves(message="Back in spring.", name="Cedar Infusions")
    bob_saves(message="", name="Lake Infusions")
    Clinic.newest().add(front_desk.user, fax="503-555-0100")

    found = rows(front_desk, q=words)

    assert len(found) == (2 if words == "bob" else 1)
    assert "to “Back in spring.”" in found[-1]


def test_a_row_opens_read_only_as_what_the_site_said_then(front_desk, bob_saves):
    bob_saves(message="Back in spring.")
    bob_saves(message="Back in fall.")

    page = front_desk.get(version_page(1))

    document = BeautifulSoup(page.text, "html5lib").find(id="content")
    assert "Back in spring." in document.text
    assert "Back in fall." not in document.text
    assert "503-376-9094" in document.text
    assert not document.select("input:not([type=hidden]), textarea, select")


def test_no_owner_can_change_or_delete_a_version(admin_client, bob_saves):
    bob_saves(message="Back in spring.")
    bob_saves(message="Back in fall.")
    before = list(Clinic.objects.values())

    answers = [
        admin_client.post(version_page(1), {"message": "Never said."}),
        admin_client.post(version_page(1, "delete"), {"post": "yes"}),
    ]
    delete = {"action": "delete_selected", "_selected_action": 1, "post": "yes"}
    admin_client.post(LIST, delete)

    assert [answer.status_code for answer in answers] == [403, 403]
    assert list(Clinic.objects.values()) == before


def test_no_owner_can_delete_a_user_and_with_it_what_the_user_did(
    admin_client, bob_saves
):
    bob = bob_saves(message="Back in spring.").saved_by

    admin_client.post(reverse("admin:auth_user_delete", args=[bob.pk]), {"post": "yes"})
    admin_client.post(
        reverse("admin:auth_user_changelist"),
        {"action": "delete_selected", "_selected_action": bob.pk, "post": "yes"},
    )

    assert get_user_model().objects.filter(pk=bob.pk).exists()
    assert Clinic.objects.count() == 1
