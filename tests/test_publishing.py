"""What staff saved last is what visitors see, whoever saves, and whatever failed."""

import json
import os
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from django.core.cache import cache
from django.core.exceptions import ValidationError

from pages import publishing
from pages.models import Clinic, Review
from pages.publishing import to_json
from tests.conftest import publish
from tests.screens import kept
from tests.server import FORM, Site, Staff

SPRING = "Back in spring."


def test_facts_survive_the_way_and_releases_understand_each_other():
    """What an older one did not publish is filled, what a newer added passed over."""
    changed = {"message": "“Ja” & <b>", "checked_on": date(2027, 3, 3)}
    (published,) = json.loads(to_json(Clinic(version=1, **changed)))
    del published["fields"]["fax"]
    published["fields"]["languages"] = ["en", "es"]

    clinic = publishing.from_json(json.dumps([published]))

    assert clinic.facts == Clinic().facts | changed


@pytest.mark.parametrize(
    "unreadable",
    [
        *("{", 7, None),
        '[{"model": "pages.clinic", "fields": {"phone": null}}]',
        to_json(Clinic(version=1, exceptions=[kept("2099-12-24", hours=5)])),
        to_json(Clinic(), [Review(page="home", day=date.today())]),
        to_json(Clinic(), [Review(1, *"pdwrc", date.max)]),  # is never due again
    ],
)
def test_what_is_lost_or_unreadable_leaves_the_last_that_was_understood(unreadable):
    publish(message=SPRING)
    before = publishing.current().message

    cache.set(publishing.KEY, unreadable)

    assert (before, publishing.current().message) == (SPRING, SPRING)


@pytest.mark.django_db
def test_whoever_writes_an_older_one_last_writes_the_newest_after_it(
    admin_user, monkeypatch
):
    write, behind = cache.set, ["Back in fall.", "Back in winter."]

    def overtaken(key, text, timeout):
        if behind:  # saved and published meanwhile
            newer = Clinic.add(admin_user, message=behind.pop(0))
            write(key, to_json(newer), timeout)
        write(key, text, timeout)

    monkeypatch.setattr(cache, "set", overtaken)
    Clinic.add(admin_user, message=SPRING)
    publishing.publish()

    assert publishing.current().message == "Back in winter."
    assert publishing.agree()


def test_a_failed_cache_is_left_alone_for_a_while(monkeypatch, caplog):
    asked = []
    monkeypatch.setattr(cache, "get", lambda key: asked.append(key) or 1 / 0)

    for _ in range(5):
        publishing.current()

    assert len(asked) == len(caplog.records) == 1


@pytest.mark.django_db
def test_what_a_newer_release_saved_and_this_cannot_show_is_not_published(admin_user):
    publish(message=SPRING)
    Clinic.objects.create(version=1, saved_by=admin_user, privacy_notice="new")

    with pytest.raises(ValidationError):
        publishing.publish()

    assert publishing.current().message == SPRING


@pytest.mark.django_db
def test_no_save_or_press_is_lost_or_late_on_any_of_four_workers(tmp_path):
    facts = "message", "name", "street", "city", "phone", "fax"
    variables = {"DATABASE_URL": os.environ["DATABASE_URL"], "WEB_CONCURRENCY": "4"}
    with (
        Site(tmp_path / "data", **variables).prepare() as site,
        ThreadPoolExecutor(6) as pool,
    ):
        staff, together = Staff(site), threading.Barrier(6)

        def save(fact, value):
            together.wait(30)
            return staff.send(FORM, form | {fact: value}).status

        for turn in range(6):
            form = staff.fill(FORM)  # all open the same version
            values = [f"503-555-{turn}{number:03}" for number in range(6)]
            assert [*pool.map(save, facts, values)] == [302] * 6, turn
        page = site.get("/contact/").text
        assert all(value in page for value in values)
        assert "36 changes" in staff.ask("/admin/pages/clinic/").text

        press = staff.fill("/admin/")
        for turn in range(24):
            accepting = ("yes", "no")[turn % 2]
            staff.send("/admin/pages/clinic/", press | {"accepting": accepting})
            texts = [site.get("/").text for _ in range(8)]
            told = {"not accepting new patients" in text for text in texts}
            assert told == {accepting == "no"}, turn

        assert site.get("/readyz").text == (
            '{"ready": true, "database": "ok", "published": "ok", '
            '"agree": true, "decided_by": "staff"}'
        )
