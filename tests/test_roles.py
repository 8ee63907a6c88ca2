"""Each address of the admin answers each role as said here, and none is forgotten."""

import re

import pytest
from django.contrib.auth.models import Group, User
from django.urls import get_resolver, resolve, reverse

from pages.models import Review
from pages.signing_in import PasswordLinkForm
from tests.server import filled

pytestmark = pytest.mark.django_db
ADD = reverse("admin:auth_user_add")

# What GET answers the front desk, a reviewer and an owner; nobody else gets further
# than the sign-in page.
ANSWERS = {
    (200, 200, 200): "/ /password_change/ /password_change/done/ /second-step/ /pages/ "
    "/jsi18n/",
    (302, 302, 302): "/login/",
    (403, 403, 403): "/pages/clinic/1/delete/ /pages/review/1/delete/ "
    "/auth/user/ID/delete/ /autocomplete/",
    (404, 404, 404): "/r/1/1/",
    (405, 405, 405): "/logout/",
    (302, 403, 302): "/pages/clinic/press/",
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
    settings.EMAIL_URL, sent, mailbox = "smtp://", [], "desk@example.org"
    monkeypatch.setattr(PasswordLinkForm, "send_mail", lambda *it, **_: sent.append(it))
    User.objects.filter(username="ann").update(email=mailbox)
    page = admin_client.get(ADD).text
    secret = dict.fromkeys(("password1", "password2"), "a long secret")

    added = admin_client.post(ADD, filled(page, username="bo", email=mailbox)).url
    nothing_yet = admin_client.get(added).text
    admin_client.post(added.replace("/change/", "/password/"), secret)

    bo = User.objects.get(username="bo")
    assert [mail[3]["user"] for mail in sent] == [bo]
    assert '<a href="../password/">set one</a>' in nothing_yet
    assert bo.is_staff
    assert bo.check_password("a long secret")
    assert bo.get_all_permissions() == {"pages.add_clinic", "pages.view_clinic"}
    assert not re.search("Authentication and Auth|[Ss]uperuser status|LDAP", page)


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
