"""Today's hours and the days that differ follow the clinic's own midnight."""

import json
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from bs4 import BeautifulSoup
from django.conf import settings

from tests import ROOT
from tests.server import Site

SAVE = """
from django.contrib.auth.models import User
from pages.models import Clinic
week = dict.fromkeys(("monday", "tuesday", "wednesday", "thursday"), "9 am to 5 pm")
row = {"last": "2027-12-31", "hours": "9 am to noon", "what_for": "New Year’s Eve"}
Clinic.newest().add(User.objects.get(), **week, saturday="1 pm to 4 pm", exceptions=[
    row | {"first": "2027-12-31"},
    row | {"first": "2028-02-29", "last": "2028-02-29", "hours": ""},
])
"""


@pytest.fixture(scope="module")
def at(tmp_path_factory):
    """Return a function from a local time to the contact page that is served then."""
    folder = tmp_path_factory.mktemp("clock")
    clock = folder / "clock"
    # Not as tests.clock, as the package has an environment of its own.
    variables = {"CLOCK": str(clock), "PYTHONPATH": str(ROOT / "tests")}
    site = Site(folder / "data", app="clock", **variables).prepare()
    site.manage("shell", "--verbosity", "0", "--command", SAVE)

    def contact(time):
        local = datetime.fromisoformat(time).replace(
            tzinfo=ZoneInfo(settings.TIME_ZONE)
        )
        clock.write_text(str(local.timestamp()))
        return BeautifulSoup(site.get("/contact/").body, "html5lib")

    clock.write_text("0")
    with site:
        yield contact


@pytest.mark.parametrize(
    ("time", "said"),
    [
        ("2027-03-13 23:59:59", "Today, Saturday, March 13: 1 pm to 4 pm"),
        ("2027-03-14 00:00:00", "Today, Sunday, March 14: Closed"),
        ("2027-03-14 23:59:59", "Today, Sunday, March 14: Closed"),  # 23 hours long
        ("2027-03-15 00:00:00", "Today, Monday, March 15: 9 am to 5 pm"),
        ("2027-11-06 23:59:59", "Today, Saturday, November 6: 1 pm to 4 pm"),
        ("2027-11-07 23:59:59", "Today, Sunday, November 7: Closed"),  # 25 hours long
        ("2027-11-08 00:00:00", "Today, Monday, November 8: 9 am to 5 pm"),
        ("2027-12-30 23:59:59", "Today, Thursday, December 30: 9 am to 5 pm"),
        ("2027-12-31 00:00:00", "Today, Friday, December 31: 9 am to noon"),
        ("2027-12-31 23:59:59", "Today, Friday, December 31: 9 am to noon"),
        ("2028-01-01 00:00:00", "Today, Saturday, January 1: 1 pm to 4 pm"),
        ("2028-02-29 00:00:00", "Today, Tuesday, February 29: Closed"),
        ("2028-03-01 00:00:00", "Today, Wednesday, March 1: 9 am to 5 pm"),
    ],
)
def test_today_begins_at_the_clinics_midnight(at, time, said):
    today = at(time).find("time", datetime=time[:10])

    assert " ".join(today.parent.get_text().split()) == said


def test_shortened_day_is_told_to_machines_until_it_is_over(at):
    def special(time):
        data = json.loads(at(time).find("script", type="application/ld+json").string)
        clinic = next(it for it in data["@graph"] if it["@type"] == "MedicalClinic")
        days = clinic.get("specialOpeningHoursSpecification", [])
        return [(it["validFrom"], it["opens"], it["closes"]) for it in days]

    leap_day = ("2028-02-29", "00:00", "00:00")
    assert special("2027-12-31 23:59:59") == [
        ("2027-12-31", "09:00", "12:00"),
        leap_day,
    ]
    assert special("2028-01-01 00:00:00") == [leap_day]
    assert special("2028-03-01 00:00:00") == []
