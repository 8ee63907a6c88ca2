"""The form is saved on top of what others saved, and nothing typed is ever lost."""

from datetime import timedelta

import pytest
from django.utils import timezone

from pages.models import Clinic
from tests.conftest import parsed
from tests.screens import kept
from tests.server import FORM, filled

pytestmark = pytest.mark.django_db
FAX, MINE, THIRD = "503-555-0100", "503-555-0199", "503-555-0102"
SPRING, CHRISTMAS = "Back in spring.", "2099-12-24"
NOTICE = "https://example.org/npp.pdf"
MEANWHILE = "{}: {} has meanwhile changed this to “{}”. Save again to put yours in"


class Open:
    """The form in one tab, and what its browser would send of it."""

    def __init__(self, client):
        self.client = client
        self.read(client.get(FORM))

    def read(self, response):
        self.values = filled(response.text)
        assert "maxlength" not in response.text  # no box cuts what is pasted
        self.words = " ".join(parsed(response.text).get_text().split())

    def save(self, **typed):
        response = self.client.post(FORM, self.values | typed)
        if response.status_code == 200:
            self.read(response)
        return response.status_code == 302


@pytest.fixture
def form(front_desk):
    return Open(front_desk)


def newest(*names):
    return tuple(getattr(Clinic.newest(), name) for name in names)


def row(number, **values):
    return {f"exceptions-{number}-{name}": value for name, value in values.items()}


@pytest.mark.parametrize(
    ("field", "ways", "tidied"),
    [
        ("phone", "(503) 555-0100|503.555.0100|5035550100.|+1 503 555 0100", FAX),
        ("fax", "|\u200b", ""),
        ("state", "wa", "WA"),
        ("zip_code", "97035 1234|970351234", "97035-1234"),
        ("message", "Back\u200b in\r\nspring.|Back \u200b in spring.", SPRING),
        ("privacy_notice", " https://example.org/npp.pdf\u200b", NOTICE),
    ],
)
def test_facts_are_kept_in_one_form_however_they_are_written(form, field, ways, tidied):
    for written in ways.split("|"):
        assert form.save(**{field: written}), written
        assert newest(field) == (tidied,), written


WRONG = [
    ({"phone": "376 9094"}, "such as 503-376-9094"),
    ({"phone": "5\u0660\u0663-376-9094"}, "such as 503-376-9094"),
    ({"zip_code": "9703"}, "such as 97035"),
    ({"message": "x" * 201}, "has at most 200 characters (it has 201)"),
    ({"name": "\u200b"}, "This field is required."),
    (row(0, last=CHRISTMAS), "Row 1, First: This field is required."),
    (row(0, first="9999-12-31", last="9999-12-30"), "in the wrong order"),
    (row(0, first="2099-01-01", last="2099-03-02"), "or 60 or more"),
    (row(0, first="2026-01-02"), "Row 1, Last: These days are over"),
    (row(0, first=CHRISTMAS, what_for="open 9-12"), "Enter here what “open 9"),
    (row(0, first=CHRISTMAS, hours="half day"), "Write only times, with am or pm"),
    (row(0, first=CHRISTMAS) | row(1, first=CHRISTMAS), "This overlaps: Thursday"),
]


@pytest.mark.parametrize(("change", "told"), WRONG)
def test_what_is_wrong_is_named_and_nothing_is_lost(form, change, told):
    typed = {"message": SPRING, "monday": "9-5"} | change

    assert not form.save(**typed)
    assert told in form.words
    assert form.values.items() >= typed.items()
    assert not Clinic.objects.exists()


def test_what_was_sent_after_the_session_ended_is_saved_by_signing_in(form, front_desk):
    front_desk.handler.enforce_csrf_checks = True
    front_desk.cookies.pop("session")

    lost = front_desk.post(FORM, form.values | {"message": SPRING})
    assert front_desk.post("/admin/password_change/", form.values).url  # no password
    who = {"username": "ann", "password": "wrong"}
    wrong = front_desk.post(FORM, filled(lost.text) | who)
    assert not Clinic.objects.exists()
    who["password"] = "a long secret"
    done = front_desk.post(FORM, filled(wrong.text) | who)

    assert "Nothing was saved yet, as your session had ended." in lost.text
    assert "This field is required." not in lost.text
    assert "no-store" in lost["Cache-Control"]
    assert "wrong" not in filled(wrong.text).values()
    assert done.url == "/admin/"
    assert newest("message") == (SPRING,)


