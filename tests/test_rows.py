"""Hours, days that differ and contact facts are entered as people write them."""

from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.contrib.auth.models import User
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from pages.models import Clinic
from tests import screens
from tests.server import Site

ADD = reverse("admin:pages_clinic_add")
LOGIN = reverse("admin:login")
TODAY = timezone.localdate()


def fill(client):
    """Return what a browser would send of the form as it is opened."""
    form = BeautifulSoup(client.get(ADD).text, "html5lib").find(id="clinic_form")
    fields = form.find_all(["input", "textarea"], {"name": True})
    return {
        field["name"]: field.get_text().strip() or field.get("value", "")
        for field in fields
        if field.get("type") not in ("submit", "checkbox") or field.has_attr("checked")
    }


def row(number, **values):
    return {f"exceptions-{number}-{name}": value for name, value in values.items()}


def words(response):
    return " ".join(BeautifulSoup(response.text, "html5lib").get_text().split())


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("field", "written", "kept"),
    [
        *(
            ("phone", written, "503-555-0100")
            for written in (
                "(503) 555-0100",
                "503.555.0100",
                "5035550100",
                "+1 503 555 0100",
            )
        ),
        ("fax", "", ""),
        ("fax", "\u200b", ""),
        ("state", "or", "OR"),
        ("zip_code", "97035 1234", "97035-1234"),
        ("message", "Back\u200b in\r\nspring.", "Back in spring."),
        ("privacy_notice", "example.org/npp.pdf", "https://example.org/npp.pdf"),
    ],
)
def test_facts_are_kept_in_one_form_however_they_are_written(
    front_desk, field, written, kept
):
    front_desk.post(ADD, fill(front_desk) | {field: written})

    assert getattr(Clinic.newest(), field) == kept


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"phone": "376 9094"}, "such as 503-376-9094"),
        ({"name": "\u200b"}, "This field cannot be blank."),
        ({"privacy_notice": "npp.pdf"}, "Enter the whole address"),
        ({"privacy_notice": "https://example.org"}, "Enter the whole address"),
        ({"tuesday": "6-2"}, "Add am or pm to 6 and 2."),
        (row(0, last="2099-12-24"), "Enter the first day"),
        (row(0, first="2099-12-24", last="2099-12-23"), "is before the first"),
        (row(0, first="2099-12-24", hours="half day"), "does not say when"),
        (row(0, first="December 24"), "Enter a valid date."),
    ],
)
def test_what_is_wrong_is_named_and_nothing_is_lost(front_desk, change, told):
    typed = fill(front_desk) | {"message": "Back in spring.", "monday": "9-5"} | change

    refused = front_desk.post(ADD, typed)

    assert told in words(refused)
    assert not Clinic.objects.exists()
    form = BeautifulSoup(refused.text, "html5lib").find(id="clinic_form")
    for name, value in (typed | {"opened": "0"}).items():
        if name in change or name in ("message", "monday"):
            field = form.find(attrs={"name": name})
            assert (field.get_text().strip() or field.get("value")) == value


@pytest.mark.django_db
def test_past_days_leave_the_form_and_stay_in_the_history(front_desk, bob_saves):
    past = {"first": str(TODAY - timedelta(2)), "last": str(TODAY - timedelta(1))}
    today = {"first": str(TODAY), "last": str(TODAY)}
    rest = {"hours": "", "what_for": "Rebuilding"}
    bob_saves(exceptions=[past | rest, today | rest])

    typed = fill(front_desk)
    front_desk.post(ADD, typed | {"fax": "503-555-0100"})
    untouched = Clinic.newest()
    front_desk.post(ADD, fill(front_desk) | {"exceptions-0-what_for": "Painting"})

    assert typed["exceptions-0-first"] == str(TODAY)
    assert typed["exceptions-TOTAL_FORMS"] == "4"  # three empty ones are always there
    assert untouched.exceptions == [past | rest, today | rest]
    assert Clinic.newest().exceptions == [today | rest | {"what_for": "Painting"}]


