"""Each role reaches what it may, and owners hear of what could lead patients astray."""

import re
from datetime import timedelta

import pytest
from bs4 import BeautifulSoup
from django.contrib.admin.models import LogEntry
from django.contrib.auth.forms import PasswordResetForm
from django.contrib.auth.models import Group, User
from django.core.mail import EmailMessage
from django.test import Client
from django.urls import get_resolver, resolve, reverse
from django.utils import timezone

from pages import notices
from pages.models import Clinic, Review
from tests.backends import MailServer, free_port, wait_until
from tests.server import FORM, Site, Staff, filled

pytestmark = pytest.mark.django_db
INDEX, PEOPLE, ADD = "/admin/", "/admin/auth/user/", "/admin/auth/user/add/"
MAKE_OTHERS = """
from django.contrib.auth.models import User
User.objects.filter(username="owner").update(email="owner@example.org")
User.objects.create_superuser("cy", "cy@example.org")
User.objects.create_superuser("left", "left@example.org", is_active=False)
User.objects.create_user("desk", "desk@example.org", is_staff=True)
"""

# What GET answers the front desk, a reviewer and an owner; nobody else gets further
# than the sign-in page.
ANSWERS = {
    (200, 200, 200): "/ /password_change/ /password_change/done/ /second-step/ "
    "/jsi18n/",
    (302, 302, 302): "/login/ /pages/ /auth/",
    (403, 403, 403): "/pages/clinic/1/delete/ /pages/review/1/delete/ "
    "/auth/user/ID/delete/ /autocomplete/",
    (404, 404, 404): "/r/1/1/",
    (405, 405, 405): "/logout/",
    (200, 403, 200): "/pages/clinic/ /pages/clinic/1/history/ /pages/clinic/add/ "
    "/pages/clinic/1/change/",
    (403, 200, 200): "/pages/review/ /pages/review/1/history/ /pages/review/1/change/ "
    "/pages/review/add/?page=home",
    (403, 403, 200): "/auth/user/ /auth/user/add/ /auth/user/ID/history/ "
    "/auth/user/ID/change/ /auth/user/ID/password/",
}


def test_each_address_answers_each_role_as_in_the_table_and_none_is_missing_there(
    client, front_desk, admin_user, bob_saves
):
    bob_saves(message="Back in spring.")
    rae, other = (User.objects.create_user(it, is_staff=True) for it in ("rae", "cy"))
    rae.groups.add(Group.objects.get(name="Reviewer"))
    Review(pk=1, page="home", account=rae).save()
    client.force_login(rae)
    press = client.post("/admin/pages/clinic/", {"accepting": "yes"})
    assert press.status_code == 403
    _, admin = get_resolver().namespace_dict["admin"]
    missing = {name for name in admin.reverse_dict if isinstance(name, str)}
    for statuses, paths in ANSWERS.items():
        for path in paths.replace("ID", str(other.pk)).split():
            answers = []
            for user in (front_desk.user, rae, admin_user):
                client.force_login(user)
                answers.append(client.get(f"/admin{path}").status_code)
            client.logout()
            stranger = client.get(f"/admin{path}")

            assert tuple(answers) == statuses, path
            if path not in ("/login/", "/logout/"):
                assert stranger.url.startswith(reverse("admin:login")), path
            missing.discard(resolve(f"/admin{path.partition('?')[0]}").url_name)
    assert not missing
    client.force_login(admin_user)
    for kept in ("clinic", "review"):  # for good
        assert client.post(f"/admin/pages/{kept}/1/change/").status_code == 403


def test_owner_adds_staff_who_are_of_the_front_desk_unless_told_otherwise(
    admin_client, front_desk, settings, monkeypatch
):
    """Nobody else with the same mailbox is invited too."""
    settings.EMAIL_URL, got, mailbox = "smtp://", [], "desk@example.org"
    monkeypatch.setattr(PasswordResetForm, "send_mail", lambda *it, **_: got.append(it))
    User.objects.filter(username="ann").update(email=mailbox)
    page = admin_client.get(ADD).text
    secret = dict.fromkeys(("password1", "password2"), "a long secret")

    added = admin_client.post(ADD, filled(page, username="bo", email=mailbox)).url
    nothing_yet = admin_client.get(added).text
    admin_client.post(added.replace("/change/", "/password/"), secret)
    admin_client.post(added, filled(nothing_yet))  # who has one is sent no link

    bo = User.objects.get(username="bo")
    assert [mail[3]["user"] for mail in got] == [bo]
    assert '<a href="../password/">set one</a>' in nothing_yet
    assert bo.check_password("a long secret")
    assert bo.get_all_permissions() == {"pages.add_clinic", "pages.view_clinic"}
    assert not re.search("Authentication and Auth|[Ss]uperuser status|LDAP", page)
    assert "command-line" not in admin_client.get(PEOPLE).text  # which is nobody


