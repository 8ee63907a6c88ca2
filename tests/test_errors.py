"""An error page helps, in the site's own look, and needs nothing that may be broken."""

import pytest
from django import db
from django.test import Client

from pages import publishing
from pages.models import Clinic
from tests.conftest import parsed
from tests.test_pages import PATHS


def test_404_leads_to_the_pages_and_the_phone(client):
    response = client.get("/about/")

    links = parsed(response.content).main.find_all("a")
    targets = {link["href"] for link in links}
    assert response.status_code == 404
    assert targets >= {*PATHS.values(), f"tel:+1-{Clinic().phone}"}


@pytest.mark.django_db
def test_refusals_are_in_the_look_of_the_site_and_say_what_was_done(
    client, django_user_model
):
    bad_host = client.get("/", HTTP_HOST="evil.example")
    open_too_long = Client(enforce_csrf_checks=True).post("/admin/login/")
    client.force_login(django_user_model.objects.create_user("new", is_staff=True))
    forbidden = client.get("/admin/pages/clinic/add/")

    refusals = bad_host, open_too_long, forbidden
    assert [answer.status_code for answer in refusals] == [400, 403, 403]
    assert all(parsed(answer.content).main.h1 for answer in refusals)
    assert "Nothing was changed" in " ".join(open_too_long.text.split())


def test_a_bug_is_told_by_a_page_that_stands_alone_and_gives_nothing_away(
    client, monkeypatch
):
    def broken():
        raise db.ProgrammingError("secret")  # and no database that is away

    monkeypatch.setattr(publishing, "current_json", broken)
    client.raise_request_exception = False

    response = client.get("/")

    assert response.status_code == 500
    assert "988" in parsed(response.content).main.text
    assert "secret" not in response.text
