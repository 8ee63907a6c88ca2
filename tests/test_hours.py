"""Hours are entered as one writes them, and said as people do, of the clinic's day."""

import time
from datetime import date, datetime
from zoneinfo import ZoneInfo

import pytest
from django.conf import settings
from django.core.exceptions import ValidationError

from pages.hours import office_hours, tidy_hours
from pages.models import DAYS, Clinic
from tests.conftest import publish
from tests.test_form import kept
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
    "1 pm to midnight": "1-midnight",
    "midnight to midnight": "0:00-24:00",
}
REFUSED = {  # in which words, and what: with “=”, the part of it that is named
    "“{}” is doubtful. Add am or pm, and end on the same day.": "6-2|1-12|8:30-11 pm|"
    "8-midnight|24-7|12.25-12.30|09:00-05:00|5 pm to 9 am|6 pm to 1 am|midnight-12:30",
    "“{}” is not a time": "9:75-5=9:75|9-2026=2026|9-1²=1²|Mon 9-5=mon 9|"
    "9-5, closed 12-1=closed 12",
    "“{}” is not a clear time": "13 pm - 2 pm=13 pm|9-25=25|9-12am=12am|0:30-3am=0:30",
    "“{}” does not say when you open and when you close": "9-12-1-5|9|9-|2026-12-24|"
    "half day|9-5 lunch 12-1|8;30-4=8|24/7=24|12/24=12|M-F 8-5=m-f 8-5",
    "Enter such days below, one by one": "first saturday 9-12|every other friday 9-12",
    "Empty this row, and answer “By appointment only” above.": "by appointment|by appt",
    "“{}” overlaps, or is not in order": "9-5, 12-1|1-5, 7-9",
}


@pytest.mark.parametrize("said", READ)
def test_hours_are_read_as_people_write_them(said):
    for written in (*READ[said].split("|"), said):
        assert tidy_hours(written) == said, written


@pytest.mark.parametrize("words", REFUSED)
def test_doubtful_hours_are_refused_by_name_with_an_example(words):
    for case in REFUSED[words].split("|"):
        written, _, named = case.partition("=")
        with pytest.raises(ValidationError) as refused:
            tidy_hours(written)

        (message,) = refused.value.messages
        assert words.format(named or written) in message
        assert LUNCH in message


def test_days_are_grouped_the_way_people_say_them():
    def said(*week):
        clinic = Clinic(**dict(zip(DAYS, week, strict=True)))
        return office_hours(clinic, date(2026, 12, 20))["week"]

    assert said(*[DAY] * 7) == [("Monday to Sunday", [DAY])]
    assert said(LUNCH, DAY, LUNCH, DAY, DAY, DAY, "") == [
        ("Monday and Wednesday", LUNCH.split(", ")),
        ("Tuesday and Thursday to Saturday", [DAY]),
        ("Sunday", ["Closed"]),
    ]


EXCEPTIONS = [kept("2027-12-31", hours=LUNCH), kept("2028-02-28", "2028-02-29")]
SPECIAL = "validFrom", "validThrough", "opens", "closes"
EVE = ["2027-12-31 2027-12-31 09:00:00 12:00:00"]
EVE += ["2027-12-31 2027-12-31 13:00:00 17:00:00"]
LEAP = ["2028-02-28 2028-02-29 00:00:00 00:00:00"]
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
    monkeypatch.setattr(time, "time", local.timestamp)  # which date.today() asks, too
    week = dict.fromkeys(DAYS[:5], DAY) | {"saturday": "9 am to noon"}
    publish(exceptions=EXCEPTIONS, **week)
    contact = read("contact")

    today = contact.find("time", datetime=now[:10]).parent
    clinic = graph(contact)["MedicalClinic"]
    days = clinic.get("specialOpeningHoursSpecification", [])
    assert " ".join(today.get_text().split()) == f"Today, {said}"
    assert [" ".join(map(it.get, SPECIAL)) for it in days] == special
    assert (LEAP_DAYS in contact.main.text) is bool(special)
