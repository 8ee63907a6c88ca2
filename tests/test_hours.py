"""Hours are entered as one writes them and shown the way people say them."""

from datetime import date

import pytest
from bs4 import BeautifulSoup
from django.core.exceptions import ValidationError
from pages.facts import Facts

from pages.hours import coming, hours_on, tidy_closures, tidy_hours
from pages.models import Clinic
from pages.remembered import remembered

TODAY = date(2027, 11, 20)


@pytest.mark.parametrize(
    ("written", "said"),
    [
        (
            "Mon-Thu 9am-4:30pm",
            "Monday to Thursday: 9 am to 4:30 pm\nFriday to Sunday: Closed",
        ),
        (
            "Mondays, Wednesdays & Fri.: 8:30 a.m. – noon, 1 p.m. – 5 p.m.\r\n\r\n"
            "tue and thu 9 am until 12 pm",
            "Monday, Wednesday and Friday: 8:30 am to noon, 1 pm to 5 pm\n"
            "Tuesday and Thursday: 9 am to noon\n"
            "Saturday and Sunday: Closed",
        ),
        (
            "weekdays 9 am to 5 pm\nSunday closed",
            "Monday to Friday: 9 am to 5 pm\nSaturday and Sunday: Closed",
        ),
        (
            "Monday 1 pm to 5 pm\nMonday 9 am to noon",
            "Monday: 9 am to noon, 1 pm to 5 pm\nTuesday to Sunday: Closed",
        ),
        (
            "Fri to Mon 6 pm to midnight",
            "Monday and Friday to Sunday: 6 pm to midnight\n"
            "Tuesday to Thursday: Closed",
        ),
        (
            "Mon-Fri 8:30 am-noon, 1-5 p.m.\nWeekend closed",
            "Monday to Friday: 8:30 am to noon, 1 pm to 5 pm\n"
            "Saturday and Sunday: Closed",
        ),
        ("", ""),
        (" \n", ""),
    ],
)
def test_hours_are_grouped_the_way_people_say_them(written, said):
    assert tidy_hours(written) == said
    assert tidy_hours(said) == said


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("Monday 5 pm to 9 am", "“Monday 5 pm to 9 am”: 5 pm to 9 am ends before"),
        ("Monday 9 to 5 pm", "9 pm to 5 pm ends before it begins"),
        ("Monday 9 am to 9 am", "9 am to 9 am ends before it begins"),
        ("Tue 9 am to 1 pm, noon to 3 pm", "Tuesday: 9 am to 1 pm and noon to 3 pm ov"),
        ("Mon 9 am to 1 pm\nMon 8 am to 10 am", "Monday: 8 am to 10 am and 9 am to 1"),
        ("Mon closed\nMon 9 am to 5 pm", "Monday has a line above already"),
        ("Monday 9 to 5", "“Monday 9 to 5” is not understood. Write days, then times"),
        ("Monday 13 pm to 2 pm", "is not understood"),
        ("Monday", "is not understood"),
        ("9 am to 5 pm", "is not understood"),
        ("T 9 am to 5 pm", "is not understood"),
        ("Mon-Wed-Fri 9 am to 5 pm", "is not understood"),
        ("Sunday closed", "Write also the days on which the office is open"),
    ],
)
def test_wrong_hours_are_refused_by_name(written, told):
    with pytest.raises(ValidationError) as refused:
        tidy_hours(written)

    (message,) = refused.value.messages
    assert told in message


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("Dec 25 Christmas", "December 25, 2027: Christmas"),
        ("12/25/2027 - Christmas", "December 25, 2027: Christmas"),
        ("Thursday, November 25th, 2027", "November 25, 2027"),
        ("Dec 24-26: Christmas", "December 24 to 26, 2027: Christmas"),
        ("Nov 29 to Dec 1, 2027", "November 29 to December 1, 2027"),
        ("Dec 24 to Jan 2", "December 24, 2027 to January 2, 2028"),
        ("Dec 24 to Jan 2, 2028", "December 24, 2027 to January 2, 2028"),
        ("Nov 20: today", "November 20, 2027: today"),
        ("Nov 19: last year’s day", "November 19, 2028: last year’s day"),
        ("Feb 29, 2028", "February 29, 2028"),
        ("Feb 29", "February 29, 2028"),
        ("Dec 24 thru 26: 3 days off", "December 24 to 26, 2027: 3 days off"),
        ("Jan 1\nDec 25", "December 25, 2027\nJanuary 1, 2028"),
        ("", ""),
    ],
)
def test_closures_are_settled_with_their_year_in_order(written, said):
    assert tidy_closures(written, TODAY) == said
    assert tidy_closures(said, TODAY) == said


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("Dec 26 to 24, 2027", "December 26 to 24, 2027 ends before it begins"),
        ("May 5 to March 1, 2028", "May 5 to March 1, 2028 ends before it begins"),
        ("Dec 24-26\nDec 26", "December 24 to 26, 2027 and December 26, 2027 overlap"),
        ("Feb 30", "“Feb 30” is not understood"),
        ("Christmas", "“Christmas” is not understood. Write a date, or"),
        ("Dec 24 and 31", "is not understood"),
        ("Dec 24 & 31", "is not understood"),
        ("Dec 24 or 25", "is not understood"),
        ("Dec 24 to Friday, Dec 26", "is not understood"),
        ("Dec 24 closed at noon", "“Dec 24 closed at noon” is about part of a day"),
        ("Dec 31: closes 2 pm", "is about part of a day"),
        ("Ju 4", "is not understood"),
    ],
)
def test_wrong_closures_are_refused_by_name(written, told):
    with pytest.raises(ValidationError) as refused:
        tidy_closures(written, TODAY)

    (message,) = refused.value.messages
    assert told in message


