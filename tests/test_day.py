"""Today's hours and the days that differ follow the clinic's own midnight."""

import time
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings

from tests.conftest import publish
from tests.test_found import graph

TWICE = "9 am to noon, 1 pm to 4 pm"
WEEK = dict.fromkeys(("monday", "tuesday", "wednesday", "thursday"), "9 am to 5 pm")
WEEK |= {"saturday": TWICE}
EVE = "2027-12-31", "2027-12-31", "09:00", "12:00"
LEAP = "2028-02-28", "2028-02-29", "00:00", "00:00"
EXCEPTIONS = [
    {"first": EVE[0], "last": EVE[1], "hours": "9 am to noon", "what_for": ""},
    {"first": LEAP[0], "last": LEAP[1], "hours": "", "what_for": ""},
]
SPECIAL = "validFrom", "validThrough", "opens", "closes"


@pytest.mark.parametrize(
    ("now", "said", "special"),
    [
        ("2027-03-13 23:59:59", f"Saturday, March 13: {TWICE}", [EVE, LEAP]),
        # This day has 23 hours, and November 7 has 25.
        ("2027-03-14 23:59:59", "Sunday, March 14: Closed", [EVE, LEAP]),
        ("2027-03-15 00:00:00", "Monday, March 15: 9 am to 5 pm", [EVE, LEAP]),
        ("2027-11-07 23:59:59", "Sunday, November 7: Closed", [EVE, LEAP]),
        ("2027-11-08 00:00:00", "Monday, November 8: 9 am to 5 pm", [EVE, LEAP]),
        ("2027-12-31 00:00:00", "Friday, December 31: 9 am to noon", [EVE, LEAP]),
        ("2027-12-31 23:59:59", "Friday, December 31: 9 am to noon", [EVE, LEAP]),
        ("2028-01-01 00:00:00", f"Saturday, January 1: {TWICE}", [LEAP]),
        ("2028-02-29 00:00:00", "Tuesday, February 29: Closed", [LEAP]),
        ("2028-03-01 00:00:00", "Wednesday, March 1: 9 am to 5 pm", []),
    ],
)
def test_a_day_begins_and_ends_at_the_clinics_midnight_for_people_and_machines(
    read, monkeypatch, now, said, special
):
    local = datetime.fromisoformat(now).replace(tzinfo=ZoneInfo(settings.TIME_ZONE))
    monkeypatch.setattr(time, "time", local.timestamp)  # which date.today() asks, too
    publish(**WEEK, exceptions=EXCEPTIONS)
    contact = read("contact")

    today = contact.find("time", datetime=now[:10]).parent
    clinic = graph(contact)["MedicalClinic"]
    days = clinic.get("specialOpeningHoursSpecification", [])
    assert " ".join(today.get_text().split()) == f"Today, {said}"
    assert [tuple(map(it.get, SPECIAL)) for it in days] == special
