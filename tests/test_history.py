"""Every change is kept with who, when, the old and the new value, for good."""

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth import get_user_model
from django.urls import reverse

from pages.models import Clinic

pytestmark = pytest.mark.django_db
CHANGE = reverse("admin:pages_clinic_change", args=[1])
HISTORY = reverse("admin:pages_clinic_history", args=[1])


def change_by_form(client):
    form = client.get(CHANGE).context["adminform"].form
    values = {name: form[name].value() for name in form.fields}
    hours = {"hours": "mon 9am-5pm", "closures": "December 25, 2027 Christmas"}
    client.post(CHANGE, values | {"message": "Back in spring."} | hours)


def change_by_button(client):
    client.post(reverse("admin:pages_clinic_press"), {"accepting": "yes"})


def rows(client):
    document = BeautifulSoup(client.get(HISTORY).text, "html5lib")
    return [
        " ".join(row.get_text().split())
        for row in document.select("#change-history tbody tr")
    ]


@pytest.mark.parametrize(
    ("change", "who", "what"),
    [
        (
            change_by_form,
            "ann (Ann)",
            "Message from nothing to “Back in spring.”, Office hours from nothing to "
            "“Monday: 9 am to 5 pm; Tuesday to Sunday: Closed”, Days closed from "
            "nothing to “December 25, 2027: Christmas”",
        ),
        (change_by_button, "ann (Ann)", "Accepting new patients from no to yes"),
    ],
)
def test_a_change_is_kept_with_old_and_new_values(front_desk, change, who, what):
    change(front_desk)

    (row,) = rows(front_desk)
    assert who in row
    assert what in row
    assert str(Clinic.history().get().action_time.year) in row


def test_last_value_before_a_day_is_what_the_site_said_then(front_desk):
    for message in ("Back in spring.", "Back in fall."):
        clinic, _ = Clinic.hold()
        clinic.message = message
        clinic.save(by=front_desk.user)

    older, newer = rows(front_desk)
    assert "Message from “Back in spring.” to “Back in fall.”" in newer
    assert "Message from nothing to “Back in spring.”" in older


def test_saving_without_a_change_is_no_history(front_desk):
    clinic, _ = Clinic.hold()

    clinic.save(by=front_desk.user)

    assert rows(front_desk) == []


def test_the_last_ten_changes_are_shown_under_the_form(front_desk):
    for number in range(11):
        clinic, _ = Clinic.hold()
        clinic.message = f"Message {number}."
        clinic.save(by=front_desk.user)

    document = BeautifulSoup(front_desk.get(CHANGE).text, "html5lib")

    shown = [li.get_text() for li in document.select("#last-changes + ul li")]
    assert len(shown) == 10
    assert "to “Message 10.”" in shown[0]
    assert "to “Message 1.”" in shown[-1]


def test_no_owner_can_delete_a_user_and_with_it_what_the_user_did(
    admin_client, front_desk
):
    change_by_button(front_desk)
    pk = front_desk.user.pk

    admin_client.post(reverse("admin:auth_user_delete", args=[pk]), {"post": "yes"})
    admin_client.post(
        reverse("admin:auth_user_changelist"),
        {"action": "delete_selected", "_selected_action": pk, "post": "yes"},
    )

    assert get_user_model().objects.filter(pk=pk).exists()
    assert Clinic.history().count() == 1
