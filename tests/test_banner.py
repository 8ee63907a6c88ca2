"""The banner says on every page what is published, or else what the settings say."""

from datetime import date

import pytest
from bs4 import BeautifulSoup
from django.core.cache import cache

from pages import publishing
from pages.models import Clinic
from tests.server import Site

STATUS = "not accepting new patients"


def publish(**facts):
    cache.set(publishing.KEY, publishing.to_json(Clinic(version=1, **facts)))


def banner_on(document):
    """Return the text of the banner, first in main and before the h1, or None."""
    first = document.main.find(True, recursive=False)
    if "banner" not in first.get("class", []):
        assert not document.select(".banner")
        return None
    assert first.find_next("h1")
    return " ".join(first.get_text().split())


@pytest.mark.parametrize("accepting", [True, False])
@pytest.mark.parametrize("staff_decide", [True, False])
def test_tells_what_staff_saved_and_until_then_what_the_settings_say(
    read, page, settings, accepting, staff_decide
):
    settings.ACCEPTING_NEW_PATIENTS = accepting is not staff_decide
    if staff_decide:
        publish(accepting_new_patients=accepting)

    document = read(page)

    text = " ".join(document.get_text().split()).lower()
    if accepting:
        assert banner_on(document) is None
        assert "not accepting" not in text
    else:
        assert STATUS in banner_on(document)
        for invitation in ("book ", "appointment", "are welcome"):
            assert invitation not in text


def test_shows_the_message_as_text_never_as_html(read):
    publish(message="<script>alert(1)</script> & more")

    assert "<script>alert(1)</script> & more" in banner_on(read("home"))
    assert not read("home").find("script", string="alert(1)")


@pytest.mark.parametrize("day", [None, date(2027, 3, 3)])
def test_carries_the_day_only_once_staff_checked_it(read, day):
    publish(checked_on=day)

    days = [time["datetime"] for time in read("home").select(".banner time")]
    assert days == ([day.isoformat()] if day else [])


@pytest.mark.parametrize("accepting", [True, False])
def test_contact_page_repeats_it_as_a_plain_sentence(read, accepting):
    publish(accepting_new_patients=accepting)

    heading = read("contact").main.find("h2", string="New patients")
    sentence = heading.find_next("p").get_text()

    assert ("welcome" in sentence) is accepting
    assert (STATUS in sentence) is not accepting


def test_error_pages_carry_it(client):
    document = BeautifulSoup(client.get("/nowhere/").content, "html5lib")

    assert STATUS in banner_on(document)


def test_follows_the_settings_from_start_to_start_until_staff_save(tmp_path):
    """One data folder, three starts of the real server."""
    seen = []
    for flag in ("false", "true"):
        with Site(tmp_path / "data", ACCEPTING_NEW_PATIENTS=flag) as site:
            seen.append(STATUS in site.get("/").text)
    site.manage("migrate", "--verbosity", "0")
    # Changed twice, as a save that changes nothing decides nothing.
    site.manage("intake", "open", "--message", "Call us.")
    site.manage("intake", "closed")
    with Site(tmp_path / "data", ACCEPTING_NEW_PATIENTS="true") as site:
        seen.append(STATUS in site.get("/").text)

    assert seen == [True, False, True]
