"""Guessing is slow for strangers, and signing in is not for staff."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from pages.models import Guess
from pages.signing_in import BUSY, WINDOW, hashing, network
from tests.backends import MailServer
from tests.server import Site, Staff, Stranger, wait_until

pytestmark = pytest.mark.django_db
LOGIN, RESET, ADD = "/admin/login/", "/admin/reset/", "/admin/auth/user/add/"
LINK = re.compile(r"http://[^/]+(/admin/reset/\S+)")
TOO_MANY = "Too many tries."
WRONG = "Please enter the correct username and password"
RIGHT = "a long secret"
CHANGE, STEP = map(reverse, ["admin:password_change", "admin:second_step"])
FIVE_AND_NO_MORE = [200] * 5 + [429]


@pytest.fixture
def tries(front_desk, settings):
    """Return a function that tries to sign in as Ann, from a new browser each time."""
    settings.HTTPS = True  # behind a proxy

    def tries(password="wrong", name="ann", via=""):
        typed = {"username": name, "password": password}
        headers = {"X-Forwarded-For": via}
        return Client().post(LOGIN, typed, headers=headers, secure=True)

    return tries


def test_after_five_guesses_no_password_is_looked_at_until_the_time_that_is_told(
    tries, monkeypatch, caplog
):
    """Earlier typing errors are forgotten; no guess leaves a name or an address."""
    secrets = {"password": "wr0ng-guess", "via": "203.0.113.99"}
    for _ in range(4):
        tries(**secrets)
    assert tries(RIGHT, via=secrets["via"]).status_code == 302
    caplog.clear()
    assert all(WRONG in tries(**secrets).text for _ in range(5))
    made = timezone.now() - timedelta(minutes=14)
    assert Guess.objects.update(made_at=made) == 5
    with monkeypatch.context() as patch:
        patch.setattr(MD5PasswordHasher, "encode", lambda *args: 1 / 0)
        sixth = tries(RIGHT, via=secrets["via"])
    kept = f"{list(Guess.objects.values())} {caplog.text}"
    Guess.objects.update(made_at=made - timedelta(minutes=1))

    free = timezone.localtime(made + WINDOW + timedelta(minutes=1))
    assert sixth.status_code == 429
    assert f"{TOO_MANY} Please wait and try again at {free:%-I:%M %p}." in sixth.text
    assert "A sign-in was locked for a while" in kept
    assert not [it for it in ("ann", RIGHT, *secrets.values()) if it in kept]
    assert tries(name="somebody else").status_code == 200
    assert Guess.objects.count() == 1  # those of before have left the table
    assert tries(RIGHT, via=secrets["via"]).status_code == 302


@pytest.mark.parametrize("via", ["203.0.113.9", "2001:db8:0:{:x}::1"])
def test_trying_name_after_name_is_counted_too_and_an_account_is_of_no_help(tries, via):
    """From one address, and from the networks that one customer may have."""
    for number in range(25):
        here = via.format(number)
        if number == 19:
            assert tries(RIGHT, via=here).status_code == 302
        answer = tries(name=f"name{number}", via=here)
        assert answer.status_code == (200 if number < 20 else 429)


@pytest.mark.parametrize(
    ("via", "counted"),
    [
        ("198.51.100.7, 203.0.113.9", "203.0.113.9"),
        ("", "127.0.0.1"),
        ("nonsense", "nonsense"),
        ("2001:db8:0:1:2:3:4:5", "2001:db8::/48"),
        ("::ffff:203.0.113.9", "::ffff:203.0.113.9"),
    ],
)
def test_an_address_is_believed_only_from_a_trusted_proxy(rf, settings, via, counted):
    settings.HTTPS = True
    for secure, told in ((True, counted), (False, "127.0.0.1")):
        request = rf.get("/", headers={"X-Forwarded-For": via}, secure=secure)
        assert str(network(request)) == told


def test_who_has_signed_in_here_before_or_is_elsewhere_is_not_locked_out_by_others(
    front_desk, tries
):
    def mine(password, name="ann"):
        front_desk.post(reverse("admin:logout"))
        typed = {"username": name, "password": password}
        return front_desk.post(LOGIN, typed).status_code

    assert mine(RIGHT) == 302
    assert [tries().status_code for _ in range(6)] == FIVE_AND_NO_MORE
    assert tries(RIGHT, via="198.51.100.7").status_code == 302
    assert mine(RIGHT) == 302
    assert [mine("wrong") for _ in range(6)] == FIVE_AND_NO_MORE
    names = [mine("wrong", name=f"name{number}") for number in range(16)]
    assert names == [200] * 15 + [429]


@pytest.mark.parametrize(
    ("path", "guess"), [(CHANGE, {"old_password": "x"}), (STEP, {"password": "x"})]
)
def test_nor_does_an_open_session_guess_the_password_faster(front_desk, path, guess):
    answers = [front_desk.post(path, guess, follow=True).text for _ in range(6)]

    assert [TOO_MANY in answer for answer in answers] == [False] * 5 + [True]


def test_two_passwords_are_hashed_at_a_time_and_who_comes_meanwhile_is_told(tries):
    """And has not guessed. Two, as whoever clicks twice needs the second click."""
    with hashing:
        assert tries(RIGHT).status_code == 302
        with hashing:
            busy = tries(RIGHT)

    assert (busy.status_code, BUSY in busy.text) == (429, True)
    assert not Guess.objects.exists()


def test_unknown_disabled_and_mistyped_are_answered_alike(tries, django_user_model):
    """And a second step is told of only after the password."""
    make = django_user_model.objects.create_user
    make("visitor", password=RIGHT)
    make("off", password=RIGHT, is_staff=True, is_active=False)
    django_user_model.objects.create(username="has none yet", is_staff=True)
    make("two", password=RIGHT, is_staff=True).totpdevice_set.create(name="app")

    names = "nobody", "off", "visitor", "has none yet"
    answers = [tries(RIGHT, name) for name in names]
    answers += [tries(name="ann"), tries(name="two")]

    told = re.findall(r'errornote">([^<]*)<', "".join(it.text for it in answers))
    assert {answer.status_code for answer in answers} == {200}
    assert (len(told), len({*told})) == (6, 1)
    assert WRONG in told[0]


def test_many_guesses_at_once_on_all_workers_get_no_further(site):
    stranger = Stranger(site)
    values = stranger.fill(LOGIN, username="nobody", password="wrong")
    with ThreadPoolExecutor(24) as pool:
        sent = pool.map(stranger.send, [LOGIN] * 24, [values] * 24)
        got = [answer.status for answer in sent]

    assert {*got} <= {200, 429}
    assert got.count(200) <= 5


def test_by_mail_staff_are_invited_and_set_a_forgotten_password_anew(tmp_path):
    new = {"username": "bo", "email": "bo@example.org", "is_superuser": None}
    links = []
    with (
        MailServer() as mail,
        Site(tmp_path / "data", EMAIL_URL=mail.url).prepare() as site,
    ):
        bo = Stranger(site)
        Staff(site).post(ADD, **new)
        for password in ("new secret 9", "newer secret 9"):
            wait_until(lambda: mail.received)
            message = mail.received.pop()
            assert "You sign in there as bo." in message
            assert "From: desk@example.org" in message
            links += LINK.findall(message)
            assert f"{site.origin}{links[-1]}" in message
            form = bo.ask(links[-1]).headers["Location"]
            bo.post(form, new_password1=password, new_password2=password)
            assert bo.post(LOGIN, username="bo", password=password).status == 302
            bo.cookies.clear()
            assert f'href="{RESET}"' in bo.ask(LOGIN).text
            site.headers = {"Host": "localhost:1"}  # no link leads where a visitor says
            answers = [bo.post(RESET, email=f"{it}@example.org") for it in ("bo", "no")]
            site.headers = {}
            assert len({(answer.status, answer.body) for answer in answers}) == 1
        for told in (False, True):
            bo.post(RESET, email="bo@example.org")
            assert (TOO_MANY in bo.ask(RESET).text) is told
        log = site.log.read_text()

    assert not [link for link in links if link.split("/")[-2] in log]
