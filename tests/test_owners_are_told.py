"""Owners hear of what could lead patients astray; no mail server holds up a save."""

import re
import threading
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.test import override_settings
from django.urls import reverse
from django.utils import timezone

from pages import notices, signing_in
from pages.models import Clinic
from tests.backends import MailServer
from tests.server import FORM, Site, Staff, wait_until

INDEX, ADD = reverse("admin:index"), reverse("admin:auth_user_add")


@pytest.fixture
def mailed(settings, mailoutbox, monkeypatch, django_capture_on_commit_callbacks):
    """Return a function that does something and returns all mails until then."""
    settings.EMAIL_URL = {"EMAIL_BACKEND": "in memory"}
    monkeypatch.setattr(threading.Thread, "start", threading.Thread.run)  # at once

    def mailed(do, *args, **values):
        with django_capture_on_commit_callbacks(execute=True):
            do(*args, **values)
        return mailoutbox

    return mailed


@pytest.fixture
def cy(admin_user):
    """An owner; of three others one is told, one has left, one has no address."""
    User.objects.filter(pk=admin_user.pk).update(email="admin@example.org")
    User.objects.create_superuser("left", "left@example.org", is_active=False)
    User.objects.create_superuser("dee", "")
    User.objects.create_user("desk", "desk@example.org", is_staff=True)
    return User.objects.create_superuser("cy", "cy@example.org", first_name="Cy")


@pytest.mark.django_db
def test_owners_but_the_one_who_did_it_get_a_mail_about_each_sensitive_fact(mailed, cy):
    """And about nothing that the front desk does each day."""
    daily = {"accepting_new_patients": True, "message": "We are full."}
    assert mailed(Clinic().add, cy, **daily) == []

    for number, fact in enumerate(["name", "city", "phone", "privacy_notice"]):
        mail = mailed(Clinic.newest().add, cy, **{fact: "WA"})[number]

        assert mail.to == ["admin@example.org"]
        assert "to “WA”" in mail.body
        assert re.match(r"Cy, \w+ \d+, \d{4}, \d+:\d\d [AP]M:", mail.body)
        assert mail.body.endswith(f"http://testserver:8000{INDEX}\n")


@pytest.mark.django_db
def test_a_new_owner_and_a_second_step_removed_are_told_of(mailed, cy, admin_client):
    made = {"username": "desk", "is_superuser": "on", "is_active": "on"}
    desk = User.objects.get(username="desk")
    desk.totpdevice_set.create(name="app")
    change = reverse("admin:auth_user_change", args=[desk.pk])

    mailed(admin_client.post, ADD, {"username": "eve", "is_superuser": "on"})
    mailed(admin_client.post, change, made)
    mailed(admin_client.post, change, made | {"first_name": "Di"})
    mails = mailed(signing_in.remove_second_step, desk, cy)

    told = [mail.body.split("\n\n")[1] for mail in mails]
    assert told == [
        "eve is now an owner.",
        "desk is now an owner.",
        "desk no longer needs a second step to sign in.",
    ]
    assert change in mails[1].body
    assert "admin@example.org" in mails[2].to


@pytest.mark.django_db
def test_only_without_mail_the_first_page_shows_owners_what_others_did(
    admin_client, admin_user, front_desk
):
    def shown(client):
        document = BeautifulSoup(client.get(INDEX).text, "html.parser")
        return [" ".join(it.text.split()) for it in document.select("#told + ul > li")]

    version = Clinic().add(front_desk.user, phone="503-555-0100")
    version.add(admin_user, phone="503-555-0199")

    (only,) = shown(admin_client)
    assert version.changes in only
    assert shown(front_desk) == []
    with override_settings(EMAIL_URL="smtp://..."):
        assert shown(admin_client) == []
    LogEntry.objects.update(action_time=timezone.now() - timedelta(14, minutes=1))
    assert shown(admin_client) == []


def test_a_mail_that_failed_is_sent_once_more_and_then_logged(
    settings, caplog, monkeypatch
):
    def refuse(request, *args):
        request.sendall(b"554 not for owner@example.org\r\n")

    monkeypatch.setattr(notices, "SECONDS_UNTIL_ONCE_MORE", 0)
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    with MailServer() as server:
        server.RequestHandlerClass = refuse
        settings.EMAIL_HOST, settings.EMAIL_PORT = server.server_address
        notices.send("text", ["owner@example.org"])

    assert caplog.text.count("Owners were not told by mail: SMTP") == 2
    assert "owner@example.org" not in caplog.text


def test_a_mail_server_that_hangs_delays_no_save(tmp_path):
    with MailServer(hangs=True) as server:
        site = Site(tmp_path / "data", EMAIL_URL=server.url).prepare()
        cy = "--username=cy", "--email=cy@example.org"
        site.manage("createsuperuser", "--no-input", *cy)
        with site:
            saved = Staff(site).post(FORM, phone="503-555-0100").status
            page = site.get("/contact/").text
            received_before = [*server.received]
            server.freed.set()
            wait_until(lambda: "Owners were told by mail" in site.log.read_text())

    assert (saved, "503-555-0100" in page, received_before) == (302, True, [])
    assert "To: cy@example.org" in server.received[0]
