"""Two hosts that share no file are one site, and whichever dies, nobody notices."""

import json

import redis

from tests.backends import Postgres, Redis
from tests.nginx import Host, Nginx
from tests.screens import PATHS
from tests.server import FORM, Staff, load, wait_until


def test_what_is_saved_through_one_is_on_the_other_and_either_may_die(tmp_path):
    """What becomes of it without PostgreSQL or Redis: test_faults.py."""
    with Postgres() as postgres, Redis() as shared:
        variables = {"CACHE_URL": shared.url, "DATABASE_URL": postgres.url}
        variables["SECRET_KEY"] = "x" * 50
        one, two = hosts = [Host(tmp_path / it, **variables) for it in ("one", "two")]
        with one.prepare(), two, Nginx(tmp_path / "nginx", hosts) as front:
            staff = [*map(Staff, hosts)]

            # At its next answer.
            for turn in range(10):
                writer, reader = ((0, two), (1, one))[turn % 2]
                message = f"We plan to open in May {turn}."
                staff[writer].post(FORM, message=message)
                assert message in reader.get("/").text
            wait_until(lambda: message in front.get("/").text)
            # As JSON: a pickle of whoever can write there could run code here.
            with redis.Redis.from_url(shared.url) as client:
                assert message in json.loads(client.get(client.keys()[0]))

            with load(front, *PATHS.values(), "/healthz"):
                for host in hosts:
                    host.kill()
                    assert {front.get("/healthz").status for _ in range(50)} == {200}
                    host.start()
