"""One press says what visitors are told, once, and can be taken back."""

import re
from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from pages.models import Clinic
from tests.conftest import parsed

pytestmark = pytest.mark.django_db
INDEX = reverse("admin:index")
PRESS = reverse("admin:pages_clinic_press")
SPRING = "Back in spring."


@pytest.fixture
def press(front_desk, django_capture_on_commit_callbacks):
    """Return a function that presses a button, if any, and tells the first page."""

    def press(**button):
        if button:
            with django_capture_on_commit_callbacks(execute=True):
                assert front_desk.post(PRESS, button).url == INDEX
        document = parsed(front_desk.get(INDEX).text)
        return " ".join(document.find(id="container").get_text().split())

    return press


def test_first_page_says_what_visitors_see_since_when_and_by_whom(press, bob_saves):
    bob_saves(fax="503-555-0100")  # which switches nothing
    before = press()
    after = press(accepting="yes")
    bob_saves(message=SPRING)
    later = press()

    assert "Visitors see: not accepting new patients" in before
    assert "Staff have not switched it yet" in before
    assert "Visitors see: accepting new patients" in after
    assert "We are not accepting" not in after
    for text in (after, later, press(accepting="no")):
        assert re.search(rf"Since {timezone.localtime():%b}\. .*, by Ann\.", text)
    assert re.search(f"Last change: Bob, .*: Message from nothing to “{SPRING}”", later)
    assert f"If you stop, the banner will also say: “{SPRING}”" in later


def test_second_press_adds_none(press):
    for _ in range(2):
        page = press(accepting="yes")
        assert "Done." in page
        assert re.search(
            "Last change: Ann, .*: Accepting new patients from no to", page
        )
    assert Clinic.objects.count() == 1


def test_undo_adds_the_content_of_any_version_also_of_the_facts_as_shipped(
    press, front_desk, bob_saves
):
    first = bob_saves(message=SPRING, checked_on=date(2027, 3, 3))
    bob_saves(message="Back in fall.", fax="503-555-0100", accepting_new_patients=True)
    version = front_desk.get(reverse("admin:pages_clinic_change", args=[1])).text

    assert 'name="put_back" value="1"' in version
    assert 'name="seen" value="2"' in version
    assert "Done." in press(put_back=1, seen=2)
    assert Clinic.newest().facts == first.facts
    press(put_back=0, seen=3)
    assert Clinic.newest().facts == Clinic().facts
    assert Clinic.newest().version == 4


@pytest.mark.parametrize("button", [{"put_back": 0, "seen": 1}, {"seen": 1}])
def test_no_save_can_be_undone_or_called_true_unseen(press, bob_saves, button):
    press(accepting="yes")
    newest = bob_saves(message=SPRING)

    page = press(**button)

    assert "Nothing was done: the last change came first." in page
    assert f"Message from nothing to “{SPRING}”" in page
    assert Clinic.newest() == newest


def test_only_a_change_of_what_new_patients_are_told_checks_it_as_of_today(bob_saves):
    before, today = date(2027, 3, 3), timezone.localdate()

    for facts, checked in (
        ({"fax": "503-555-0100"}, before),
        ({"accepting_new_patients": True}, today),
        ({"message": SPRING}, today),
    ):
        bob_saves(checked_on=before)
        assert bob_saves(**facts).checked_on == checked, facts


def test_still_true_is_asked_after_the_days_in_the_settings(press, settings, bob_saves):
    today, days = timezone.localdate(), settings.DAYS_UNTIL_ASKED_IF_STILL_TRUE

    bob_saves(checked_on=today - timedelta(days - 1))
    assert "Yes, still true" not in press()
    bob_saves(checked_on=today - timedelta(days))
    assert "Yes, still true" in press()
    assert "Yes, still true" not in press(seen=2)
    assert Clinic.newest().checked_on == today


def test_owners_see_what_is_still_to_set_up_until_it_is_done(
    admin_client, front_desk, settings, bob_saves
):
    def to_do(client):
        document = parsed(client.get(INDEX).text)
        return [task.get_text(strip=True) for task in document.select("#to-do + ul li")]

    new = to_do(admin_client)
    settings.HTTPS = True
    notices = "privacy_notice", "nondiscrimination_notice"
    bob_saves(name="Meadows Infusions", **dict.fromkeys(notices, "https://example.org"))

    assert len(new) == 5
    assert to_do(admin_client) == [new[0], "Enter the office hours."]
    assert to_do(front_desk) == []
