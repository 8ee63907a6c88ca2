"""What staff save once is the same wherever people and machines read it."""

import json
import re
from datetime import date
from urllib import robotparser
from xml.etree import ElementTree

import pytest
import vobject
from django.templatetags.static import static

from pages.models import DAYS, Clinic
from pages.reviews import MEDICAL
from pages.urls import PAGES
from tests.conftest import parsed, publish
from tests.screens import PATHS

ORIGIN = "http://testserver:8000"
CLINIC = """{"@type": "MedicalClinic", "@id": "http://testserver:8000/#clinic",
    "url": "http://testserver:8000/", "isAcceptingNewPatients": false,
    "telephone": "+1-503-376-9094", "faxNumber": "+1-503-974-9819", "address": {
        "@type": "PostalAddress", "streetAddress": "5000 Meadows Rd, Suite 230",
        "addressLocality": "Lake Oswego", "addressRegion": "OR",
        "postalCode": "97035", "addressCountry": "US"}}"""
MESSAGE, CHECKED_ON = "Back <soon> & well", date(2027, 3, 3)


def graph(document):
    """Return a page's structured data as {type: node}."""
    (script,) = document.find_all("script")
    data = json.loads(script.string)
    assert data["@context"] == "https://schema.org"
    return {node["@type"]: node for node in data["@graph"]}


def meta(document, name):
    return document.find("meta", attrs={"property": name})["content"]


def test_page_says_to_machines_what_it_is_and_is_about(read, page):
    """In terms of https://ogp.me and https://schema.org/version/latest/ (29.0)."""
    document = read(page)
    of_the_page, _ = graph(document).values()
    medical = page in MEDICAL
    clinic = {"@id": f"{ORIGIN}/#clinic"}

    assert document.title.get_text().startswith(meta(document, "og:title"))
    assert meta(document, "og:url") == ORIGIN + PATHS[page]
    assert meta(document, "og:image") == ORIGIN + static("share.png")
    assert of_the_page == {
        "@type": "MedicalWebPage" if medical else "WebPage",
        "url": ORIGIN + PATHS[page],
        "name": meta(document, "og:title"),
        "about": {"@type": "Drug", "name": "Ketamine"} if medical else clinic,
    }


def test_structured_data_carries_the_facts_and_all_hours_that_can_be_read(read):
    """Of days that differ, tests/test_hours.py knows."""
    name = '</script><b>"\\ Clinic\u2028'  # which must not end the element
    week = ["9 am to noon, 1 to 4:30 pm"] * 2 + ["6 pm to midnight"]
    week += ["midnight to midnight", "", "", "what"]
    publish(name=name, **dict(zip(DAYS, week, strict=True)))

    clinic = graph(read("contact"))["MedicalClinic"]
    hours = clinic.pop("openingHoursSpecification")

    assert clinic == json.loads(CLINIC) | {"name": name}
    assert {it.pop("@type") for it in hours} == {"OpeningHoursSpecification"}
    assert [" ".join([*it.pop("dayOfWeek"), *it.values()]) for it in hours] == [
        "Monday Tuesday 09:00 12:00",
        "Monday Tuesday 13:00 16:30",
        "Wednesday 18:00 23:59",
        "Thursday 00:00 23:59",  # all day, which is not as closed
    ]


def test_card_is_read_by_an_address_book(client):
    publish(name="Clinic; of, & Ä" + "ä" * 60, street="5000; Meadows Rd, Suite 230")

    response = client.get("/contact.vcf")
    card = vobject.readOne(response.text)

    assert response["Content-Type"] == "text/vcard; charset=utf-8"
    assert (card.version.value, card.fn.value) == ("4.0", "Clinic; of, & Ä" + "ä" * 60)
    assert card.adr.value.street == "5000; Meadows Rd, Suite 230"
    assert (card.adr.value.city, card.adr.value.code) == ("Lake Oswego", "97035")
    phones = ["tel:+1-503-376-9094", "tel:+1-503-974-9819"]
    assert [tel.value for tel in card.tel_list] == phones
    assert response.text.count("\r\n") == response.text.count("\n") == 11


def test_sitemap_and_robots_lead_to_every_page_by_its_canonical_address(client, read):
    tree = ElementTree.fromstring(client.get("/sitemap.xml").content)
    rules = robotparser.RobotFileParser()
    rules.parse(client.get("/robots.txt").text.splitlines())
    canonical = [read(name).find("link", rel="canonical")["href"] for name in PAGES]

    assert [location.text for location in tree.findall(".//{*}loc")] == canonical
    assert canonical == [ORIGIN + path for path in PATHS.values()]
    assert not rules.can_fetch("any", f"{ORIGIN}/admin/")
    assert rules.can_fetch("any", f"{ORIGIN}/contact/")
    assert rules.site_maps() == [f"{ORIGIN}/sitemap.xml"]


def test_changed_facts_change_in_every_place_and_the_old_are_nowhere_left(client):
    everywhere = *PATHS.values(), "/contact.vcf", "/nowhere/"
    before = {path: client.get(path).text.count(Clinic().phone) for path in everywhere}

    publish(phone="503-555-0199", fax="", name="Fir & Lake Clinic")

    for path, count in before.items():
        text = client.get(path).text
        assert text.count("503-555-0199") == count > 0, path
        assert "Fir &" in text
        assert not re.search(f"{Clinic().phone}|[Ff]ax|{Clinic().name}", text), path


@pytest.mark.parametrize("accepting", [True, False])
@pytest.mark.parametrize("staff_decide", [True, False])
def test_one_flag_of_staff_or_else_of_the_settings_says_the_same_everywhere(
    client, read, settings, accepting, staff_decide
):
    """And the banner, first on each page, has the message and the day of a check."""
    settings.ACCEPTING_NEW_PATIENTS = accepting is not staff_decide
    if staff_decide:
        facts = {"accepting_new_patients": accepting, "message": MESSAGE}
        publish(checked_on=CHECKED_ON, **facts)
    contact = read("contact")
    card = vobject.readOne(client.get("/contact.vcf").text)
    unsaid = ["book ", "appointment", "are welcome"]
    if accepting:
        unsaid = ["not accepting", MESSAGE.lower()]

    for path in (*PATHS.values(), "/nowhere/"):
        document = parsed(client.get(path).content)
        text = " ".join(document.get_text().split())
        banners = document.select(".banner")
        assert [words for words in unsaid if words in text.lower()] == [], path
        assert banners == document.select("main > .banner:first-child")
        assert len(banners) == (not accepting), path
        for banner in banners:
            days = [time["datetime"] for time in banner.select("time")]
            assert "not accepting new patients" in banner.text
            assert (MESSAGE in banner.text) is staff_decide
            assert days == [str(CHECKED_ON)] * staff_decide
    said = {
        "sentence": "welcome" in contact.find(id="new-patients").find_next("p").text,
        "description": "Not accepting" not in meta(contact, "og:description"),
        "data": graph(contact)["MedicalClinic"]["isAcceptingNewPatients"],
        "card": "not accepting" not in card.note.value,
    }
    assert said == dict.fromkeys(said, accepting)
