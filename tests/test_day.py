"""Today's hours and the days that differ follow the clinic's own midnight."""

import json
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from bs4 import BeautifulSoup
from django.conf import settings

from tests import ROOT
from tests.server import FORM, Site, Staff

WEEK = dict.fromkeys(("monday", "tuesday", "wednesday", "thursday"), "9-5")
WEEK |= {"saturday": "9-12, 1-4", "exceptions-0-hours": "9-12"}
WEEK |= {"exceptions-0-first": "2027-12-31"}
WEEK |= {"exceptions-1-first": "2028-02-28", "exceptions-1-last": "2028-02-29"}
EVE = "2027-12-31", "2027-12-31", "09:00:00", "12:00:00"
LEAP = "2028-02-28", "2028-02-29", "00:00:00", "00:00:00"
TWICE = "9 am to noon, 1 pm to 4 pm"
SPECIAL = "validFrom", "validThrough", "opens", "closes"


@pytest.fixture(scope="module")
def at(tmp_path_factory):
    """Return a function from a local time to the contact page that is served then."""
    folder = tmp_path_factory.mktemp("clock")
    clock = folder / "clock"
    # Not as tests.clock, as the package has an environment of its own.
    variables = {"CLOCK": str(clock), "PYTHONPATH": str(ROOT / "tests")}
    variables["WEB_CONCURRENCY"] = "1"
    site = Site(folder / "data", app="clock", **variables).prepare()

    def contact(time):
        zone = ZoneInfo(settings.TIME_ZONE)
        local = datetime.fromisoformat(time).replace(tzinfo=zone)
        clock.write_text(str(local.timestamp()))
        return BeautifulSoup(site.get("/contact/").body, "html5lib")

    clock.write_text("0")
    with site:
        assert Staff(site).post(FORM, **WEEK).status == 302
        yield contact


@pytest.mark.parametrize(
    ("time", "said", "special"),
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
    at, time, said, special
):
    document = at(time)
    today = document.find("time", datetime=time[:10])
    data = json.loads(document.find("script", type="application/ld+json").string)
    clinic = next(it for it in data["@graph"] if it["@type"] == "MedicalClinic")
    days = clinic.get("specialOpeningHoursSpecification", [])

    assert " ".join(today.parent.get_text().split()) == f"Today, {said}"
    assert [tuple(map(it.get, SPECIAL)) for it in days] == special
