"""An error page helps, in the site's own look, and needs nothing that may be broken."""

import pytest
from bs4 import BeautifulSoup
from django import db
from django.test import Client
from django.urls import reverse

from pages import publishing
from pages.models import Clinic

PHONE = Clinic().phone


def main_of(response):
    return BeautifulSoup(response.content, "html5lib").main


def test_404_leads_to_every_page_and_the_phone(client):
    response = client.get("/about/")

    main = main_of(response)
    links = {link["href"] for link in main.find_all("a")}
    assert response.status_code == 404
    assert links >= {
        reverse(f"pages:{name}")
        for name in (
            "home",
            "about_ketamine",
            "how_it_works",
            "how_its_given",
            "contact",
        )
    }
    assert main.find("a", href=f"tel:+1-{PHONE}").get_text() == PHONE


def test_400_does_not_repeat_the_host(client):
    response = client.get("/", HTTP_HOST="evil.example")

    assert response.status_code == 400
    assert main_of(response).h1
    assert "evil.example" not in response.text


def test_form_open_too_long_says_that_nothing_was_changed():
    response = Client(enforce_csrf_checks=True).post(reverse("admin:login"))

    main = main_of(response)
    assert response.status_code == 403
    assert "open too long" in main.get_text()
    assert "Nothing was changed" in main.get_text()


@pytest.mark.django_db
def test_403_is_in_the_look_of_the_site(client, django_user_model):
    client.force_login(django_user_model.objects.create_user("new", is_staff=True))

    response = client.get(reverse("admin:pages_clinic_add"))

    assert response.status_code == 403
    assert main_of(response).h1


@pytest.mark.parametrize(
    ("error", "status", "words"),
    [
        (db.OperationalError, 503, "nothing was saved"),
        (db.InterfaceError, 503, "nothing was saved"),
        (db.DatabaseError, 503, "nothing was saved"),
        (db.ProgrammingError, 500, "went wrong"),
        (db.IntegrityError, 500, "went wrong"),
        (RuntimeError, 500, "went wrong"),
    ],
)
def test_a_database_that_is_away_is_told_from_a_bug_by_a_page_that_stands_alone(
    client, monkeypatch, error, status, words
):
    def broken():
        raise error("secret")

    monkeypatch.setattr(publishing, "current_json", broken)
    client.raise_request_exception = False

    response = client.get("/")

    assert response.status_code == status
    assert words in " ".join(main_of(response).get_text().split())
    assert "988" in response.text
    assert "secret" not in response.text


@pytest.mark.parametrize(
    "method", ["post", "put", "patch", "delete", "options", "trace"]
)
def test_pages_answer_get_and_head_only(page, method):
    client = Client(enforce_csrf_checks=True)

    response = getattr(client, method)(reverse(f"pages:{page}"))

    assert response.status_code == 405
    assert response["Allow"] == "GET, HEAD"
