"""Guessing is slow for strangers, signing in is not for staff, and sessions end."""

import re
import socketserver
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.hashers import MD5PasswordHasher
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from pages.models import Guess
from pages.signing_in import BUSY, WINDOW, hashing, networks
from tests.server import Site, Stranger, wait_until

LOGIN = reverse("admin:login")
TOO_MANY = "Too many tries."
WRONG = "Please enter the correct username and password"


@pytest.fixture
def ann(django_user_model):
    return django_user_model.objects.create_user(
        "ann", "ann@example.org", "a long secret", is_staff=True
    )


@pytest.fixture(autouse=True)
def behind_a_proxy(settings):
    settings.HTTPS = True


def sign_in(client, name="ann", password="wrong", peer="127.0.0.1", via=""):
    return client.post(
        LOGIN,
        {"username": name, "password": password},
        REMOTE_ADDR=peer,
        headers={"X-Forwarded-For": via} if via else {},
        secure=bool(via),  # as from a proxy that gunicorn believes
    )


@pytest.mark.django_db
def test_after_five_guesses_no_password_is_even_looked_at(client, ann, monkeypatch):
    answers = [sign_in(client) for _ in range(5)]
    hashed = []
    monkeypatch.setattr(MD5PasswordHasher, "encode", lambda *args: hashed.append(args))

    sixth = sign_in(client, password="a long secret")

    assert [answer.status_code for answer in answers] == [200] * 5
    assert all(WRONG in answer.text for answer in answers)
    assert sixth.status_code == 429
    assert TOO_MANY in sixth.text
    assert hashed == []


@pytest.mark.django_db
def test_the_answer_says_when_to_try_again_and_then_it_works(client, ann):
    for _ in range(5):
        sign_in(client)
    made = timezone.now() - timedelta(minutes=14)
    Guess.objects.update(made_at=made)

    refused = sign_in(client, password="a long secret").text
    Guess.objects.update(made_at=made - timedelta(minutes=1))

    free = timezone.localtime(made + WINDOW + timedelta(minutes=1))
    assert f"try again at {free:%-I:%M %p}." in refused
    assert sign_in(client, password="a long secret").status_code == 302


@pytest.mark.django_db
def test_guesses_that_no_longer_count_leave_the_table(client):
    for _ in range(3):
        sign_in(client)
    Guess.objects.update(made_at=timezone.now() - WINDOW)

    sign_in(client, name="somebody else")

    assert Guess.objects.count() == 1


@pytest.mark.django_db
def test_strangers_elsewhere_do_not_lock_anybody_out(client, ann):
    for _ in range(9):
        sign_in(client, via="203.0.113.9")

    answer = sign_in(client, password="a long secret", via="198.51.100.7")

    assert answer.status_code == 302


@pytest.mark.django_db
def test_signing_in_forgets_earlier_typing_errors(client, ann):
    for _ in range(4):
        sign_in(client)
    sign_in(client, password="a long secret")
    client.logout()

    assert [sign_in(client).status_code for _ in range(5)] == [200] * 5


@pytest.mark.django_db
def test_an_empty_password_does_not_start_the_count_anew(client, ann):
    for _ in range(5):
        sign_in(client)

    sign_in(client, password="")

    assert sign_in(client).status_code == 429


@pytest.mark.django_db
def test_trying_name_after_name_is_counted_too(client):
    answers = [sign_in(client, name=f"name{n}").status_code for n in range(21)]

    assert answers == [200] * 20 + [429]


@pytest.mark.django_db
def test_who_has_an_account_gets_no_further_with_those_of_others(client, ann):
    answers = []
    for number in range(60):
        if number % 4 == 0:
            sign_in(client, password="a long secret")
            client.logout()
        answers.append(sign_in(client, name=f"name{number}").status_code)

    assert answers == [200] * 20 + [429] * 40


@pytest.mark.parametrize(
    ("secure", "via", "here", "around"),
    [
        (True, "203.0.113.9", "203.0.113.9/32", "203.0.113.9/32"),
        (True, "198.51.100.7, 203.0.113.9", "203.0.113.9/32", "203.0.113.9/32"),
        (True, "", "127.0.0.1/32", "127.0.0.1/32"),
        (True, "nonsense", "nonsense", "nonsense"),
        (False, "198.51.100.7", "127.0.0.1/32", "127.0.0.1/32"),
        (True, "2001:db8:0:1:2:3:4:5", "2001:db8:0:1::/64", "2001:db8::/48"),
        (True, "::ffff:203.0.113.9", "203.0.113.9/32", "203.0.113.9/32"),
    ],
)
def test_an_address_is_believed_only_from_a_trusted_proxy(
    rf, secure, via, here, around
):
    request = rf.get("/", headers={"X-Forwarded-For": via}, secure=secure)

    assert [str(network) for network in networks(request)] == [here, around]


@pytest.mark.django_db
def test_networks_of_one_provider_are_counted_together(client):
    answers = [
        sign_in(client, f"name{n}", via=f"2001:db8:0:{n:x}::1").status_code
        for n in range(61)
    ]

    assert answers == [200] * 60 + [429]


@pytest.mark.django_db
def test_who_has_signed_in_here_before_is_not_locked_out_by_others(client, ann):
    sign_in(client, password="a long secret")
    client.post(reverse("admin:logout"))
    stranger = Client()
    answers = [sign_in(stranger) for _ in range(6)]

    mine = sign_in(client, password="a long secret")
    client.post(reverse("admin:logout"))
    guesses = [sign_in(client).status_code for _ in range(6)]

    assert answers[-1].status_code == 429
    assert mine.status_code == 302
    assert guesses == [200] * 5 + [429]


