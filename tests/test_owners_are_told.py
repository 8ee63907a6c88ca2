"""Owners hear of what could lead patients astray; no mail server holds up a save."""

import re
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from pages import notices
from pages.models import Clinic
from tests.backends import MailServer, free_port, wait_until
from tests.server import FORM, Site, Staff

INDEX = reverse("admin:index")
PEOPLE, ADD = reverse("admin:auth_user_changelist"), reverse("admin:auth_user_add")
ADDRESS = "Address for mail:"
MAKE_OTHERS = """
from django.contrib.auth.models import User
User.objects.filter(username="owner").update(email="owner@example.org")
User.objects.create_superuser("cy", "cy@example.org")
User.objects.create_superuser("left", "left@example.org", is_active=False)
User.objects.create_user("desk", "desk@example.org", is_staff=True)
"""


@pytest.mark.django_db
def test_owners_see_for_two_weeks_what_others_did_of_that_kind(
    admin_client, admin_user, front_desk
):
    """And nothing that the front desk does each day."""

    def told(client):
        document = BeautifulSoup(client.get(INDEX).text, "html.parser")
        return [
            (" ".join(entry.text.split("m.:")[1].split()), entry.a["href"])
            for entry in document.select("#told + ul > li")
        ]

    cy, ann = Client(), front_desk.user
    cy.force_login(User.objects.create_superuser("cy"))
    Clinic.add(ann, accepting_new_patients=True, message="We are full.")
    Clinic.add(admin_user, fax="503-555-0100")
    for fact in ("name", "city", "phone", "privacy_notice"):
        Clinic.add(ann, **{fact: "WA"})
    assert told(front_desk) == []
    ann.totpdevice_set.create(name="app")
    of_ann = reverse("admin:auth_user_change", args=[ann.pk])
    owner = {"username": "ann", "is_superuser": "on", "is_active": "on"}
    of_eve = cy.post(ADD, owner | {"username": "eve"}).url
    cy.post(of_ann, owner)
    cy.post(of_ann, owner | {"first_name": "Di"})
    cy.post(of_ann, owner | {"first_name": "Di", "email": "di@example.org"})
    cy.post(of_eve, {"username": "eve", "is_superuser": "on"})  # who has left
    for _ in range(2):
        cy.post(PEOPLE, {"action": "phone_lost", "_selected_action": ann.pk})

    assert told(admin_client) == [
        ("Di no longer needs a second step to sign in. Undo it", of_ann),
        (f"eve is no longer an owner. {ADDRESS} none. Undo it", PEOPLE),
        (f"Di is an owner. {ADDRESS} di@example.org. Undo it", PEOPLE),
        (f"ann is an owner. {ADDRESS} none. Undo it", PEOPLE),
        (f"eve is an owner. {ADDRESS} none. Undo it", PEOPLE),
        ("Notice of Privacy Practices from nothing to “WA” Undo it", INDEX),
        ("Phone from “503-376-9094” to “WA” Undo it", INDEX),
        ("City from “Lake Oswego” to “WA” Undo it", INDEX),
        ("Name from “Ketamine Infusion Clinic” to “WA” Undo it", INDEX),
    ]
    LogEntry.objects.update(action_time=timezone.now() - timedelta(14, minutes=1))
    assert told(admin_client) == []


def test_a_mail_that_failed_is_sent_once_more_and_then_logged(
    settings, caplog, monkeypatch
):
    """By the kind of the fault alone, whose words may quote addresses."""
    monkeypatch.setattr(notices, "SECONDS_UNTIL_ONCE_MORE", 0)
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", free_port()

    notices.send("text", ["owner@example.org"])

    told = "Owners were not told by mail: ConnectionRefusedError"
    assert caplog.messages == [told] * 2


def test_a_mail_tells_all_others_and_a_server_that_hangs_delays_no_save(tmp_path):
    """And whoever is no longer an owner by it."""
    with MailServer(hangs=True) as server:
        site = Site(tmp_path / "data", EMAIL_URL=server.url).prepare()
        site.manage("shell", "--command", MAKE_OTHERS)
        with site:
            owner = Staff(site)
            assert owner.post(FORM, phone="503-555-0100").status == 302
            assert "503-555-0100" in site.get("/contact/").text
            assert owner.post(f"{PEOPLE}3/change/", is_superuser=None).status == 302
            assert not server.received
            server.freed.set()
            told = "Owners were told by mail"
            wait_until(lambda: site.log.read_text().count(told) == 2)

    one, two = sorted(server.received, key=lambda mail: "no longer" in mail)
    assert re.search(r"owner, \w+ \d+, \d{4}, \d+:\d\d [AP]M:\s+Phone from .+”\s", one)
    assert f"{site.origin}{INDEX}\r\n" in one
    assert "cy is no longer an owner." in two
    assert all("To: cy@example.org\r\n" in mail for mail in (one, two))