@pytest.mark.django_db
def test_days_that_two_people_changed_are_asked_about(front_desk, bob_saves):
    typed = fill(front_desk) | row(0, first="2099-12-24", what_for="Christmas Eve")
    theirs = {"first": "2099-12-31", "last": "2099-12-31", "hours": "", "what_for": "x"}
    bob_saves(exceptions=[theirs])

    asked = front_desk.post(ADD, typed)
    front_desk.post(ADD, typed | {"opened": "1"})

    assert "Days that differ: Bob has meanwhile changed this to" in words(asked)
    (kept,) = Clinic.newest().exceptions
    assert kept["what_for"] == "Christmas Eve"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("path", "sent", "saved"),
    [
        (ADD, {"message": "Back in spring."}, {"message": "Back in spring."}),
        (
            reverse("admin:pages_clinic_press"),
            {"accepting": "yes"},
            {"accepting_new_patients": True},
        ),
    ],
)
def test_what_was_sent_after_the_session_ended_is_kept_over_signing_in(
    front_desk, path, sent, saved
):
    typed = fill(front_desk) | sent if path == ADD else sent
    front_desk.logout()

    lost = front_desk.post(path, typed)
    login = BeautifulSoup(lost.text, "html5lib")
    names = ("sent", "next", "csrfmiddlewaretoken")
    hidden = {name: login.find(attrs={"name": name})["value"] for name in names}
    who = {"username": "ann", "password": "a long secret"}
    again = front_desk.post(LOGIN, hidden | who)
    form = BeautifulSoup(again.text, "html5lib").find("form", class_="desk")
    kept = {field["name"]: field["value"] for field in form.find_all("input")}
    before = Clinic.newest().version
    front_desk.post(form["action"], kept)

    assert "Nothing was saved yet, as your session had ended." in words(lost)
    assert "nothing was done with it" in words(again)
    assert before == 0
    assert Clinic.newest().facts.items() >= saved.items()


@pytest.mark.django_db
def test_owners_pages_are_about_staff(admin_client, admin_user):
    User.objects.create_user("root@command-line", is_active=False)
    pages = [
        admin_client.get(reverse(f"admin:auth_user_{name}", args=args)).text
        for name, args in (
            ("changelist", ()),
            ("add", ()),
            ("change", (admin_user.pk,)),
        )
    ]

    for page in pages:
        assert "Staff" in page
        for jargon in (
            "Authentication and Authorization",
            "LDAP",
            "pbkdf2",
            "@command",
        ):
            assert jargon not in page


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    with Site(tmp_path_factory.mktemp("office")).prepare() as site:
        yield site


def test_hours_and_days_that_differ_are_entered_on_a_phone(browser, office):
    first = TODAY + timedelta(7)
    with browser.new_context(
        base_url=office.origin, viewport={"width": 360, "height": 740}
    ) as context:
        context.add_init_script(path=screens.MEASURE)
        tab = context.new_page()
        tab.goto("/admin/")
        tab.get_by_label("Username").fill("owner")
        tab.get_by_label("Password").fill(office.password)
        tab.get_by_role("button", name="Log in").click()
        tab.get_by_role("link", name="Change office hours").click()
        for day in ("Monday", "Tuesday", "Wednesday", "Thursday"):
            tab.get_by_label(day).fill("8.30am-12, 1-4:30")
        tab.get_by_label("Friday").fill("6-2")
        rows = tab.get_by_role("group", name="Row 1")
        rows.get_by_label("First day").fill(str(first))
        rows.get_by_label("Hours (empty: closed)").fill("9-12")
        rows.get_by_label("What for").fill("Early close")
        save = tab.get_by_role("button", name="Save", exact=True)
        expect(save).to_be_in_viewport(ratio=1)
        save.click()

        told = tab.locator(".errornote", has_text="Add am or pm to 6 and 2")
        expect(told).to_be_in_viewport()
        told.get_by_role("link", name="Friday").click()
        expect(tab.get_by_label("Friday")).to_be_focused()
        tab.get_by_label("Friday").fill("")
        save.click()
        expect(tab.get_by_text("Saved.")).to_be_visible()
        here = tab.locator(".desk").first.inner_text()
        tab.goto("/contact/")
        there = tab.locator("main").inner_text()

    day = f"{first:%B} {first.day}, {first.year}"
    for page in (here, there):
        said = " ".join(page.split())
        assert "Monday to Thursday 8:30 am to noon, 1 pm to 4:30 pm" in said
        assert "Friday to Sunday Closed" in said
        assert f"{day}: 9 am to noon (Early close)" in said