@pytest.mark.django_db
def test_of_many_at_once_one_password_is_hashed_and_others_are_told(client, ann):
    with hashing:
        busy = sign_in(client, password="a long secret")

    assert (busy.status_code, BUSY in busy.text) == (429, True)
    assert sign_in(client, password="a long secret").status_code == 302


@pytest.mark.django_db
def test_unknown_disabled_and_mistyped_are_answered_alike(client, ann):
    get_user_model().objects.create_user("off", password="right", is_active=False)
    get_user_model().objects.create_user("visitor", password="right")
    tries = [("ann", "wrong"), ("nobody", "x"), ("off", "right"), ("visitor", "right")]

    answers = [sign_in(client, name, password) for name, password in tries]
    locked = [
        [sign_in(client, name, via=f"203.0.113.{n}") for _ in range(6)][-1]
        for n, name in enumerate(("ann", "nobody"))
    ]

    told = {
        (answer.status_code, *re.findall(r'errornote">\s*(.*?)\s*<', answer.text))
        for answer in answers
    }
    assert len(told) == 1
    assert WRONG in str(told)
    assert {answer.status_code for answer in locked} == {429}


def test_many_guesses_at_once_on_all_workers_get_no_further(tmp_path):
    with Site(tmp_path / "data").prepare() as site:
        stranger = Stranger(site)
        values = stranger.fill("/admin/login/", username="nobody", password="wrong")
        with ThreadPoolExecutor(24) as pool:
            answers = list(
                pool.map(lambda _: stranger.send("/admin/login/", values), range(24))
            )

    statuses = [answer.status for answer in answers]
    assert set(statuses) <= {200, 429}
    assert statuses.count(200) <= 5


@pytest.mark.django_db
def test_no_guess_leaves_a_name_or_an_address(client, caplog):
    for _ in range(6):
        sign_in(client, name="zebedee", password="wr0ng-guess", via="203.0.113.99")

    kept = f"{list(Guess.objects.values())} {caplog.text}"
    assert Guess.objects.count() == 5
    assert "A sign-in was locked for a while" in kept
    for secret in ("zebedee", "203.0.113.99", "wr0ng-guess"):
        assert secret not in kept


@pytest.mark.django_db
def test_a_session_ends_after_eight_hours(client, ann):
    answer = sign_in(client, password="a long secret")

    cookie = answer.cookies["session"]
    assert cookie["max-age"] == 8 * 60 * 60
    assert client.session.get_expiry_age() == 8 * 60 * 60


@pytest.mark.django_db
def test_a_disabled_user_is_out_at_the_next_click(front_desk):
    before = front_desk.get("/admin/").status_code
    front_desk.user.is_active = False
    front_desk.user.save()

    after = front_desk.get("/admin/")

    assert before == 200
    assert after.url.startswith(LOGIN)


@pytest.mark.django_db
def test_signing_out_clears_what_the_browser_kept(front_desk):
    answer = front_desk.post(reverse("admin:logout"))

    assert answer["Clear-Site-Data"] == '"cache", "storage"'
    assert front_desk.get("/admin/").status_code == 302


@pytest.mark.django_db
def test_without_mail_the_sign_in_page_says_whom_to_ask(client):
    page = client.get(LOGIN).text

    assert "Forgot your password? Ask an owner" in page
    assert "password-reset-link" not in page


class MailServer(socketserver.StreamRequestHandler):
    """Just enough SMTP to take a message."""

    def handle(self):
        def say(line):
            self.wfile.write(f"{line}\r\n".encode())

        say("220 ready")
        for line in self.rfile:
            if line.upper().startswith(b"DATA"):
                say("354 go on")
                message = iter(self.rfile.readline, b".\r\n")
                self.server.received.append(b"".join(message).decode())
            say("221 bye" if line.upper().startswith(b"QUIT") else "250 ok")


@pytest.fixture
def mail_server():
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), MailServer) as server:
        server.received = []
        threading.Thread(target=server.serve_forever).start()
        yield server
        server.shutdown()


def test_with_mail_a_forgotten_password_is_set_anew(tmp_path, mail_server):
    """Also of a user called mail, whom no number of mails locks out."""
    port = mail_server.server_address[1]
    site = Site(
        tmp_path / "data", EMAIL_URL=f"smtp://desk%40example.org:@127.0.0.1:{port}"
    ).prepare()
    mine = "username='mail', email='me@example.org'"
    code = f"from django.contrib.auth.models import User as U; U.objects.update({mine})"
    site.manage("shell", "--command", code)
    with site:
        staff = Stranger(site)
        offered = staff.ask("/admin/login/").text
        known = staff.post("/admin/reset/", email="me@example.org")
        unknown = staff.post("/admin/reset/", email="nobody@example.org")
        (message,) = wait_until(lambda: mail_server.received)
        link = re.search(r"http://[^/]+(/admin/reset/\S+)", message).group(1)
        form = staff.ask(link).headers["Location"]
        staff.post(form, new_password1="new secret 9", new_password2="new secret 9")
        more = [staff.post("/admin/reset/", email="me@example.org") for _ in range(4)]
        staff.post("/admin/login/", username="mail", password="new secret 9")
        signed_in = staff.ask("/admin/").status

    assert 'href="/admin/reset/"' in offered
    assert link.split("/")[-2] not in site.log.read_text()
    assert (known.status, known.body) == (unknown.status, unknown.body)
    assert "From: desk@example.org" in message
    assert [answer.status for answer in more] == [302, 302, 302, 200]
    assert TOO_MANY in more[-1].text
    assert signed_in == 200
