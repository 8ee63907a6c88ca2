"""The banner says on every page what is published, or else what the settings say."""

from datetime import date

import pytest

from tests.conftest import PAGES, publish

STATUS = "not accepting new patients"


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
    read, settings, accepting, staff_decide
):
    settings.ACCEPTING_NEW_PATIENTS = accepting is not staff_decide
    if staff_decide:
        publish(accepting_new_patients=accepting)

    for page in PAGES:
        document = read(page)
        text = " ".join(document.get_text().split()).lower()
        if accepting:
            assert banner_on(document) is None, page
            assert "not accepting" not in text, page
        else:
            assert STATUS in banner_on(document), page
            for invitation in ("book ", "appointment", "are welcome"):
                assert invitation not in text, page


@pytest.mark.parametrize("day", [None, date(2027, 3, 3)])
def test_shows_the_message_and_the_day_once_staff_checked_it(read, day):
    publish(message="Back <soon> & well", checked_on=day)

    home = read("home")

    assert "Back <soon> & well" in banner_on(home)
    days = [time["datetime"] for time in home.select(".banner time")]
    assert days == ([day.isoformat()] if day else [])
