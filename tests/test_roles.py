"""Each address of the admin answers each role as said here, and none is forgotten."""

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.urls import URLPattern, get_resolver, reverse

from pages.models import Review

pytestmark = pytest.mark.django_db
ADD = reverse("admin:auth_user_add")

# What GET answers the front desk, a reviewer and an owner; nobody else gets further
# than the sign-in page.
ANSWERS = {
    "index": (200, 200, 200),
    "login": (302, 302, 302),
    "logout": (405, 405, 405),
    "password_change": (200, 200, 200),
    "password_change_done": (200, 200, 200),
    "second_step": (200, 200, 200),
    "autocomplete": (403, 403, 403),
    "jsi18n": (200, 200, 200),
    "view_on_site": (404, 404, 404),
    "app_list": (200, 200, 200),
    "pages_clinic_press": (302, 403, 302),
    "pages_clinic_changelist": (200, 403, 200),
    "pages_clinic_add": (200, 403, 200),
    "pages_clinic_history": (302, 302, 302),
    "pages_clinic_delete": (403, 403, 403),
    "pages_clinic_change": (200, 403, 200),
    "pages_review_changelist": (403, 200, 200),
    "pages_review_sign": (403, 200, 200),
    "pages_review_add": (403, 403, 403),
    "pages_review_history": (403, 200, 200),
    "pages_review_delete": (403, 403, 403),
    "pages_review_change": (403, 200, 200),
    "auth_user_changelist": (403, 403, 200),
    "auth_user_add": (403, 403, 200),
    "auth_user_history": (403, 403, 200),
    "auth_user_delete": (403, 403, 403),
    "auth_user_change": (403, 403, 200),
    "auth_user_password_change": (403, 403, 200),
}
NOT_NAMED = {None}  # redirects of old addresses, and what catches all others


def names(patterns):
    for pattern in patterns:
        if isinstance(pattern, URLPattern):
            yield pattern.name
        else:
            yield from names(pattern.url_patterns)


def address(name, ann):
    special = {
        "app_list": ["pages"],
        "view_on_site": [1, 1],
        "pages_review_sign": ["home"],
    }
    one = {"auth_user": [ann.pk], "pages_clinic": [1], "pages_review": [1]}
    of_one = name.endswith(("_history", "_delete", "_change"))
    model = name.rsplit("_", 1)[0].removesuffix("_password")
    arguments = special.get(name) or (one.get(model) if of_one else None)
    return reverse(f"admin:{name}", args=arguments)


def test_every_address_of_the_admin_is_in_the_table():
    admin = next(r for r in get_resolver().url_patterns if r.pattern.match("admin/"))

    assert set(names(admin.url_patterns)) - NOT_NAMED == {*ANSWERS}


@pytest.mark.parametrize("name", ANSWERS)
def test_each_role_gets_what_it_may(admin_client, front_desk, bob_saves, name):
    bob_saves(message="Back in spring.")
    reviewer = get_user_model().objects.create_user("rae", is_staff=True)
    reviewer.groups.add(Group.objects.get(name="Reviewer"))
    Review(pk=1, page="home", account=reviewer).save()
    path = address(name, front_desk.user)
    answers = [front_desk.get(path).status_code]
    front_desk.force_login(reviewer)
    answers.append(front_desk.get(path).status_code)
    answers.append(admin_client.get(path).status_code)
    front_desk.logout()
    for_nobody = front_desk.get(path)

    assert tuple(answers) == ANSWERS[name]
    if name == "login":
        assert for_nobody.status_code == 200
    elif name == "logout":
        assert for_nobody.url == reverse("admin:index")
    else:
        assert for_nobody.url.startswith(reverse("admin:login"))


def test_who_may_not_change_the_clinic_is_refused_the_button(client):
    eve = get_user_model().objects.create_user("eve", is_staff=True)
    client.force_login(eve)

    answer = client.post(reverse("admin:pages_clinic_press"), {"accepting": "yes"})

    assert answer.status_code == 403
    assert "Visitors see" not in client.get(reverse("admin:index")).text


def test_front_desk_is_offered_nothing_but_the_clinic(front_desk):
    apps = front_desk.get(reverse("admin:index")).context["app_list"]

    offered = [model["object_name"] for app in apps for model in app["models"]]
    assert offered == ["Clinic"]


def new_staff(**values):
    return {
        "first_name": "Bo",
        "username": "bo",
        "usable_password": "true",
        "password1": "a long secret",
        "password2": "a long secret",
    } | values


def test_owner_adds_the_front_desk(admin_client, client):
    admin_client.post(ADD, new_staff())

    bo = get_user_model().objects.get(username="bo")
    client.force_login(bo)
    assert bo.check_password("a long secret")
    assert client.get(reverse("admin:pages_clinic_add")).status_code == 200
    assert client.get(ADD).status_code == 403


def test_owner_adds_an_owner_without_a_password_yet(admin_client, client):
    admin_client.post(
        ADD,
        new_staff(
            is_superuser="on", usable_password="false", password1="", password2=""
        ),
    )

    bo = get_user_model().objects.get(username="bo")
    client.force_login(bo)
    assert not bo.has_usable_password()
    assert client.get(ADD).status_code == 200


def test_owners_cannot_lock_themselves_out(admin_client, admin_user):
    path = reverse("admin:auth_user_change", args=[admin_user.pk])

    admin_client.post(path, {"username": "admin", "first_name": "Cy"})
    page = admin_client.get(path).text

    admin_user.refresh_from_db()
    assert admin_user.first_name == "Cy"
    assert admin_user.is_superuser
    assert admin_user.is_active
    assert "With none ticked: the front desk." in page
    assert "Superuser" not in page
