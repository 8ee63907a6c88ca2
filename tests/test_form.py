"""The form is saved on top of what others saved, and asks only about the same field."""

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse

from pages.models import Clinic

pytestmark = pytest.mark.django_db
FORM = reverse("admin:pages_clinic_add")
FAX = "503-555-0100"


class Open:
    """The form in one tab, and what its browser would send of it."""

    def __init__(self, client):
        self.client = client
        self.read(client.get(FORM))

    def read(self, response):
        document = BeautifulSoup(response.text, "html5lib")
        form = document.find("form", id="clinic_form")
        self.values = {
            field["name"]: field.get_text().strip("\n") or field.get("value", "")
            for field in form.find_all(["input", "textarea"], {"name": True})
            if field["type" if field.name == "input" else "name"] != "checkbox"
            or field.has_attr("checked")
        }
        for select in form.find_all("select"):
            chosen = select.find("option", selected=True)
            self.values[select["name"]] = chosen["value"] if chosen else ""
        self.errors = [" ".join(p.get_text().split()) for p in form(class_="errornote")]

    def save(self, **typed):
        """Type these, save, and tell whether it was taken."""
        response = self.client.post(FORM, self.values | typed)
        if response.status_code == 200:
            self.read(response)
        return response.status_code == 302


@pytest.fixture
def form(front_desk):
    return Open(front_desk)


def newest(*names):
    return tuple(getattr(Clinic.newest(), name) for name in names)


def test_a_save_leads_to_the_banner_as_visitors_see_it(
    form, front_desk, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        saved = front_desk.post(FORM, form.values | {"message": "Back in spring."})
    page = front_desk.get(saved.url).text

    assert "Saved." in page
    assert (
        "Back in spring." in BeautifulSoup(page, "html5lib").select_one(".banner").text
    )


def test_changes_to_different_fields_merge_silently(form, bob_saves):
    bob_saves(fax=FAX, accepting_new_patients=True)

    assert form.save(message="Back in spring.")

    asked = "fax", "accepting_new_patients", "message"
    assert newest(*asked) == (FAX, True, "Back in spring.")


def test_saving_again_what_is_so_already_adds_none(form):
    assert form.save(message="Back in spring.")
    assert form.save(message="Back in spring.")

    assert Clinic.objects.count() == 1


def test_the_same_field_says_who_made_it_what_and_saving_again_means_it(
    form, bob_saves
):
    bob_saves(fax=FAX, phone="503-555-0101")

    first = form.save(fax="503-555-0199", message="Back in spring.")
    asked, kept = form.errors, form.values
    untouched = newest("fax", "message")
    again = form.save()

    assert (first, again) == (False, True)
    assert [error for error in asked if error.startswith("Fax:")] == [
        f"Fax: Bob has meanwhile changed this to “{FAX}”. "
        "Save again to put yours in its place."
    ]
    assert not [error for error in asked if error.startswith("Phone:")]
    assert (kept["fax"], kept["phone"]) == ("503-555-0199", "503-555-0101")
    assert untouched == (FAX, "")
    saved = newest("fax", "phone", "message")
    assert saved == ("503-555-0199", "503-555-0101", "Back in spring.")


def test_a_third_person_in_between_is_asked_about_too(form, bob_saves):
    bob_saves(fax=FAX)
    first = form.save(fax="503-555-0199")
    bob_saves(fax="503-555-0102")
    second = form.save()

    assert (first, second) == (False, False)
    assert "“503-555-0102”" in " ".join(form.errors)
    assert newest("fax") == ("503-555-0102",)
    assert form.save()
    assert newest("fax") == ("503-555-0199",)


def test_it_names_who_changed_the_field_and_not_who_saved_last(
    form, bob_saves, admin_user
):
    bob_saves(fax=FAX)
    Clinic.newest().add(admin_user, phone="503-555-0101")

    form.save(fax="503-555-0199")

    assert "Bob has meanwhile changed this" in " ".join(form.errors)


@pytest.mark.parametrize(
    ("field", "wrong", "advice", "others", "right"),
    [
        ("fax", "376 9094", "such as 503-376-9094", FAX, "503-555-0199"),
        ("name", "", "This field is required", "Meadows", "Meadows Infusions"),
    ],
)
def test_a_field_that_is_wrong_and_was_changed_meanwhile_is_told_both(
    form, bob_saves, field, wrong, advice, others, right
):
    bob_saves(**{field: others})

    told = []
    for _ in range(2):
        assert not form.save(**{field: wrong})
        assert form.values[field] == wrong
        told += form.errors

    assert advice in " ".join(told)
    assert f"Bob has meanwhile changed this to “{others}”" in " ".join(told)
    assert newest(field) == (others,)
    assert form.save(**{field: right})
    assert newest(field) == (right,)


def test_while_another_field_is_wrong_what_others_saved_stays(form, bob_saves):
    bob_saves(fax=FAX)

    form.save(phone="376 9094")

    assert form.values["fax"] == FAX
    assert form.save(phone="503-555-0101")
    assert newest("fax", "phone") == (FAX, "503-555-0101")


@pytest.mark.parametrize("opened", ["7", "", "x", "-1"])
def test_a_form_opened_on_a_version_that_is_no_more_loses_nothing(
    form, bob_saves, opened
):
    """As after a backup was put back."""
    bob_saves(fax=FAX)

    taken = form.save(opened=opened, message="Back in spring.")

    assert not taken
    assert form.values["message"] == "Back in spring."
    assert newest("fax", "message") == (FAX, "")
