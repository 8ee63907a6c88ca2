"""Two hosts that share no file are one site; whatever dies, nobody notices."""

import json
from contextlib import ExitStack, closing

import pytest
import redis

from tests.backends import Postgres, Redis, program
from tests.nginx import Host, Nginx
from tests.server import FORM, Staff, load, wait_until
from tests.test_pages import PATHS

ASKED = (*PATHS.values(), "/healthz")


@pytest.fixture(scope="module")
def machines(tmp_path_factory):
    """PostgreSQL, Redis, two hosts, nginx in front, and staff at each host."""
    path, folder = program("nginx"), tmp_path_factory.mktemp("machines")
    with ExitStack() as stack:
        postgres, shared = Postgres().start(), Redis().start()
        stack.callback(postgres.stop)
        stack.callback(shared.stop)
        variables = {"CACHE_URL": shared.url, "DATABASE_URL": postgres.url}
        variables["SECRET_KEY"] = "x" * 50
        one, two = (Host(folder / name, **variables) for name in ("one", "two"))
        stack.enter_context(one.prepare())
        stack.enter_context(two)
        nginx = stack.enter_context(Nginx(folder / "nginx", path, [one, two]))
        yield postgres, shared, (one, two), nginx, (Staff(one), Staff(two))


def test_what_is_saved_through_one_is_on_the_other_at_its_next_answer(machines):
    """By way of JSON, as a pickle of whoever can write to Redis could run code here."""
    _, shared, (one, two), _, staff = machines
    for turn in range(10):
        writer, reader = ((0, two), (1, one))[turn % 2]
        message = f"We plan to open in May {turn}."
        staff[writer].post(FORM, message=message)
        assert message in reader.get("/").text

    with closing(redis.Redis.from_url(shared.url)) as client:
        assert message in json.loads(client.get(client.keys()[0]))


def test_hosts_may_die_and_what_they_share_may_be_restarted_and_forget(machines):
    postgres, shared, hosts, nginx, staff = machines
    message = "We plan to open in August."
    staff[0].post(FORM, message=message)
    wait_until(lambda: message in nginx.get("/").text)

    with load(nginx, *ASKED) as more:
        for host in hosts:
            more()
            host.kill()
            more()
            host.start()
        more()
        postgres.stop()
        more()
        postgres.start()
        with closing(redis.Redis.from_url(shared.url)) as client:
            client.flushall()
        more()
        shared.stop()
        more()
        shared.start()
        more()
        hosts[0].reload()  # a start publishes at once, and spares us the half minute
        wait_until(lambda: [h.get("/readyz").status for h in hosts] == [200] * 2)

    # Soon, as a worker leaves a failed cache for 2 s.
    servers = [*hosts, nginx] * 20
    wait_until(lambda: all(message in server.get("/").text for server in servers))
