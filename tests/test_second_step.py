"""Whoever has a second step never signs in without it, and everybody can have one."""

import re
from base64 import b32decode

import pytest
from django.test import Client
from django.urls import reverse
from django_otp import user_has_device
from django_otp.oath import totp
from django_otp.plugins.otp_static.models import StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice
from playwright.sync_api import expect

from pages.models import SecondStepForAll
from pages.signing_in import new_recovery_codes
from tests import ROOT
from tests.server import Site

LOGIN, INDEX, PAGE = map(reverse, ["admin:login", "admin:index", "admin:second_step"])
WRONG = "Enter a code from your authenticator app, or a recovery code."
PASSWORD = "a long secret"
pytestmark = pytest.mark.django_db


def code_for(key, later=0):
    """Return what an app shows that was given this key, `later` steps from now."""
    key = key if isinstance(key, bytes) else b32decode(key.replace(" ", ""))
    return f"{totp(key, t0=-30 * later):06}"


@pytest.fixture
def ann(django_user_model):
    """Of the front desk, with a second step."""
    ann = django_user_model.objects.create_user("ann", password=PASSWORD, is_staff=True)
    ann.app = TOTPDevice.objects.create(user=ann, name="app")
    return ann


def sign_in(client, code="", **extra):
    values = {"username": "ann", "password": PASSWORD, "code": code}
    return client.post(LOGIN, values, **extra)


def is_in(client):
    return client.get(INDEX).status_code == 200


def test_a_code_signs_in_once_and_none_or_another_persons_never(
    client, ann, admin_user, settings
):
    settings.OTP_TOTP_THROTTLE_FACTOR = 0  # so that each is refused for what it is
    code = code_for(ann.app.bin_key)
    other = TOTPDevice.objects.create(user=admin_user, name="app")
    useless = code, "", new_recovery_codes(admin_user)[0], code_for(other.bin_key)

    sign_in(client, f"{code[:3]} {code[3:]}")
    assert is_in(client)
    client.logout()
    assert all(WRONG in sign_in(client, it).text for it in useless)
    assert not is_in(client)


def test_wrong_codes_are_counted_and_make_the_app_wait_but_no_recovery(client, ann):
    for n in range(3):
        sign_in(client, "000000", REMOTE_ADDR=f"203.0.113.{n}")

    assert WRONG in sign_in(client, code_for(ann.app.bin_key)).text
    assert sign_in(client, new_recovery_codes(ann)[0]).status_code == 302
    answers = [sign_in(client, "000000").status_code for _ in range(6)]
    assert answers == [200] * 5 + [429]


def copy_of(client):
    """Return another browser that has the same session."""
    copy = Client()
    copy.cookies.load({"session": client.session.session_key})
    return copy


def test_an_open_session_of_before_is_asked_and_no_copy_of_it_gets_in(front_desk):
    app = TOTPDevice.objects.create(user=front_desk.user, name="app")
    copy = copy_of(front_desk)

    asked = front_desk.get(INDEX, follow=True).text
    sign_in(front_desk, code_for(app.bin_key))

    assert "please sign in once more, with a code" in asked
    assert is_in(front_desk)
    assert not is_in(copy)


def shown_key(client):
    return client.get(PAGE).context["key"]


def post(client, code, password=PASSWORD, **button):
    return client.post(PAGE, {"password": password, "code": code} | button)


