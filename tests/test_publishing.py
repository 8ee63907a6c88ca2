"""What staff save is what visitors see: published once, understood by every release."""

import json
from dataclasses import replace
from datetime import date

import pytest
from django.core.cache import cache
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from pages import facts
from pages.facts import Facts
from pages.models import Clinic

pytestmark = pytest.mark.django_db


@pytest.fixture
def shipped():
    return Facts.of(Clinic())


def test_facts_survive_the_way_through_the_cache(shipped):
    changed = replace(shipped, message="“Ja” & <b>", confirmed_on=date(2027, 3, 3))

    assert Facts.from_json(changed.to_json()) == changed


def test_newer_release_fills_what_an_older_one_did_not_publish(shipped):
    values = json.loads(shipped.to_json())
    del values["confirmed_on"]

    assert Facts.from_json(json.dumps(values)) == shipped


def test_older_release_passes_over_what_a_newer_one_added(shipped):
    values = json.loads(shipped.to_json()) | {"languages": ["en", "es"]}

    assert Facts.from_json(json.dumps(values)) == shipped


@pytest.mark.parametrize(
    "unreadable", ["", "{", "[]", "null", '{"schema": 999}', '{"schema": 1}', 7]
)
def test_unreadable_publication_leaves_the_last_one_that_was_understood(
    shipped, unreadable
):
    cache.set(facts.KEY, replace(shipped, message="Back in spring.").to_json())
    before = facts.current()

    cache.set(facts.KEY, unreadable)

    assert before.message == "Back in spring."
    assert facts.current() == before


def test_lost_publication_leaves_the_last_one(shipped):
    cache.set(facts.KEY, replace(shipped, message="Back in spring.").to_json())
    before = facts.current()

    cache.clear()

    assert facts.current() == before


def test_a_save_publishes_once_and_only_after_the_commit(
    django_capture_on_commit_callbacks, monkeypatch
):
    published = []
    monkeypatch.setattr(cache, "set", lambda *args: published.append(args))

    with django_capture_on_commit_callbacks(execute=True):
        with transaction.atomic():
            Clinic(message="Back in spring.").save()
        before_commit = list(published)

    assert before_commit == []
    assert len(published) == 1


def test_a_failed_publication_keeps_the_save_and_is_known(
    django_capture_on_commit_callbacks, monkeypatch
):
    def full(*args):
        raise OSError("No space left on device")

    with (
        monkeypatch.context() as patch,
        django_capture_on_commit_callbacks(execute=True),
    ):
        patch.setattr(cache, "set", full)
        Clinic(message="Back in spring.").save()
    known = facts.agree()
    facts.publish()

    assert Clinic.objects.get().message == "Back in spring."
    assert known is False
    assert facts.agree() is True


def test_publishing_holds_the_row(monkeypatch):
    """Two at once cannot cross: whoever publishes reads what the other committed."""
    Clinic().save()
    outside, inside = len(connection.savepoint_ids), []
    monkeypatch.setattr(
        cache, "set", lambda *args: inside.append(len(connection.savepoint_ids))
    )

    with CaptureQueriesContext(connection) as asked:
        facts.publish()

    assert inside == [outside + 1]
    locks = "FOR UPDATE" in str(asked.captured_queries)
    assert locks is (connection.vendor == "postgresql")


def test_a_failed_cache_is_left_alone_for_a_while(monkeypatch, caplog):
    asked = []

    def broken(key):
        asked.append(key)
        raise ConnectionError

    monkeypatch.setattr(cache, "get", broken)

    for _ in range(5):
        facts.current()

    assert len(asked) == 1
    assert len(caplog.records) == 1