def test_closure_over_new_year_that_has_begun_is_this_one():
    said = tidy_closures("Dec 24 to Jan 2", date(2028, 1, 1))

    assert said == "December 24, 2027 to January 2, 2028"


@pytest.mark.parametrize(("day", "shown"), [(25, 1), (26, 1), (27, 0)])
def test_a_closure_leaves_the_page_when_it_is_over(day, shown):
    closures = "December 24 to 26, 2027: Christmas"

    assert len(coming(closures, date(2027, 12, day))) == shown


def contact(**values):
    html, _ = remembered("contact", Facts.of(Clinic(**values)), TODAY)["identity"]
    return BeautifulSoup(html, "html5lib").find(id="office-hours").parent


def test_contact_page_shows_a_table_that_can_be_heard():
    section = contact(hours=tidy_hours("Mon-Thu 9 am to noon, 1 pm to 4:30 pm"))

    cells = [cell.get_text(" ") for cell in section.find_all(["th", "td"])]
    assert cells == [
        *("Monday to Thursday", "9 am to noon, 1 pm to 4:30 pm"),
        *("Friday to Sunday", "Closed"),
    ]
    assert section.caption.get_text() == "When our office is open"
    assert {th["scope"] for th in section.find_all("th")} == {"row"}
    assert "Please call us" not in section.get_text()


def test_contact_page_asks_to_call_until_there_are_hours():
    section = contact()

    assert "Please call us for our office hours." in section.get_text()
    assert not section.find(["table", "ul"])


def test_contact_page_lists_coming_closures_only():
    section = contact(
        closures="November 19, 2027: Over\nDecember 25, 2027: <Christmas>"
    )

    assert [li.get_text() for li in section.find_all("li")] == [
        "December 25, 2027: <Christmas>"
    ]


@pytest.mark.parametrize("text", ["what: ever", "no colon", ":"])
def test_text_that_no_form_would_save_does_not_break_the_page(text):
    assert "Office Hours" in contact(hours=text, closures=text).get_text()


def test_form_keeps_what_was_written_and_names_what_is_wrong():
    clinic = Clinic(hours="Mon 5 pm to 9 am", closures="Feb 30")

    with pytest.raises(ValidationError) as refused:
        clinic.clean()

    assert set(refused.value.message_dict) == {"hours", "closures"}
    assert clinic.hours == "Mon 5 pm to 9 am"


@pytest.mark.parametrize(
    ("day", "words"),
    [
        (date(2027, 12, 23), "9 am to noon"),
        (date(2027, 12, 24), "Closed"),
        (date(2027, 12, 26), "Closed"),
        (date(2027, 12, 27), "9 am to noon"),
    ],
)
def test_contact_page_says_the_hours_of_today(day, words):
    hours = "Monday to Thursday: 9 am to noon\nFriday to Sunday: Closed"
    clinic = Clinic(hours=hours, closures="December 24 to 26, 2027: Christmas")

    html = remembered("contact", Facts.of(clinic), day)["identity"][0]

    today = BeautifulSoup(html, "html5lib").find("time", datetime=day.isoformat())
    assert " ".join(today.parent.get_text().split()).endswith(f": {words}")


def test_today_is_not_mentioned_while_no_hours_are_known():
    assert hours_on(TODAY, "", "") == ""
