"""Hours are entered as one writes them, and said as people do, of the clinic's day."""

import re
import time
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError
from django.template.loader import render_to_string

from pages.hours import office_hours, tidy_hours
from pages.models import DAYS, Clinic
from tests.conftest import publish
from tests.screens import kept
from tests.test_found import graph

DAY, LUNCH = "9 am to 5 pm", "9 am to noon, 1 pm to 5 pm"
READ = {  # what is said, and how people write it
    "": "|  |closed|CLOSED.",
    DAY: "9-5|9 – 5|9—5|9\u20115|9 -- 5|9 to 5|9to5|9 till 5|9 'til 5|9 until 5|"
    "9 thru 5|9 through 5|9a-5p|9AM-5PM|9 a.m. – 5 p.m.|9 A. M. to 5 P. M.|9-5pm|"
    "9am-5|09:00-17:00|9-17|0900-1700|9:00-5:00|9\xa0am to 5 pm|9-5.|９-５",
    LUNCH: "9-12 & 1-5|9-12, 1-5|9-12; 1-5|9-12, and 1-5|9am-12pm, 1pm-5pm|"
    "9 am to noon and 1 pm to 5 pm|09:00-12:00, 13:00-17:00|9-12 noon, 1-5",
    "8:30 am to 4 pm": "8:30 – 4|8.30am-4pm|830-4",
    "noon to 5 pm": "12-5",
    "7 am to 7 pm": "7-7",
    "6 pm to 9 pm": "6-9",
    "6 am to 2 pm": "06:00-14:00|6am-14",
    "1 pm to midnight": "1-midnight|1-12:00 midnight",
    "midnight to midnight": "0:00-24:00",
}
REFUSED = (
    "6-2|1-12|8:30-11 pm|8-midnight|24-7|12.25-12.30|09:00-05:00|5 pm to 9 am|24/7|"
    "6 pm to 1 am|midnight-12:30|9:75-5|9-2026|9-1²|Mon 9-5|M-F 8-5|9-5, closed 12-1|"
    "13 pm - 2 pm|9-25|9-12am|0:30-3am|9-12-1-5|9|9-|-5|2026-12-24|12/24|8;30-4|"
    "half day|9-5 lunch 12-1|by appointment|by appt|first saturday 9-12|"
    "every other friday 9-12|9-5, 12-1|1-5, 7-9"
)


@pytest.mark.parametrize("said", READ)
def test_hours_are_read_as_people_write_them(said):
    for written in (*READ[said].split("|"), said):
        tidied = tidy_hours(written)
        assert tidied.replace("\xa0", " ") == said, written
        assert " " not in tidied.replace(", ", "")  # no line may end inside a time


@pytest.mark.parametrize("written", REFUSED.split("|"))
def test_doubtful_hours_are_refused_with_an_example(written):
    with pytest.raises(ValidationError, match=LUNCH):
        tidy_hours(written)


def test_days_in_a_row_with_the_same_hours_are_told_as_one():
    week = dict(zip(DAYS, [LUNCH, DAY, DAY, DAY, LUNCH, "", ""], strict=True))
    told = office_hours(Clinic(**week), date(2026, 12, 20))
    html = render_to_string("includes/office_hours.html", told)

    assert re.findall('<th scope="row">(.*)</th>\\s*<td>(.*)</td>', html) == [
        ("Monday", LUNCH),
        ("Tuesday to Thursday", DAY),
        ("Friday", LUNCH),
        ("Saturday to Sunday", "Closed"),
    ]


EXCEPTIONS = [kept("2027-12-31", hours=LUNCH), kept("2028-02-28", "2028-02-29")]
SPECIAL = "validFrom", "validThrough", "opens", "closes"
EVE = ["2027-12-31 2027-12-31 09:00 12:00"]
EVE += ["2027-12-31 2027-12-31 13:00 17:00"]
LEAP = ["2028-02-28 2028-02-29 00:00 00:00"]
LEAP_DAYS = "Monday, February 28, 2028 to Tuesday, February 29, 2028"


@pytest.mark.parametrize(
    ("now", "said", "special"),
    [
        # November 7 has 25 hours. UTC has been on the next day since 4 pm.
        ("2027-11-07 23:59:59", "Sunday, November 7: Closed", EVE + LEAP),
        ("2027-11-08 00:00:00", f"Monday, November 8: {DAY}", EVE + LEAP),
        ("2027-12-31 23:59:59", f"Friday, December 31: {LUNCH}", EVE + LEAP),
        ("2028-01-01 00:00:00", "Saturday, January 1: 9 am to noon", LEAP),
        ("2028-02-29 00:00:00", "Tuesday, February 29: Closed", LEAP),
        ("2028-03-13 00:00:00", f"Monday, March 13: {DAY}", []),  # after 23 hours
    ],
)
def test_a_day_begins_and_ends_at_the_clinics_midnight_for_people_and_machines(
    read, monkeypatch, now, said, special
):
    local = datetime.fromisoformat(now).replace(tzinfo=ZoneInfo(settings.TIME_ZONE))
    week = dict.fromkeys(DAYS[:5], DAY) | {"saturday": "9 am to noon"}
    publish(exceptions=EXCEPTIONS, **week)
    read("contact")  # remembered, of another day
    monkeypatch.setattr(time, "time", local.timestamp)  # which date.today() asks, too
    contact = read("contact")

    today = contact.find("time", datetime=now[:10]).parent
    clinic = graph(contact)["MedicalClinic"]
    days = clinic.get("specialOpeningHoursSpecification", [])
    assert " ".join(today.get_text().split()) == f"Today, {said}"
    assert [" ".join(map(it.get, SPECIAL)) for it in days] == special
    assert (LEAP_DAYS in contact.main.text) is bool(special)
