"""Each address of the admin answers each role as said here, and none is forgotten."""

import pytest
from django.contrib.auth.models import Group, User
from django.urls import URLPattern, get_resolver, reverse

from pages import reviews
from pages.models import Clinic, Review

pytestmark = pytest.mark.django_db
ADD = reverse("admin:auth_user_add")
PRESS = reverse("admin:pages_clinic_press")
SIGN = reverse("admin:pages_review_add") + "?page=home"

# What GET answers the front desk, a reviewer and an owner; nobody else gets further
# than the sign-in page.
ANSWERS = {
    (200, 200, 200): "index password_change password_change_done second_step app_list "
    "jsi18n",
    (302, 302, 302): "login pages_clinic_history pages_review_add",
    (403, 403, 403): "pages_clinic_delete pages_review_delete "
    "auth_user_delete autocomplete",
    (404, 404, 404): "view_on_site",
    (405, 405, 405): "logout",
    (302, 403, 302): "pages_clinic_press",
    (200, 403, 200): "pages_clinic_changelist pages_clinic_add pages_clinic_change",
    (403, 200, 200): "pages_review_changelist pages_review_history pages_review_change",
    (403, 403, 200): "auth_user_changelist auth_user_add auth_user_history "
    "auth_user_change auth_user_password_change",
}
NOT_NAMED = {None}  # redirects of old addresses, and what catches all others


@pytest.fixture
def reviewer(django_user_model):
    rae = django_user_model.objects.create_user("rae", is_staff=True)
    rae.groups.add(Group.objects.get(name="Reviewer"))
    return rae


def names(patterns):
    for pattern in patterns:
        if isinstance(pattern, URLPattern):
            yield pattern.name
        else:
            yield from names(pattern.url_patterns)


def address(name, user):
    special = {"app_list": ["pages"], "view_on_site": [1, 1]}
    *_, model, what = f"__{name}".replace("_password_", "_").rsplit("_", 2)
    of_one = what in ("history", "delete", "change") and name != "password_change"
    arguments = [user.pk if model == "user" else 1] if of_one else None
    return reverse(f"admin:{name}", args=special.get(name) or arguments)


def test_every_address_of_the_admin_is_in_the_table():
    admin = next(r for r in get_resolver().url_patterns if r.pattern.match("admin/"))

    told = " ".join(ANSWERS.values()).split()
    assert sorted({*names(admin.url_patterns)} - NOT_NAMED) == sorted(told)


@pytest.mark.parametrize("statuses", ANSWERS)
def test_each_role_gets_what_it_may(
    admin_client, front_desk, reviewer, client, bob_saves, statuses
):
    bob_saves(message="Back in spring.")
    Review(pk=1, page="home", account=reviewer).save()
    for name in ANSWERS[statuses].split():
        path = address(name, front_desk.user)
        answers = []
        for user in (front_desk.user, reviewer):
            client.force_login(user)
            answers.append(client.get(path).status_code)
        answers.append(admin_client.get(path).status_code)
        client.logout()
        for_nobody = client.get(path)

        assert tuple(answers) == statuses, name
        if name == "login":
            assert for_nobody.status_code == 200
        elif name == "logout":
            assert for_nobody.url == reverse("admin:index")
        else:
            assert for_nobody.url.startswith(reverse("admin:login")), name


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
        ([], "", "a long secret", ["clinic"]),
        (["Reviewer"], "", "", ["review"]),
        (["Front desk", "Reviewer"], "", "", ["clinic", "review"]),
        ([], "on", "", ["clinic", "review", "user"]),
    ],
)
def test_owner_adds_staff_with_a_password_or_none_yet(
    admin_client, roles, owner, password, may
):
    groups = [Group.objects.get(name=name).pk for name in roles]
    new = {"username": "bo", "is_superuser": owner, "groups": groups}
    new["usable_password"] = str(bool(password)).lower()

    admin_client.post(ADD, new | {"password1": password, "password2": password})

    bo = User.objects.get(username="bo")
    apps = {"clinic": "pages", "review": "pages", "user": "auth"}
    assert [it for it in apps if bo.has_perm(f"{apps[it]}.add_{it}")] == may
    assert bo.is_staff
    assert bo.has_usable_password() is bo.check_password(password) is bool(password)


def test_owners_cannot_lock_themselves_out(admin_client, admin_user):
    path = reverse("admin:auth_user_change", args=[admin_user.pk])

    admin_client.post(path, {"username": "admin", "first_name": "Cy"})

    admin_user.refresh_from_db()
    assert admin_user.first_name == "Cy"
    assert admin_user.is_superuser
    assert admin_user.is_active


def test_owners_pages_are_about_staff(admin_client, admin_user):
    User.objects.create_user("root@command-line", is_active=False)
    change = reverse("admin:auth_user_change", args=[admin_user.pk])
    pages = [
        admin_client.get(path).text
        for path in (reverse("admin:auth_user_changelist"), ADD, change)
    ]

    assert all("With none ticked: the front desk." in page for page in pages[1:])
    for page in pages:
        assert "Staff" in page
        for jargon in ("Authentication and Auth", "LDAP", "pbkdf2", "@command"):
            assert jargon not in page
        assert "Superuser" not in page
