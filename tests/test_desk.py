"""One press says what visitors are told, once; each version is kept, and comes back."""

import re
from datetime import date, timedelta
from itertools import chain, repeat

import pytest
from django.utils import timezone
from django.utils.formats import date_format

from pages.models import Clinic
from tests.conftest import parsed
from tests.screens import kept
from tests.server import Site
from tests.test_content import words_of

pytestmark = pytest.mark.django_db
INDEX, HISTORY = "/admin/", "/admin/pages/clinic/"
FAX, SPRING, FALL = "503-555-0100", "Back in spring.", "Back in fall."
STATUS, ASKED = "not accepting new patients", "Yes, still true"


@pytest.fixture
def press(front_desk, django_capture_on_commit_callbacks):
    """Return a function that presses a button, if any, and tells the first page."""

    def press(**button):
        if button:
            with django_capture_on_commit_callbacks(execute=True):
                answer = front_desk.post(HISTORY, button)
                assert answer.url == INDEX
        return words_of(parsed(front_desk.get(INDEX).text).find(id="container"))

    return press


def test_a_press_counts_once_and_it_is_said_what_visitors_see_since_when_and_by_whom(
    press, bob_saves
):
    bob_saves(fax=FAX)  # which switches nothing
    before, after, again = press(), press(accepting="yes"), press(accepting="yes")
    bob_saves(message=SPRING)
    later = press()

    assert f"Visitors see: {STATUS} As the website was set up. Staff have not" in before
    assert "Visitors see: accepting new patients" in after
    assert "We are not accepting" not in after
    told = "Last change: Ann, .*: Accepting new patients from no to yes"
    for page in (after, again):
        assert "Saved." in page
        assert re.search(told, page)
    assert Clinic.objects.count() == 3
    for text in (after, later, press(accepting="no")):
        assert re.search(rf"Since {timezone.localtime():%b}\. .*, by Ann\.", text)
    assert re.search(f"Last change: Bob, .*: Message from nothing to “{SPRING}”", later)
    assert f"If you stop, the banner will also say: “{SPRING}”" in later


def test_undo_adds_the_content_of_any_version_and_nothing_is_done_to_a_save_unseen(
    press, front_desk, bob_saves
):
    first = bob_saves(message=SPRING, checked_on=date(2027, 3, 3))
    second = bob_saves(message=FALL, fax=FAX, accepting_new_patients=True)
    for button in ({"put_back": 0, "seen": 1}, {"still_true": "yes", "seen": 1}):
        unseen = press(**button)
        assert "Nothing was done: the last change came first." in unseen
        assert f"Message from “{SPRING}” to “{FALL}”" in unseen
        assert Clinic.newest() == second

    version = front_desk.get(f"{HISTORY}1/change/").text
    assert 'name="put_back" value="1"' in version
    assert 'name="seen" value="2"' in version
    assert "Saved." in press(put_back=1, seen=2)
    assert Clinic.newest().facts == first.facts
    press(put_back=0, seen=3)
    assert Clinic.newest().facts == Clinic().facts  # as shipped
    assert Clinic.newest().version == 4


def test_what_new_patients_are_told_is_checked_by_a_change_of_it_or_when_asked_in_time(
    press, bob_saves
):
    today = timezone.localdate()
    long_ago = today - timedelta(30)

    bob_saves(checked_on=long_ago + timedelta(1))
    assert ASKED not in press()
    bob_saves(checked_on=long_ago)
    assert ASKED in press()
    assert ASKED not in press(still_true="yes", seen=2)
    assert Clinic.newest().checked_on == today
    for facts, checked in (
        ({"fax": FAX}, long_ago),
        ({"accepting_new_patients": True}, today),
        ({"message": SPRING}, today),
    ):
        bob_saves(checked_on=long_ago)
        assert bob_saves(**facts).checked_on == checked, facts


def test_history_says_who_when_and_what_and_opens_what_the_site_said_then(
    bob_saves, front_desk
):
    eve, christmas = (kept(f"2060-12-{day}", what_for="") for day in (24, 25))
    first = bob_saves(message=SPRING, exceptions=[christmas])
    changed = {"message": FALL, "accepting_new_patients": True}
    Clinic.add(front_desk.user, exceptions=[eve, christmas], **changed)

    def rows(**asked):
        page = parsed(front_desk.get(HISTORY, asked).text)
        return [*map(words_of, page.select("#result_list tbody tr"))]

    newer, older = rows()
    opened = parsed(front_desk.get(f"{HISTORY}1/change/").text).find(id="content")

    assert " ann Accepting new patients from no to yes; Message from" in newer
    assert "differ from nothing to “Friday, December 24, 2060: Closed”" in newer
    when = date_format(timezone.localtime(first.saved_at), "DATETIME_FORMAT")
    assert older.startswith(f"{when} bob Message from nothing to “{SPRING}”")
    assert rows(q="bob") == [older]
    for told in (SPRING, "503-376-9094", "December 25, 2060: Closed", "Bob"):
        assert told in opened.text
    assert FALL not in opened.text
    assert not opened.select("input:not([type=hidden]), textarea, select")


def test_of_two_who_change_the_same_version_the_second_does_it_again(
    bob_saves, monkeypatch
):
    first = bob_saves(message=SPRING)
    seen = chain([Clinic()], repeat(first))
    monkeypatch.setattr(Clinic, "newest", lambda **_: next(seen))

    added = Clinic.add(first.saved_by, fax=FAX)

    assert (added.version, added.message, added.fax) == (2, SPRING, FAX)


def test_intake_tells_opens_and_closes_from_a_shell(tmp_path):
    with Site(tmp_path / "data").prepare() as site:
        told = [
            (site.manage("intake", word), STATUS in site.get("/").text)
            for word in ("status", "open", "closed")
        ]

    assert told == [
        ("closed (decided by the settings)\n", True),
        ("open (decided by staff)\n", False),
        ("closed (decided by staff)\n", True),
    ]
