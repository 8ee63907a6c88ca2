"""The banner says on every page what is published, or else what the settings say."""

from datetime import date

import pytest
import vobject
from django.urls import reverse

from tests.conftest import parsed, publish
from tests.test_found import graph, meta
from tests.test_pages import PATHS


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
def test_one_flag_of_staff_or_else_of_the_settings_says_the_same_everywhere(
    client, read, settings, accepting, staff_decide
):
    settings.ACCEPTING_NEW_PATIENTS = accepting is not staff_decide
    if staff_decide:
        publish(accepting_new_patients=accepting)
    contact = read("contact")
    card = vobject.readOne(client.get(reverse("pages:contact.vcf")).text)

    for path in (*PATHS.values(), "/nowhere/"):
        document = parsed(client.get(path).content)
        text = " ".join(document.get_text().split()).lower()
        if accepting:
            assert banner_on(document) is None, path
            assert "not accepting" not in text, path
        else:
            assert "not accepting new patients" in banner_on(document), path
            for invitation in ("book ", "appointment", "are welcome"):
                assert invitation not in text, path
    said = {
        "sentence": "welcome" in contact.find(id="new-patients").find_next("p").text,
        "description": "Not accepting" not in meta(contact, "og:description"),
        "data": graph(contact)["MedicalClinic"]["isAcceptingNewPatients"],
        "card": "not accepting" not in card.note.value,
    }

    assert said == dict.fromkeys(said, accepting)


@pytest.mark.parametrize("day", [None, date(2027, 3, 3)])
def test_banner_shows_the_message_and_the_day_once_staff_checked_it(read, day):
    publish(message="Back <soon> & well", checked_on=day)

    home = read("home")

    assert "Back <soon> & well" in banner_on(home)
    days = [time["datetime"] for time in home.select(".banner time")]
    assert days == ([day.isoformat()] if day else [])
