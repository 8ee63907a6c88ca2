"""What staff saved last is what visitors see, whoever saves, and whatever failed."""

import json
import os
import pickle
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import date

import pytest
import redis
from django.core.cache import cache

from pages import publishing
from pages.models import Clinic
from tests.backends import Redis
from tests.server import FORM, Site, Staff

SPRING = "Back in spring."


def text_of(**facts):
    return publishing.to_json(Clinic(**facts))


def test_facts_survive_the_way_and_releases_understand_each_other():
    """What an older one did not publish is filled, what a newer added passed over."""
    changed = {"message": "“Ja” & <b>", "checked_on": date(2027, 3, 3)}
    (published,) = json.loads(text_of(**changed))
    del published["fields"]["fax"]
    published["fields"]["languages"] = ["en", "es"]

    clinic = publishing.from_json(json.dumps([published]))

    assert clinic.facts == Clinic().facts | changed


@pytest.mark.parametrize(
    "unreadable",
    [
        *("", "{", "[]", "null", "7", 7, b"7", None),
        '[{"model": "auth.group", "fields": {"name": "x"}}]',
        '[{"model": "pages.gone", "fields": {}}]',
        '[{"model": "pages.clinic", "fields": {"phone": null}}]',
        '[{"model": "pages.clinic", "fields": {"exceptions": "x"}}]',
        '[{"model": "pages.clinic", "fields": {"message": "x"}},'
        ' {"model": "pages.review", "fields": {}}]',
    ],
)
def test_what_is_lost_or_unreadable_leaves_the_last_that_was_understood(unreadable):
    cache.set(publishing.KEY, text_of(message=SPRING))
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
            newer = Clinic.newest().add(admin_user, message=behind.pop(0))
            write(key, publishing.to_json(newer), timeout)
        write(key, text, timeout)

    monkeypatch.setattr(cache, "set", overtaken)
    Clinic.newest().add(admin_user, message=SPRING)
    publishing.publish()

    assert publishing.current().message == "Back in winter."
    assert publishing.agree()


def test_the_thread_tries_again_each_half_minute_whatever_failed(monkeypatch):
    waits, outcomes = [], [None, TypeError, RuntimeError, OSError]

    def publish():
        if outcome := outcomes.pop():
            raise outcome

    def sleep(seconds):
        waits.append(seconds)
        if not outcomes:
            raise KeyboardInterrupt

    monkeypatch.setattr(publishing, "publish", publish)
    monkeypatch.setattr(publishing.time, "sleep", sleep)
    with pytest.raises(KeyboardInterrupt):
        publishing.keep_published()

    assert waits == [30] * 4


def test_a_failed_cache_is_left_alone_for_a_while(monkeypatch, caplog):
    asked = []
    monkeypatch.setattr(cache, "get", lambda key: asked.append(key) or 1 / 0)

    for _ in range(5):
        publishing.current()

    assert len(asked) == len(caplog.records) == 1


def test_redis_holds_json_text_and_a_planted_pickle_is_a_miss(tmp_path):
    class Planted:
        def __reduce__(self):
            return os.mkdir, (str(tmp_path / "planted"),)

    server = Redis().start()
    site = Site(tmp_path / "data", CACHE_URL=server.url).prepare()
    ask = "from pages import publishing; print(publishing.published())"
    with closing(redis.Redis.from_url(server.url)) as client:
        site.manage("intake", "closed", "--message", SPRING)
        (key,) = client.keys()
        held = json.loads(client.get(key))
        client.set(key, pickle.dumps(Planted()))
        published = site.manage("shell", "--verbosity", "0", "--command", ask)
    server.stop()

    assert json.loads(held)[0]["fields"]["message"] == SPRING
    assert published == "None\n"
    assert not (tmp_path / "planted").exists()


@pytest.mark.database
def test_six_who_save_at_once_lose_nothing_and_the_newest_is_published(tmp_path):
    patterns = {
        "message": "Message {:04}",
        "name": "Clinic {:04}",
        "street": "{:04} Meadows Rd",
        "city": "Lake {:04}",
        "phone": "503-555-{:04}",
        "fax": "971-555-{:04}",
    }
    with Site(tmp_path / "data").prepare() as site, ThreadPoolExecutor(6) as pool:
        staff = Staff(site)
        together = threading.Barrier(6)

        def save(form, name, value):
            together.wait(30)
            return staff.send(FORM, form | {name: value}).status

        for turn in range(6):
            form = staff.fill(FORM)  # all open the same version
            values = [pattern.format(turn) for pattern in patterns.values()]
            statuses = list(pool.map(save, [form] * 6, patterns, values))
            assert statuses == [302] * 6, turn
        code = (
            "from pages.models import Clinic; from pages.publishing import agree; "
            "print([v.version for v in Clinic.objects.order_by('version')], agree())"
        )
        versions = site.manage("shell", "--verbosity", "0", "--command", code)
        page = site.get("/contact/").text

    assert versions.strip() == f"{[*range(1, 6 * 6 + 1)]} True"
    assert all(value in page for value in values)
