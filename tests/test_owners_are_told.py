"""Owners hear of what could lead patients astray; no mail server holds up a save."""

import re
import socketserver
import threading
from datetime import timedelta

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.urls import reverse
from django.utils import timezone

from pages import notices, second_step
from pages.models import Clinic
from tests.server import Site, Staff, wait_until
from tests.test_signing_in import MailServer

INDEX, ADD = reverse("admin:index"), reverse("admin:auth_user_add")
SENSITIVE = "name street city state zip_code phone fax privacy_notice".split()  # noqa: SIM905


@pytest.fixture
def mailed(settings, mailoutbox, django_capture_on_commit_callbacks):
    """Return a function that does something and returns all mails until then."""
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
def cy(admin_user):
    """An owner; of three others one is told, one has left, one has no address."""
    User.objects.filter(pk=admin_user.pk).update(email="admin@example.org")
    User.objects.create_superuser("left", "left@example.org", is_active=False)
    User.objects.create_superuser("dee", "")
    User.objects.create_user("desk", "desk@example.org", is_staff=True)
    return User.objects.create_superuser("cy", "cy@example.org", first_name="Cy")


@pytest.mark.django_db
@pytest.mark.parametrize("fact", [*SENSITIVE, "nondiscrimination_notice"])
def test_owners_but_the_one_who_did_it_get_a_mail_about(mailed, cy, fact):
    (mail,) = mailed(Clinic().add, cy, **{fact: "WA"})

    assert mail.to == ["admin@example.org"]
    assert "to “WA”" in mail.body
    assert re.match(r"Cy, \w+ \d+, \d{4}, \d+:\d\d [AP]M:", mail.body)
    assert mail.body.endswith(f"http://testserver:8000{INDEX}\n")


@pytest.mark.django_db
def test_no_mail_comes_of_what_the_front_desk_does_each_day(mailed, cy):
    facts = {"accepting_new_patients": True, "message": "We are full."}

    assert mailed(Clinic().add, cy, **facts) == []
    assert Clinic.newest().version == 1


@pytest.mark.django_db
def test_a_new_owner_and_one_made_an_owner_are_told_of(mailed, cy, admin_client):
    no_password = {"usable_password": "false", "password1": "", "password2": ""}
    made = {"username": "desk", "is_superuser": "on", "is_active": "on"}
    desk = User.objects.get(username="desk").pk
    change = reverse("admin:auth_user_change", args=[desk])

    mailed(admin_client.post, ADD, {"username": "fay"} | no_password)
    mailed(
        admin_client.post, ADD, {"username": "eve", "is_superuser": "on"} | no_password
    )
    mailed(admin_client.post, change, made)
    mails = mailed(admin_client.post, change, made | {"first_name": "Di"})

    told = [re.search(r"\w+ is now an owner", mail.body).group() for mail in mails]
    assert told == ["eve is now an owner", "desk is now an owner"]
    assert change in mails[1].body


@pytest.mark.django_db
def test_a_second_step_removed_is_told_of(mailed, cy, django_user_model):
    desk = User.objects.get(username="desk")
    desk.totpdevice_set.create(name="app")

    (mail,) = mailed(second_step.remove, desk, cy)

    assert mail.to == ["admin@example.org"]
    assert "desk no longer needs a second step to sign in." in mail.body


@pytest.mark.django_db
def test_only_without_mail_the_first_page_shows_owners_what_others_did(
    admin_client, admin_user, front_desk, settings
):
    def shown(client):
        told = client.get(INDEX).context["told"] or []
        return [entry.change_message for entry in told]

    version = Clinic().add(front_desk.user, phone="503-555-0100")
    version.add(admin_user, phone="503-555-0199")
    lately, to_the_front_desk = shown(admin_client), shown(front_desk)
    page = admin_client.get(INDEX).text
    settings.EMAIL_URL = {"EMAIL_BACKEND": "in memory"}
    with_mail = shown(admin_client)
    settings.EMAIL_URL = None
    then = timezone.now() - timedelta(days=14, minutes=1)
    LogEntry.objects.filter(user=front_desk.user).update(action_time=then)

    assert lately == [version.changes]
    assert lately[0] in page
    assert to_the_front_desk == with_mail == shown(admin_client) == []


def test_a_mail_that_failed_is_sent_once_more_and_then_logged(
    settings, caplog, monkeypatch
):
    class Refusing(socketserver.StreamRequestHandler):
        def handle(self):
            self.wfile.write(b"554 not for owner@example.org\r\n")

    monkeypatch.setattr(notices, "SECONDS_UNTIL_ONCE_MORE", 0)
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Refusing) as server:
        threading.Thread(target=server.serve_forever).start()
        settings.EMAIL_HOST, settings.EMAIL_PORT = server.server_address
        notices.send("text", ["owner@example.org"])
        server.shutdown()

    assert caplog.text.count("Owners were not told by mail: SMTP") == 2
    assert "owner@example.org" not in caplog.text


class Hanging(MailServer):
    def handle(self):
        self.server.freed.wait()
        super().handle()


def test_a_mail_server_that_hangs_delays_no_save(tmp_path):
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Hanging) as server:
        server.received, server.freed = [], threading.Event()
        threading.Thread(target=server.serve_forever).start()
        url = f"smtp://desk%40example.org:@127.0.0.1:{server.server_address[1]}"
        site = Site(tmp_path / "data", EMAIL_URL=url).prepare()
        create = "User.objects.create_superuser('cy', 'cy@example.org')"
        code = f"from django.contrib.auth.models import User; {create}"
        site.manage("shell", "--command", code)
        try:
            with site:
                form = "/admin/pages/clinic/add/"
                saved = Staff(site).post(form, phone="503-555-0100").status
                page = site.get("/contact/").text
                received_before = list(server.received)
                server.freed.set()
                wait_until(lambda: server.received)
        finally:  # or a failure here would hang too
            server.freed.set()
            server.shutdown()

    assert (saved, "503-555-0100" in page, received_before) == (302, True, [])
    assert "To: cy@example.org" in server.received[0]
    assert "Owners were told by mail" in site.log.read_text()
