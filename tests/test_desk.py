"""One press says what visitors are told, once, and can be taken back."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth import get_user_model
from django.urls import reverse
from django.utils import timezone

from pages import facts
from pages.models import Clinic

pytestmark = pytest.mark.django_db
INDEX = reverse("admin:index")
PRESS = reverse("admin:pages_clinic_press")


def words(response):
    document = BeautifulSoup(response.text, "html5lib")
    return " ".join(document.find(id="container").get_text().split())


@pytest.fixture
def press(front_desk, django_capture_on_commit_callbacks):
    """Return a function that presses a button and returns the next page's words."""

    def press(**button):
        with django_capture_on_commit_callbacks(execute=True):
            response = front_desk.post(PRESS, button)
        assert response.status_code == 302
        return words(front_desk.get(response.url))

    return press


@pytest.fixture
def someone_else():
    bob = get_user_model().objects.create_user("bob", first_name="Bob")

    def change(**values):
        clinic, _ = Clinic.hold()
        for name, value in values.items():
            setattr(clinic, name, value)
        clinic.save(by=bob)

    return change


def newest():
    return Clinic.history().first().pk


def test_first_page_says_what_visitors_see_since_when_and_by_whom(press, front_desk):
    before = words(front_desk.get(INDEX))
    after = press(accepting="yes")

    assert "Visitors see: not accepting new patients" in before
    assert "Staff have not switched it yet" in before
    assert "We are not accepting new patients at this time" in before
    assert "Visitors see: accepting new patients" in after
    assert f"Since {timezone.localtime():%b}" in after
    assert "by Ann." in after
    assert "We are not accepting" not in after


def test_first_page_tells_what_is_published_and_warns_if_it_is_not_what_is_saved(
    front_desk, someone_else
):
    someone_else(accepting_new_patients=True)

    page = words(front_desk.get(INDEX))

    assert "Visitors see: not accepting new patients" in page
    assert "visitors still see the old state" in page


def test_second_press_changes_nothing_and_says_so(press):
    first = press(accepting="yes")
    second = press(accepting="yes")

    assert "Done." in first
    assert "Nothing to do: it was so already." in second
    assert Clinic.history().count() == 1
    assert facts.current().accepting_new_patients is True


def test_undo_restores_everything_that_the_change_changed(press, someone_else):
    someone_else(message="Back in spring.")
    long_ago = timezone.localdate() - timedelta(days=9)
    someone_else(confirmed_on=long_ago)
    press(accepting="yes")

    press(undo=newest())

    clinic = Clinic.objects.get()
    assert (clinic.accepting_new_patients, clinic.message) == (False, "Back in spring.")
    assert clinic.confirmed_on == long_ago
    assert facts.current() == facts.Facts.of(clinic)


def test_undo_leaves_what_someone_else_changed_in_between(press, someone_else):
    press(accepting="yes")
    mine = newest()
    someone_else(message="Back in spring.")

    page = press(undo=mine)

    assert "Nothing was done, as this came first. Bob," in page
    assert Clinic.objects.get().message == "Back in spring."
    assert Clinic.objects.get().accepting_new_patients is True


def test_still_true_is_asked_after_the_days_in_the_settings(
    press, front_desk, settings, someone_else
):
    days = settings.DAYS_UNTIL_ASKED_IF_STILL_TRUE
    today = timezone.localdate()
    someone_else(confirmed_on=today - timedelta(days=days - 1))
    facts.publish()
    early = words(front_desk.get(INDEX))
    someone_else(confirmed_on=today - timedelta(days=days))
    facts.publish()
    due = words(front_desk.get(INDEX))

    after = press(still_true=newest())

    assert "Still true?" not in early
    assert "Still true?" in due
    assert "Still true?" not in after
    assert Clinic.objects.get().confirmed_on == today


