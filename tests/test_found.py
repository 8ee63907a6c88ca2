"""What staff save once is the same wherever people and machines read it."""

import json
import re
from urllib import robotparser
from xml.etree import ElementTree

import vobject
from django.templatetags.static import static
from django.urls import reverse

from pages.models import Clinic
from pages.reviews import MEDICAL
from tests.conftest import PAGES, publish
from tests.test_pages import PATHS

ORIGIN = "http://testserver:8000"
EVERYWHERE = [*PATHS.values(), "/contact.vcf", "/nowhere/"]


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
    assert (of_the_page.pop("@type") == "MedicalWebPage") is medical
    assert of_the_page == {
        "url": ORIGIN + PATHS[page],
        "name": meta(document, "og:title"),
        "inLanguage": "en-US",
        "about": {"@type": "Drug", "name": "Ketamine"} if medical else clinic,
        "publisher": clinic,
    }


def test_structured_data_carries_the_facts_and_hours(read):
    name = '</script><b>"\\ Clinic\u2028'  # which must not end the element
    publish(name=name, monday="9 am to noon, 1 to 4:30 pm")
    hours = {"@type": "OpeningHoursSpecification", "dayOfWeek": ["Monday"]}

    assert graph(read("contact"))["MedicalClinic"] == {
        "@type": "MedicalClinic",
        "@id": f"{ORIGIN}/#clinic",
        "name": name,
        "url": f"{ORIGIN}/",
        "telephone": "+1-503-376-9094",
        "faxNumber": "+1-503-974-9819",
        "address": {
            "@type": "PostalAddress",
            "streetAddress": "5000 Meadows Rd, Suite 230",
            "addressLocality": "Lake Oswego",
            "addressRegion": "OR",
            "postalCode": "97035",
            "addressCountry": "US",
        },
        "isAcceptingNewPatients": False,
        "openingHoursSpecification": [
            hours | {"opens": opens, "closes": closes}
            for opens, closes in [("09:00:00", "12:00:00"), ("13:00:00", "16:30:00")]
        ],
    }


def test_card_is_read_by_an_address_book(client):
    publish(name="Clinic; of, Ä" + "ä" * 60)

    response = client.get(reverse("pages:contact.vcf"))
    card = vobject.readOne(response.text)

    assert response["Content-Type"] == "text/vcard; charset=utf-8"
    assert card.version.value == "4.0"
    assert card.fn.value == "Clinic; of, Ä" + "ä" * 60
    assert card.adr.value.street == "5000 Meadows Rd, Suite 230"
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
    assert not rules.can_fetch("any", ORIGIN + reverse("admin:index"))
    assert rules.can_fetch("any", ORIGIN + reverse("pages:contact"))
    assert rules.site_maps() == [ORIGIN + reverse("pages:sitemap.xml")]


def test_changed_facts_change_in_every_place_where_they_stand(client):
    """And the old ones are nowhere left."""
    before = {path: client.get(path).text.count(Clinic().phone) for path in EVERYWHERE}

    publish(phone="503-555-0199", fax="", name="Fir & Lake Clinic")

    for path, count in before.items():
        text = client.get(path).text
        assert text.count("503-555-0199") == count > 0, path
        assert "Fir &" in text
        assert not re.search(f"{Clinic().phone}|[Ff]ax|{Clinic().name}", text), path