def test_set_up_changed_and_removed_only_with_password_and_code(front_desk):
    """And where everybody needs one, each address leads to it until an owner says."""
    SecondStepForAll.objects.create()
    user, seen_by_others = front_desk.user, shown_key(front_desk)
    front_desk.logout()
    front_desk.force_login(user)
    key = shown_key(front_desk)
    assert key != seen_by_others
    new = {"name": front_desk.session.session_key, "confirmed": False}
    TOTPDevice.objects.create(user=user, **new)  # as of two tabs at once
    assert key == shown_key(front_desk)
    copy = copy_of(front_desk)

    post(front_desk, code_for(key), password="wrong")
    assert not user_has_device(user)
    for name in ("admin:password_change", "admin:pages_clinic_press"):
        assert front_desk.post(reverse(name), {"accepting": "yes"}).url == PAGE
    codes = post(front_desk, code_for(key)).context["codes"]
    assert not is_in(copy)
    front_desk.post(PAGE, {"everybody": "no"})
    post(front_desk, "", remove="")
    assert user_has_device(user)
    assert is_in(front_desk)
    renewed = post(front_desk, codes[0], renew="").context["codes"]
    post(front_desk, codes[1], remove="")
    assert user_has_device(user)
    post(front_desk, renewed[0], remove="")
    assert not [*TOTPDevice.objects.all(), *StaticToken.objects.all()]
    assert SecondStepForAll.objects.exists()


def test_another_owner_removes_it_and_nobody_their_own_so(
    admin_client, admin_user, ann
):
    post(admin_client, code_for(shown_key(admin_client)), password="password")

    admin_client.post(
        reverse("admin:auth_user_changelist"),
        {"action": "phone_lost", "_selected_action": [ann.pk, admin_user.pk]},
    )

    assert [device.user for device in TOTPDevice.objects.all()] == [admin_user]
    assert is_in(admin_client)


def test_on_a_phone_from_the_set_up_list_to_a_lost_phone(browser, tmp_path):
    options = {"viewport": {"width": 360, "height": 740}, "java_script_enabled": False}
    guide = (ROOT / "docs" / "deploy.md").read_text()
    remove = re.search(r'manage.py shell --command "(.*remove.*?)"', guide, re.S)[1]

    def enter(code=""):
        tab.context.clear_cookies()
        tab.goto(INDEX)
        tab.get_by_label("Username").fill("owner")
        tab.get_by_label("Password").fill(site.password)
        tab.get_by_label("Code").fill(code)
        press("Log in")

    def press(name, role="button"):
        tab.get_by_role(role, name=name, exact=True).click()

    def sees(words):
        expect(tab.get_by_text(words)).to_be_visible()

    with (
        Site(tmp_path / "data").prepare() as site,
        browser.new_page(base_url=site.origin, **options) as tab,
    ):
        tab.goto(INDEX)
        sees("Forgot your password? Ask an owner")
        expect(tab.get_by_text("Forgotten")).to_have_count(0)  # as there is no mail
        enter()
        press("Set up your second step to sign in.", "link")
        key = tab.locator("#key").inner_text()
        expect(tab.locator(".qr svg")).to_be_in_viewport()
        tab.get_by_label("Password").fill(site.password)
        tab.get_by_label("Code").fill(code_for(key))
        press("Set up")
        expect(tab.get_by_role("listitem")).to_have_count(10)
        assert tab.evaluate("document.documentElement.scrollWidth") == 360
        codes = tab.locator(".codes code").all_inner_texts()
        press("I have written them down", "link")
        expect(tab.get_by_text("Set up your second step")).to_have_count(0)

        press("Second step", "link")
        press("Everybody needs a second step")
        expect(tab.get_by_role("button", name="Let everybody choose")).to_be_visible()
        enter()
        sees(WRONG)
        for code in (code_for(key, later=1), codes[3]):
            enter(code)
            expect(tab.get_by_role("heading", name="Front desk")).to_be_visible()
        enter(codes[3])  # which signs in once, and is kept only as a hash
        sees(WRONG)
        kept = site.manage("dumpdata", "otp_static")

        removed = [site.manage("shell", "-c", remove.replace("NAME", "owner"))]
        removed += [site.manage("shell", "-c", remove.replace("NAME", "owner"))]
        enter()
        sees("Everybody here needs a second step.")

    log = site.log.read_text()
    assert [told.split()[-1] for told in removed] == ["True", "False"]
    assert "owner set up a second step" in log
    assert "owner: everybody needs it: yes" in log
    assert "owner entered a recovery code" in log
    assert len({*re.findall(r'"token": "[0-9a-f]{16}"', kept)}) == 9
    written = [code.replace(" ", "") for code in codes]
    assert not any(secret in log + kept for secret in (key, *codes, *written))
