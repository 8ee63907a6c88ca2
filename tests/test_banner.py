"""The banner says on every page what staff saved, or else what the settings say."""

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse

from pages.models import Clinic
from tests.conftest import PAGES
from tests.server import Site

STATUS = "not accepting new patients"


def banner_on(document):
    """Return the text of the banner, first in main and before the h1, or None."""
    first = document.main.find(True, recursive=False)
    if "banner" not in first.get("class", []):
        assert not document.select(".banner")
        return None
    assert first.find_next("h1")
    return " ".join(first.get_text().split())


@pytest.fixture
def save(django_capture_on_commit_callbacks):
    """Return a function that saves facts as staff would."""

    def save(**facts):
        with django_capture_on_commit_callbacks(execute=True):
            clinic = Clinic.objects.first() or Clinic()
            for name, value in facts.items():
                setattr(clinic, name, value)
            clinic.save()

    return save


@pytest.mark.parametrize("accepting", [True, False])
def test_follows_the_settings_until_staff_save(read, page, settings, accepting):
    settings.ACCEPTING_NEW_PATIENTS = accepting

    assert (banner_on(read(page)) is None) is accepting


@pytest.mark.django_db
@pytest.mark.parametrize("accepting", [True, False])
def test_follows_what_staff_saved_whatever_the_settings(
    read, page, settings, save, accepting
):
    settings.ACCEPTING_NEW_PATIENTS = not accepting

    save(accepting_new_patients=accepting)

    assert (banner_on(read(page)) is None) is accepting


@pytest.mark.django_db
def test_goes_and_comes_back_as_staff_switch(read, save):
    seen = []
    for accepting in (False, True, False):
        save(accepting_new_patients=accepting)
        seen.append(banner_on(read("home")) is None)

    assert seen == [False, True, False]


@pytest.mark.django_db
def test_shows_the_message_as_text_never_as_html(read, save):
    save(message="<script>alert(1)</script> & more")

    assert "<script>alert(1)</script> & more" in banner_on(read("home"))
    assert not read("home").find("script", string="alert(1)")


@pytest.mark.django_db
def test_carries_the_day_only_once_staff_confirmed_it(read, save):
    save(fax="503-555-0100")
    before = read("home").select(".banner time")

    save(message="Back in spring.")
    after = read("home").select(".banner time")

    assert before == []
    assert after[0]["datetime"] == Clinic.objects.get().confirmed_on.isoformat()


@pytest.mark.parametrize("accepting", [True, False])
def test_no_page_contradicts_it(read, page, settings, accepting):
    settings.ACCEPTING_NEW_PATIENTS = accepting

    document = read(page)
    text = " ".join(document.get_text().split()).lower()

    if accepting:
        assert "not accepting" not in text
    else:
        assert STATUS in text
        for invitation in ("book ", "schedule", "appointment", "are welcome"):
            assert invitation not in text


@pytest.mark.parametrize("accepting", [True, False])
def test_contact_page_repeats_it_as_a_plain_sentence(read, settings, accepting):
    settings.ACCEPTING_NEW_PATIENTS = accepting

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
    save = "from pages.models import *; Clinic(accepting_new_patients=False).save()"
    site.manage("shell", "--command", save)
    with Site(tmp_path / "data", ACCEPTING_NEW_PATIENTS="true") as site:
        seen.append(STATUS in site.get("/").text)

    assert seen == [True, False, True]


@pytest.mark.django_db
def test_admin_form_switches_it(admin_client, read, django_capture_on_commit_callbacks):
    address = reverse("admin:pages_clinic_change", args=[1])
    form = admin_client.get(address).context["adminform"].form
    values = {name: form[name].value() for name in form.fields}

    with django_capture_on_commit_callbacks(execute=True):
        admin_client.post(address, values | {"accepting_new_patients": "on"})

    assert [banner_on(read(name)) for name in PAGES] == [None] * len(PAGES)
