"""Two hosts that share no file are one site; whatever dies, nobody notices."""

import json

import redis

from tests.backends import Postgres, Redis
from tests.nginx import Host, Nginx
from tests.server import FORM, Staff, load, wait_until
from tests.test_pages import PATHS

ASKED = (*PATHS.values(), "/healthz")


def test_whatever_of_them_dies_what_is_saved_through_one_is_on_the_other(tmp_path):
    with Postgres() as postgres, Redis() as shared:
        variables = {"CACHE_URL": shared.url, "DATABASE_URL": postgres.url}
        variables["SECRET_KEY"] = "x" * 50
        one, two = hosts = [Host(tmp_path / it, **variables) for it in ("one", "two")]
        front = Nginx(tmp_path / "nginx", hosts)
        with one.prepare(), two, front, redis.Redis.from_url(shared.url) as client:
            staff = [*map(Staff, hosts)]

            # At its next answer.
            for turn in range(10):
                writer, reader = ((0, two), (1, one))[turn % 2]
                message = f"We plan to open in May {turn}."
                staff[writer].post(FORM, message=message)
                assert message in reader.get("/").text
            # As JSON: a pickle of whoever can write there could run code here.
            assert message in json.loads(client.get(client.keys()[0]))
            wait_until(lambda: message in front.get("/").text)

            with load(front, *ASKED) as more:
                for host in hosts:
                    more()
                    host.kill()
                    more()
                    host.start()
                more()
                postgres.stop()
                more()
                postgres.start()
                client.flushall()
                more()
                shared.stop()
                more()
                shared.start()
                more()
                one.reload()  # a start publishes at once, and spares us the half minute
                wait_until(lambda: {it.get("/readyz").status for it in hosts} == {200})

            # Soon, as a worker leaves a failed cache for 2 s.
            servers = [*hosts, front] * 20
            wait_until(lambda: all(message in it.get("/").text for it in servers))