def test_still_true_confirms_only_what_its_page_showed(press, someone_else):
    someone_else(message="Back in spring.", confirmed_on=None)
    seen = newest()
    someone_else(message="Back in fall.")
    confirmed_on = Clinic.objects.get().confirmed_on

    page = press(still_true=seen)

    assert "Nothing was done, as this came first. Bob," in page
    assert Clinic.objects.get().confirmed_on == confirmed_on


@pytest.mark.parametrize("post", [{}, {"accepting": "maybe"}, {"undo": "1"}])
def test_a_press_that_no_button_makes_is_refused(front_desk, post):
    assert front_desk.post(PRESS, post).status_code == 400
    assert not Clinic.objects.exists()


def test_a_press_needs_its_csrf_token(front_desk):
    front_desk.handler.enforce_csrf_checks = True

    assert front_desk.post(PRESS, {"accepting": "yes"}).status_code == 403
    assert not Clinic.objects.exists()


def test_signing_in_again_in_mid_press_leads_to_the_first_page(front_desk):
    assert front_desk.get(PRESS).url == INDEX


@pytest.fixture
def form(front_desk):
    """What a browser would send of the form that staff have open."""
    form = front_desk.get(CHANGE).context["adminform"].form
    return {name: form[name].value() for name in form.fields}


CHANGE = reverse("admin:pages_clinic_change", args=[1])


def test_older_form_never_undoes_what_someone_else_changed(
    front_desk, form, someone_else
):
    someone_else(fax="503-555-0100")

    refused = front_desk.post(CHANGE, form | {"message": "Back in spring."})

    assert refused.status_code == 200
    assert "Not saved, as this page was opened before the last change" in words(refused)
    assert "Bob, " in words(refused)
    assert "Fax from “503-974-9819” to “503-555-0100”" in words(refused)
    assert b'value="Back in spring."' in refused.content
    assert f'<a href="{CHANGE}"' in refused.content.decode()
    assert Clinic.objects.get().fax == "503-555-0100"
    assert Clinic.objects.get().message == ""


def test_refused_form_is_refused_again(front_desk, form, someone_else):
    someone_else(fax="503-555-0100")
    refused = front_desk.post(CHANGE, form | {"message": "Back in spring."})
    again = refused.context["adminform"].form

    front_desk.post(CHANGE, {name: again[name].value() for name in again.fields})

    assert Clinic.objects.get().message == ""


def test_second_save_of_the_same_form_is_no_conflict(front_desk, form):
    form["message"] = "Back in spring."
    form["hours"] = "mon 9am-5pm"

    answers = [front_desk.post(CHANGE, form).status_code for _ in range(2)]

    assert answers == [302, 302]
    assert Clinic.history().count() == 1


def test_form_leads_to_the_banner_as_visitors_see_it(
    front_desk, form, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        saved = front_desk.post(CHANGE, form | {"message": "Back in spring."})
    page = words(front_desk.get(saved.url))

    assert "Saved." in page
    assert "Visitors see: not accepting new patients" in page
    assert "Back in spring." in page


def test_stored_message_is_shown_before_it_comes_back(press, someone_else):
    someone_else(message="Back in spring.")

    page = press(accepting="yes")

    assert "If you stop, the banner will also say: “Back in spring.”" in page


def test_owners_see_what_is_still_to_set_up_until_it_is_done(
    admin_client, front_desk, settings, someone_else
):
    def to_do(client):
        document = BeautifulSoup(client.get(INDEX).text, "html5lib")
        return [task.get_text(strip=True) for task in document.select("#to-do + ul li")]

    new = to_do(admin_client)
    for_front_desk = to_do(front_desk)
    settings.HTTPS = True
    someone_else(
        name="Meadows Infusions",
        hours="Monday: 9 am to noon",
        privacy_notice="https://example.org/privacy",
        nondiscrimination_notice="https://example.org/language",
    )
    facts.publish()

    assert len(new) == 4
    assert for_front_desk == []
    assert to_do(admin_client) == []
