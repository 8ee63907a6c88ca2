"""Each address of the admin answers each role as said here, and none is forgotten."""

import re

import pytest
from django.contrib.auth.models import Group, User
from django.urls import URLPattern, get_resolver, resolve, reverse

from pages import reviews
from pages.models import Clinic, Review

pytestmark = pytest.mark.django_db
ADD = reverse("admin:auth_user_add")
PRESS = reverse("admin:pages_clinic_press")
SIGN = reverse("admin:pages_review_add") + "?page=home"

# What GET answers the front desk, a reviewer and an owner; nobody else gets further
# than the sign-in page.
ANSWERS = {
    (200, 200, 200): "/ /password_change/ /password_change/done/ /second-step/ /pages/ "
    "/jsi18n/",
    (302, 302, 302): "/login/ /pages/review/add/",
    (403, 403, 403): "/pages/clinic/1/delete/ /pages/review/1/delete/ "
    "/auth/user/ID/delete/ /autocomplete/",
    (404, 404, 404): "/r/1/1/",
    (405, 405, 405): "/logout/",
    (302, 403, 302): "/pages/clinic/press/",
    (200, 403, 200): "/pages/clinic/ /pages/clinic/1/history/ /pages/clinic/add/ "
    "/pages/clinic/1/change/",
    (403, 200, 200): "/pages/review/ /pages/review/1/history/ /pages/review/1/change/",
    (403, 403, 200): "/auth/user/ /auth/user/add/ /auth/user/ID/history/ "
    "/auth/user/ID/change/ /auth/user/ID/password/",
}


@pytest.fixture
def reviewer(django_user_model):
    rae = django_user_model.objects.create_user("rae", is_staff=True)
    rae.groups.add(Group.objects.get(name="Reviewer"))
    return rae


def paths(answers, of_user):
    return [f"/admin{path}".replace("ID", str(of_user)) for path in answers.split()]


def names(patterns):
    for pattern in patterns:
        if isinstance(pattern, URLPattern):
            yield pattern.name
        else:
            yield from names(pattern.url_patterns)


def test_every_address_of_the_admin_is_in_the_table():
    admin = next(r for r in get_resolver().url_patterns if r.pattern.match("admin/"))
    not_named = {None}  # redirects of old addresses, and what catches all others

    told = {resolve(path).url_name for path in paths(" ".join(ANSWERS.values()), 1)}
    assert {*names(admin.url_patterns)} - not_named == told


@pytest.mark.parametrize("statuses", ANSWERS)
def test_each_role_gets_what_it_may(
    client, front_desk, reviewer, admin_user, bob_saves, statuses
):
    bob_saves(message="Back in spring.")
    Review(pk=1, page="home", account=reviewer).save()
    for path in paths(ANSWERS[statuses], reviewer.pk):
        answers = []
        for user in (front_desk.user, reviewer, admin_user):
            client.force_login(user)
            answers.append(client.get(path).status_code)
        client.logout()

        assert tuple(answers) == statuses, path
        if path not in (reverse("admin:login"), reverse("admin:logout")):
            assert client.get(path).url.startswith(reverse("admin:login")), path


def test_who_may_not_press_or_sign_is_refused_and_shown_no_button(
    front_desk, reviewer, client
):
    signed = {"reviewer": "Dana", "credentials": "MD"}
    sign = client.post(SIGN, signed | {"digest": reviews.digest("home")})
    client.force_login(reviewer)
    press = client.post(PRESS, {"accepting": "yes"})
    client.force_login(User.objects.create_user("eve", is_staff=True))
    press_of_none = client.post(PRESS, {"accepting": "yes"})
    page = client.get(reverse("admin:index")).text

    assert {it.status_code for it in (sign, press, press_of_none)} == {403}
    assert "Visitors see" not in page
    assert [*Clinic.objects.all(), *Review.objects.all()] == []


@pytest.mark.parametrize(
    ("roles", "owner", "password", "may"),
    [
        (["Front desk"], "", "a long secret", ["clinic"]),
        (["Front desk", "Reviewer"], "", "", ["clinic", "review"]),
        ([], "on", "", ["clinic", "review", "user"]),
    ],
)
def test_owner_adds_staff_with_a_password_or_none_yet(
    admin_client, roles, owner, password, may
):
    groups = [Group.objects.get(name=name).pk for name in roles]
    new = {"username": "bo", "email": "bo@example.org", "groups": groups}
    new |= {"is_superuser": owner, "usable_password": str(bool(password)).lower()}
    new |= {"password1": password, "password2": password}

    page = admin_client.post(ADD, new, follow=True).text

    assert "is sent a link" not in page  # as there is no mail
    bo = User.objects.get(username="bo")
    apps = {"clinic": "pages", "review": "pages", "user": "auth"}
    assert [it for it in apps if bo.has_perm(f"{apps[it]}.add_{it}")] == may
    assert bo.is_staff
    assert bo.has_usable_password() is bo.check_password(password) is bool(password)


def test_owners_cannot_lock_themselves_out(admin_client, admin_user):
    user = reverse("admin:auth_user_change", args=[admin_user.pk])
    password = reverse("admin:auth_user_password_change", args=[admin_user.pk])

    page = admin_client.get(user).text
    admin_client.post(user, {"username": "admin", "first_name": "Cy"})
    admin_client.post(password, {"usable_password": "false", "unset-password": "yes"})

    admin_user.refresh_from_db()
    assert 'href="../password/"' in page
    assert admin_user.first_name == "Cy"
    assert admin_user.is_superuser
    assert admin_user.is_active
    assert admin_user.has_usable_password()


def test_new_staff_are_of_the_front_desk_and_no_word_is_a_programmers(admin_client):
    page = admin_client.get(ADD).text

    assert re.search(r"checked[^>]*>\s*Front desk", page)
    assert not re.search("Authentication and Auth|[Ss]uperuser status|LDAP", page)
