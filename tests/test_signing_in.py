"""Guessing is slow for strangers, signing in is not for staff, and sessions end."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.urls import reverse
from django.utils import timezone

from pages.guesses import WINDOW
from pages.guesses import networks as networks_of
from pages.models import Guess
from pages.signing_in import BUSY, hashing
from tests.backends import MailServer
from tests.server import Site, Staff, Stranger, wait_until

pytestmark = pytest.mark.django_db
LOGIN, RESET, ADD = "/admin/login/", "/admin/reset/", "/admin/auth/user/add/"
LINK = re.compile(r"http://[^/]+(/admin/reset/\S+)")
TOO_MANY = "Too many tries."
WRONG = "Please enter the correct username and password"
RIGHT = "a long secret"


@pytest.fixture
def tries(client, django_user_model):
    """Return a function that tries to sign in as Ann and returns the answer."""
    django_user_model.objects.create_user("ann", password=RIGHT, is_staff=True)

    def tries(password="wrong", name="ann", via=""):
        client.logout()
        return client.post(
            LOGIN,
            {"username": name, "password": password},
            headers={"X-Forwarded-For": via} if via else {},
            secure=bool(via),  # as from a proxy that gunicorn believes
        )

    return tries


@pytest.fixture(autouse=True)
def behind_a_proxy(settings):
    settings.HTTPS = True


def statuses(tries, times, **values):
    return [tries(**values).status_code for _ in range(times)]


def test_after_five_guesses_no_password_is_looked_at_until_the_time_that_is_told(
    tries, monkeypatch, caplog
):
    """And no guess leaves a name or an address."""
    secrets = {"password": "wr0ng-guess", "via": "203.0.113.99"}
    assert all(WRONG in tries(**secrets).text for _ in range(5))
    made = timezone.now() - timedelta(minutes=14)
    kept_of_five = Guess.objects.update(made_at=made)
    with monkeypatch.context() as patch:
        patch.setattr(MD5PasswordHasher, "encode", lambda *args: 1 / 0)
        sixth = tries(RIGHT, via=secrets["via"])
    kept = f"{list(Guess.objects.values())} {caplog.text}"
    assert Guess.objects.update(made_at=made - timedelta(minutes=1)) == kept_of_five

    free = timezone.localtime(made + WINDOW + timedelta(minutes=1))
    assert sixth.status_code == 429
    assert f"{TOO_MANY} Please wait and try again at {free:%-I:%M %p}." in sixth.text
    assert "A sign-in was locked for a while" in kept
    assert not [it for it in ("ann", RIGHT, *secrets.values()) if it in kept]
    assert tries(name="somebody else").status_code == 200
    assert Guess.objects.count() < kept_of_five  # those of before have left the table
    assert tries(RIGHT).status_code == 302


def test_signing_in_forgets_earlier_typing_errors(tries):
    statuses(tries, 4)
    tries(RIGHT)

    assert statuses(tries, 6) == [200] * 5 + [429]


def test_trying_name_after_name_is_counted_too_and_an_account_is_of_no_help(tries):
    answers = []
    for number in range(60):
        if number % 4 == 0:
            tries(RIGHT)
        answers.append(tries(name=f"name{number}").status_code)

    assert answers == [200] * 20 + [429] * 40


@pytest.mark.parametrize(
    ("secure", "via", "networks"),
    [
        (True, "198.51.100.7, 203.0.113.9", "203.0.113.9"),
        (True, "", "127.0.0.1"),
        (True, "nonsense", "nonsense"),
        (False, "198.51.100.7", "127.0.0.1"),
        (True, "2001:db8:0:1:2:3:4:5", "2001:db8:0:1::/64 2001:db8::/48"),
        (True, "::ffff:203.0.113.9", "203.0.113.9"),
    ],
)
def test_an_address_is_believed_only_from_a_trusted_proxy(rf, secure, via, networks):
    request = rf.get("/", headers={"X-Forwarded-For": via}, secure=secure)

    counted = dict.fromkeys(str(network) for network in networks_of(request))
    assert " ".join(counted) == networks


def test_networks_of_one_provider_are_counted_together(tries):
    for n in range(61):
        answer = tries(name=f"name{n}", via=f"2001:db8:0:{n:x}::1")
        assert answer.status_code == (200 if n < 60 else 429)


def test_who_has_signed_in_here_before_or_is_elsewhere_is_not_locked_out_by_others(
    client, tries
):
    def mine(password):
        answer = client.post(LOGIN, {"username": "ann", "password": password})
        client.post(reverse("admin:logout"))
        return answer.status_code

    tries(RIGHT)
    client.post(reverse("admin:logout"))
    known = client.cookies.copy()
    others = statuses(tries, 6)
    elsewhere = tries(RIGHT, via="198.51.100.7").status_code
    client.cookies = known

    assert (others[-1], elsewhere, mine(RIGHT)) == (429, 302, 302)
    assert [mine("wrong") for _ in range(6)] == [200] * 5 + [429]


def test_nor_does_an_open_session_guess_the_password_faster(front_desk):
    change = reverse("admin:password_change")
    guess = {"old_password": "wrong", "new_password1": RIGHT, "new_password2": RIGHT}

    answers = [front_desk.post(change, guess) for _ in range(6)]

    assert [answer.status_code for answer in answers] == [200] * 5 + [302]
    assert TOO_MANY in front_desk.get(change).text


def test_one_password_is_hashed_at_a_time_and_who_comes_meanwhile_is_told(tries):
    with hashing:
        busy = tries(RIGHT)

    assert (busy.status_code, BUSY in busy.text) == (429, True)
    assert tries(RIGHT).status_code == 302


def test_unknown_disabled_and_mistyped_are_answered_alike(tries, django_user_model):
    """And a second step is told of only after the password."""
    make = django_user_model.objects.create_user
    make("off", password=RIGHT, is_active=False)
    make("visitor", password=RIGHT)
    django_user_model.objects.create(username="has none yet", is_staff=True)
    make("two", password=RIGHT, is_staff=True).totpdevice_set.create(name="app")

    names = "nobody", "off", "visitor", "has none yet"
    answers = [tries(RIGHT, name) for name in names]
    answers += [tries(name="ann"), tries(name="two")]

    errors = [re.findall(r'errornote">\s*(.*?)\s*<', it.text) for it in answers]
    assert {answer.status_code for answer in answers} == {200}
    assert WRONG in str(errors[0])
    assert errors == errors[:1] * 6


def test_many_guesses_at_once_on_all_workers_get_no_further(site):
    stranger = Stranger(site)
    values = stranger.fill(LOGIN, username="nobody", password="wrong")
    with ThreadPoolExecutor(24) as pool:
        answers = [*pool.map(lambda _: stranger.send(LOGIN, values), range(24))]

    got = [answer.status for answer in answers]
    assert set(got) <= {200, 429}
    assert got.count(200) <= 5


def test_by_mail_staff_are_invited_and_set_a_forgotten_password_anew(tmp_path):
    with (
        MailServer() as mail,
        Site(tmp_path / "data", EMAIL_URL=mail.url).prepare() as site,
    ):
        owner, bo = Staff(site), Stranger(site)

        def follow(link, password):
            """Set a password by the link; return what then comes of it."""
            form = bo.ask(link).headers["Location"]
            bo.post(form, new_password1=password, new_password2=password)
            bo.post(LOGIN, username="bo", password=password)
            page = bo.ask("/admin/").text
            bo.cookies.clear()
            return "Visitors see" in page

        def ask_for_mail(name):
            return bo.post(RESET, email=f"{name}@example.org")

        assert f'href="{RESET}"' in bo.ask(LOGIN).text
        new = {"username": "bo", "email": "bo@example.org", "is_superuser": None}
        owner.post(ADD, **new)
        (invitation,) = wait_until(lambda: mail.received)
        assert "You sign in there as bo." in invitation
        links = LINK.findall(invitation)
        assert follow(links[0], "new secret 9")
        known, unknown = ask_for_mail("bo"), ask_for_mail("nobody")
        (message,) = wait_until(lambda: mail.received[1:])
        assert (known.status, known.body) == (unknown.status, unknown.body)
        assert "From: desk@example.org" in message
        links += LINK.findall(message)
        assert follow(links[1], "newer secret 9")
        assert [ask_for_mail("bo").status for _ in range(3)] == [302] * 3
        assert TOO_MANY in ask_for_mail("bo").text
        log = site.log.read_text()

    assert not [link for link in links if link.split("/")[-2] in log]
