"""Owners hear of what could lead patients astray, and no mail server holds up a save."""

import re
import socketserver
import threading
from datetime import timedelta
from email import message_from_string, policy

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.urls import reverse
from django.utils import timezone

from pages import notices, second_step
from pages.models import Clinic
from tests.server import Site, Staff, wait_until
from tests.test_signing_in import MailServer

INDEX = reverse("admin:index")
ADD = reverse("admin:auth_user_add")
NEW_PHONE = "503-555-0100"


@pytest.fixture
def mailed(settings, mailoutbox, django_capture_on_commit_callbacks):
    """Return a function that does something and then tells the mails it led to."""
    settings.EMAIL_URL = {"EMAIL_BACKEND": "in memory"}

    def mailed(do, *args, **values):
        with django_capture_on_commit_callbacks(execute=True):
            do(*args, **values)
        for thread in threading.enumerate():
            if getattr(thread, "_target", None) == notices.send:
                thread.join()
        return mailoutbox

    return mailed


@pytest.fixture
def owners(admin_user):
    """Of three with an address, one has left; the fourth has no address."""
    admin_user.email = "admin@example.org"
    admin_user.save()
    User.objects.create_superuser("cy", "cy@example.org", first_name="Cy")
    User.objects.create_superuser("left", "left@example.org", is_active=False)
    User.objects.create_superuser("dee", "")
    User.objects.create_user("desk", "desk@example.org", is_staff=True)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "fact",
    [
        *({"phone": NEW_PHONE}, {"fax": NEW_PHONE}, {"name": "Another Clinic"}),
        *({"street": "1 Elm St"}, {"city": "Salem"}, {"state": "WA"}),
        *({"zip_code": "98101"}, {"privacy_notice": "https://a.example/x"}),
        {"nondiscrimination_notice": "https://a.example/x"},
    ],
    ids=lambda fact: next(iter(fact)),
)
def test_owners_but_the_one_who_did_it_get_a_mail_about(mailed, owners, fact):
    (mail,) = mailed(Clinic().add, User.objects.get(username="cy"), **fact)

    assert mail.to == ["admin@example.org"]
    assert next(iter(fact.values())) in mail.body
    assert re.match(r"Cy, \w+ \d+, \d{4}, \d+:\d\d [AP]M:", mail.body)
    assert mail.body.endswith(f"http://testserver:8000{INDEX}\n")


@pytest.mark.django_db
@pytest.mark.parametrize(
    "fact", [{"accepting_new_patients": True}, {"message": "We are full."}]
)
def test_no_mail_comes_of_what_the_front_desk_does_each_day(mailed, owners, fact):
    assert mailed(Clinic().add, User.objects.get(username="desk"), **fact) == []
    assert Clinic.newest().version == 1


@pytest.mark.django_db
def test_a_new_owner_and_one_made_an_owner_are_told_of(mailed, owners, admin_client):
    no_password = {"usable_password": "false", "password1": "", "password2": ""}
    new = {"username": "eve", "is_superuser": "on"} | no_password
    desk = User.objects.get(username="desk")
    made = {"username": "desk", "is_superuser": "on", "is_active": "on"}
    change = reverse("admin:auth_user_change", args=[desk.pk])

    first = [m.body for m in mailed(admin_client.post, ADD, new)]
    both = [m.body for m in mailed(admin_client.post, change, made)]
    again = mailed(admin_client.post, change, made | {"first_name": "Di"})
    front_desk = mailed(admin_client.post, ADD, {"username": "fay"} | no_password)

    assert "eve is now an owner." in first[0]
    assert "desk is now an owner." in both[1]
    assert change in both[1]
    assert len(both) == len(again) == len(front_desk) == 2
    assert User.objects.filter(username="fay").exists()


@pytest.mark.django_db
def test_a_second_step_removed_is_told_of(mailed, owners):
    cy, desk = User.objects.get(username="cy"), User.objects.get(username="desk")
    desk.totpdevice_set.create(name="app")

    (mail,) = mailed(second_step.remove, desk, cy)

    assert mail.to == ["admin@example.org"]
    assert "desk no longer needs a second step to sign in." in mail.body


@pytest.mark.django_db
def test_without_mail_the_first_page_shows_owners_what_others_did(
    admin_client, admin_user, front_desk
):
    def shown(client):
        return client.get(INDEX).text.count("Phone from")

    version = Clinic().add(front_desk.user, phone=NEW_PHONE)
    version.add(admin_user, phone="503-555-0199")
    lately = shown(admin_client)
    to_the_front_desk = front_desk.get(INDEX).context["told"]
    then = timezone.now() - timedelta(days=14, minutes=1)
    LogEntry.objects.filter(user=front_desk.user).update(action_time=then)

    assert lately == 2  # one is the last change, which Undo would take back
    assert not to_the_front_desk
    assert shown(admin_client) == 1


@pytest.mark.django_db
def test_with_mail_the_first_page_does_not_say_it_twice(
    settings, admin_client, front_desk
):
    settings.EMAIL_URL = {"EMAIL_BACKEND": "in memory"}
    Clinic().add(front_desk.user, phone=NEW_PHONE)

    assert not admin_client.get(INDEX).context["told"]


def test_a_mail_that_failed_is_sent_once_more_and_then_logged(
    settings, caplog, monkeypatch
):
    monkeypatch.setattr(notices, "SECONDS_UNTIL_ONCE_MORE", 0)
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    calls = []

    class Refusing(socketserver.StreamRequestHandler):
        def handle(self):
            calls.append(self.client_address)
            self.wfile.write(b"554 not for owner@example.org\r\n")

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Refusing) as server:
        threading.Thread(target=server.serve_forever).start()
        settings.EMAIL_HOST, settings.EMAIL_PORT = server.server_address
        notices.send("text", ["owner@example.org"])
        server.shutdown()

    assert len(calls) == 2
    assert caplog.text.count("Owners were not told by mail: SMTP") == 2
    assert "owner@example.org" not in caplog.text


class HangingUntilFreed(MailServer):
    def handle(self):
        self.server.asked.set()
        self.server.freed.wait()
        super().handle()


def test_a_mail_server_that_hangs_delays_no_save(tmp_path):
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), HangingUntilFreed) as server:
        server.received = []
        server.asked, server.freed = threading.Event(), threading.Event()
        threading.Thread(target=server.serve_forever).start()
        url = f"smtp://desk%40example.org:@127.0.0.1:{server.server_address[1]}"
        site = Site(tmp_path / "data", EMAIL_URL=url).prepare()
        create = "User.objects.create_superuser('cy', 'cy@example.org')"
        code = f"from django.contrib.auth.models import User; {create}"
        site.manage("shell", "--command", code)
        try:
            with site:
                saved = Staff(site).post("/admin/pages/clinic/add/", phone=NEW_PHONE)
                page = site.get("/contact/").text
                asked = server.asked.wait(10)
                received_before = list(server.received)
                server.freed.set()
                wait_until(lambda: server.received)
        finally:
            server.freed.set()
            server.shutdown()

    mail = message_from_string(server.received[0], policy=policy.default)
    assert saved.status == 302
    assert NEW_PHONE in page
    assert (asked, received_before) == (True, [])
    assert mail["To"] == "cy@example.org"
    assert mail["From"] == "desk@example.org"
    assert f"{site.origin}{INDEX}" in mail.get_content().replace("\r\n", "\n")
    assert "Owners were told by mail" in site.log.read_text()