def test_the_same_field_says_who_made_it_what_and_saving_again_means_it(
    form, bob_saves, admin_user
):
    """Who changed that field since, not who saved last, or made it that before."""
    bob_saves(fax=THIRD)
    bob_saves(fax=FAX, city="Tigard", exceptions=[kept("2099-12-31")])
    Clinic.add(admin_user, phone=FAX)
    mine = {"fax": MINE, "phone": "376 9094", "message": SPRING}

    assert not form.save(**mine, **row(0, first=CHRISTMAS))
    assert "Days that differ: Bob has meanwhile changed this to" in form.words
    assert MEANWHILE.format("Fax", "Bob", FAX) in form.words
    assert MEANWHILE.format("Phone", "admin", FAX) in form.words
    Clinic.add(admin_user, fax=THIRD)
    assert not form.save()
    assert MEANWHILE.format("Fax", "admin", THIRD) in form.words
    assert "such as 503-376-9094" in form.words
    assert form.values.items() >= (mine | {"city": "Tigard"}).items()
    assert newest("fax", "message") == (THIRD, "")
    assert form.save(phone=MINE)
    assert newest("fax", "phone", "city", "message") == (MINE, MINE, "Tigard", SPRING)
    assert newest("exceptions")[0][0]["first"] == CHRISTMAS


@pytest.mark.parametrize("unticked", [True, False])
def test_a_switch_that_others_turned_is_mine_only_where_i_touch_it(
    form, bob_saves, unticked
):
    """Also in a form that was refused once: it is then as if opened anew."""
    bob_saves(accepting_new_patients=True)
    assert not form.save(phone="376 9094")
    assert form.values["accepting_new_patients"]
    if unticked:
        del form.values["accepting_new_patients"]
    else:
        bob_saves(accepting_new_patients=False)

    assert form.save(phone=MINE)
    assert newest("accepting_new_patients", "phone") == (False, MINE)


def test_days_are_kept_in_order_and_emptied_rows_left_out(form, front_desk):
    gone = row(0, first=CHRISTMAS, what_for="Christmas")
    late = row(1, first="2096-02-29", hours="1-5", what_for="Leap\u200b day")
    longest = row(2, first="2095-01-01", last="2095-03-01", what_for="July 4th")
    form.save(**gone, **late, **longest)

    assert Open(front_desk).save(**row(2, first="", what_for=""))
    assert newest("exceptions")[0] == [
        kept("2095-01-01", "2095-03-01", what_for="July 4th"),
        kept("2096-02-29", hours="1\xa0pm\xa0to\xa05\xa0pm", what_for="Leap day"),
    ]


@pytest.mark.parametrize("moved", ["2099-12-23", "2099-12-26"])
def test_a_day_is_moved_by_its_first_day_alone(form, front_desk, moved):
    form.save(**row(0, first=CHRISTMAS, what_for="x"))
    opened = Open(front_desk)
    assert opened.values["exceptions-0-last"] == ""

    assert opened.save(**row(0, first=moved))
    assert newest("exceptions") == ([kept(moved)],)


def test_past_days_leave_the_form_and_stay_in_the_history_also_after_midnight(
    front_desk, bob_saves, monkeypatch
):
    today = timezone.localdate()
    days = [kept(str(today - timedelta(days))) for days in (1, 0)] + [kept(CHRISTMAS)]
    bob_saves(exceptions=days)
    form = Open(front_desk)
    assert form.values["exceptions-TOTAL_FORMS"] == "5"  # three empty ones, always
    assert not form.save(phone="376 9094")
    assert form.values["exceptions-TOTAL_FORMS"] == "5"
    assert Open(front_desk).save(fax=FAX)
    assert newest("exceptions") == (days,)
    monkeypatch.setattr(timezone, "localdate", lambda: today + timedelta(1))

    assert not form.save(**row(1, what_for="Painting"))
    assert "Row 1, Last: These days are over" in form.words
    assert form.save(**row(0, first="", last="", what_for=""), phone=MINE)
    assert newest("exceptions") == ([kept(CHRISTMAS, what_for="Painting")],)
