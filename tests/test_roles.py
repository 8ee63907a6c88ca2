"""Each address of the admin answers each role as said here, and none is forgotten."""

import re

import pytest
from django.contrib.auth.models import Group, User
from django.urls import get_resolver, resolve, reverse

from pages.models import Review
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


def paths(answers, of_user):
    return [f"/admin{path}".replace("ID", str(of_user)) for path in answers.split()]


def test_every_address_of_the_admin_is_in_the_table():
    _, admin = get_resolver().namespace_dict["admin"]
    told = paths(" ".join(ANSWERS.values()), of_user=1)

    # Which has their views, too.
    named = {name for name in admin.reverse_dict if isinstance(name, str)}
    assert named == {resolve(path.partition("?")[0]).url_name for path in told}


@pytest.mark.parametrize("statuses", ANSWERS)
def test_each_role_gets_what_it_may(
    client, front_desk, admin_user, bob_saves, statuses
):
    bob_saves(message="Back in spring.")
    reviewer = User.objects.create_user("rae", is_staff=True)
    reviewer.groups.add(Group.objects.get(name="Reviewer"))
    Review(pk=1, page="home", account=reviewer).save()
    other = User.objects.create_user("other", is_staff=True)
    for path in paths(ANSWERS[statuses], other.pk):
        answers = []
        for user in (front_desk.user, reviewer, admin_user):
            client.force_login(user)
            answers.append(client.get(path).status_code)
        client.logout()

        assert tuple(answers) == statuses, path
        if path not in (reverse("admin:login"), reverse("admin:logout")):
            assert client.get(path).url.startswith(reverse("admin:login")), path


def test_owner_adds_staff_who_are_of_the_front_desk_unless_told_otherwise(admin_client):
    page = admin_client.get(ADD).text
    secret = dict.fromkeys(("password1", "password2"), "a long secret")

    added = admin_client.post(ADD, filled(page, username="bo")).url
    nothing_yet = admin_client.get(added).text
    admin_client.post(added.replace("/change/", "/password/"), secret)

    bo = User.objects.get(username="bo")
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
    password = password.replace(f"/{admin_user.pk}/", f"/0{admin_user.pk}/")
    answer = admin_client.post(password, {"password1": "x" * 9, "password2": "x" * 9})

    admin_user.refresh_from_db()
    assert 'href="../password/"' in page
    assert admin_user.first_name == "Cy"
    assert admin_user.is_superuser
    assert admin_user.is_active
    assert answer.url == reverse("admin:password_change")  # which asks for it
    assert admin_user.check_password("password")