def test_owners_cannot_lock_themselves_out(admin_client, admin_user):
    user = reverse("admin:auth_user_change", args=[admin_user.pk])
    password = reverse("admin:auth_user_password_change", args=[admin_user.pk])

    page = admin_client.get(user).text
    admin_client.post(user, {"username": "admin", "first_name": "Cy"})
    password = password.replace(f"/{admin_user.pk}/", f"/_2B{admin_user.pk}/")
    answer = admin_client.post(password, {"password1": "x" * 9, "password2": "x" * 9})

    admin_user.refresh_from_db()
    assert 'href="../password/"' in page
    assert admin_user.first_name == "Cy"
    assert admin_user.is_superuser
    assert admin_user.is_active
    assert answer.url == reverse("admin:password_change")  # which asks for it
    assert admin_user.check_password("password")


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
    Clinic.add(ann, message="Call (503) 555-0100.")
    assert told(front_desk) == []
    ann.totpdevice_set.create(name="app")
    of_ann = reverse("admin:auth_user_change", args=[ann.pk])
    owner = {"username": "ann", "is_superuser": "on", "is_active": "on"}
    set_ann = of_ann.replace("change", "password")
    of_eve = cy.post(ADD, owner | {"username": "eve"}).url
    for password in ("password123", "newer secret 9"):  # one is too weak
        cy.post(set_ann, dict.fromkeys(("password1", "password2"), password))
    di = {"first_name": "Di", "email": "di@example.org"}
    for more in ({}, {"first_name": "Di"}, di, di | {"username": "di"}):
        cy.post(of_ann, owner | more)
    cy.post(of_eve, {"username": "eve", "is_superuser": "on"})  # who has left
    for _ in range(2):
        cy.post(PEOPLE, {"action": "phone_lost", "_selected_action": ann.pk})

    assert told(admin_client) == [
        ("Di no longer needs a second step to sign in. Put it right", of_ann),
        ("eve is no longer an owner. Username: eve. Mail: none. Put it right", PEOPLE),
        ("Di is an owner. Username: di. Mail: di@example.org. Put it right", PEOPLE),
        ("Di is an owner. Username: ann. Mail: di@example.org. Put it right", PEOPLE),
        ("ann is an owner. Username: ann. Mail: none. Put it right", PEOPLE),
        ("New password: Ann. Put it right", set_ann),
        ("eve is an owner. Username: eve. Mail: none. Put it right", PEOPLE),
        ("Message from “We are full.” to “Call (503) 555-0100.” Put it right", INDEX),
        ("Notice of Privacy Practices from nothing to “WA” Put it right", INDEX),
        ("Phone from “503-376-9094” to “WA” Put it right", INDEX),
        ("City from “Lake Oswego” to “WA” Put it right", INDEX),
        ("Name from “Ketamine Infusion Clinic” to “WA” Put it right", INDEX),
    ]
    LogEntry.objects.update(action_time=timezone.now() - timedelta(14, minutes=1))
    assert told(admin_client) == []


def test_a_mail_waits_for_the_commit_is_sent_once_more_if_it_failed_and_then_logged(
    settings, caplog, monkeypatch, django_capture_on_commit_callbacks
):
    """By the kind of the fault alone, whose words may quote addresses."""
    monkeypatch.setattr(notices, "SECONDS_UNTIL_ONCE_MORE", 0)
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", free_port()

    with django_capture_on_commit_callbacks() as later:
        notices.Mail().send_messages([EmailMessage()])
    notices.Mail().send_now([EmailMessage()])

    assert len(later) == 1
    assert caplog.messages == ["Mail was not sent: ConnectionRefusedError"] * 2


def test_a_mail_tells_all_owners_and_a_server_that_hangs_delays_no_save(tmp_path):
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
            wait_until(lambda: site.log.read_text().count("Mail was sent") == 2)

    one, two = sorted(server.received, key=lambda mail: "no longer" in mail)
    assert re.search(r"owner, \w+ \d+, \d{4}, \d+:\d\d [AP]M:\s+Phone from .+”\s", one)
    assert f"{site.origin}{INDEX}\r\n" in one
    assert "cy is no longer an owner." in two
    assert all("To: owner@example.org, cy@example.org\r\n" in it for it in (one, two))
