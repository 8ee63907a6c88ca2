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
WRONG = "Enter the next code that your app shows, or an unused recovery code."
pytestmark = pytest.mark.django_db


def code_for(key, later=0):
    """Return what an app shows that was given this key, `later` steps from now."""
    return f"{totp(b32decode(key.replace(' ', '')), t0=-30 * later):06}"


def sign_in(client, code):
    typed = {"username": "ann", "password": Site.password, "code": code}
    return client.post(LOGIN, typed)


def is_in(client):
    return client.get(INDEX).status_code == 200


def shown_key(client):
    return client.get(PAGE).context["key"]


def post(client, code, password=Site.password, **button):
    return client.post(PAGE, {"password": password, "code": code} | button)


def set_up(client, **password):
    key = shown_key(client)
    return key, post(client, code_for(key), **password).context["codes"]


def test_once_set_up_no_session_is_without_it_and_no_code_is_good_twice_or_for_others(
    front_desk, admin_client, admin_user, settings
):
    """A copy of the session that set it up, or takes it, is not in either."""
    settings.OTP_TOTP_THROTTLE_FACTOR = 0  # so that each is refused for what it is
    open_before, copy = Client(), Client()
    open_before.force_login(front_desk.user)
    copy.cookies.update(front_desk.cookies)
    assert shown_key(open_before) != shown_key(front_desk)
    key, _ = set_up(front_desk)
    used, good = code_for(key), code_for(key, later=1)
    of_another = code_for(shown_key(admin_client)), new_recovery_codes(admin_user)[0]

    assert is_in(front_desk)
    assert not is_in(copy)
    asked = open_before.get(INDEX, follow=True).text
    assert "please sign in once more, with a code" in asked
    copy.cookies.update(open_before.cookies)
    for useless in ("", used, *of_another):
        assert WRONG in sign_in(open_before, useless).text
    assert not is_in(open_before)
    sign_in(open_before, f"{good[:3]} {good[3:]}")
    assert [is_in(client) for client in (open_before, copy)] == [True, False]


def test_a_wrong_code_is_counted_and_makes_the_app_wait_but_no_recovery(
    front_desk, settings
):
    key, codes = set_up(front_desk)
    settings.OTP_TOTP_THROTTLE_FACTOR = 60 * TOTPDevice().get_throttle_factor()

    for useless in ("000000", code_for(key, later=1)):
        assert WRONG in sign_in(front_desk, useless).text
    assert sign_in(front_desk, codes[0]).url == INDEX
    answers = [sign_in(front_desk, "000000").status_code for _ in range(6)]
    assert answers == [200] * 5 + [429]


def test_it_is_changed_and_removed_only_with_password_and_code_or_by_another_owner(
    front_desk, admin_client, admin_user
):
    """And where everybody needs one, each address leads to it until an owner says."""
    SecondStepForAll.objects.create()
    key, user = shown_key(front_desk), front_desk.user

    post(front_desk, code_for(key), password="wrong")
    assert WRONG in post(front_desk, "000000").text
    assert not TOTPDevice.objects.exists()
    for name in ("admin:password_change", "admin:pages_clinic_changelist"):
        answer = front_desk.post(reverse(name), {"accepting": "yes"}, follow=True)
        assert answer.redirect_chain == [(PAGE, 302)]
        assert "nothing was saved" in answer.text
    _, codes = set_up(front_desk)
    front_desk.post(PAGE, {"everybody": "no"})
    assert SecondStepForAll.objects.exists()
    renewed = post(front_desk, codes[0], renew="").context["codes"]
    for useless in ("", codes[1]):
        post(front_desk, useless, remove="")
        assert user_has_device(user)
    post(front_desk, renewed[0], remove="")
    assert not [*TOTPDevice.objects.all(), *StaticToken.objects.all()]

    set_up(front_desk)
    set_up(admin_client, password="password")
    lost = {"action": "phone_lost", "_selected_action": [user.pk, admin_user.pk]}
    admin_client.post(reverse("admin:auth_user_changelist"), lost)
    assert [device.user for device in TOTPDevice.objects.all()] == [admin_user]
    assert is_in(admin_client)


@pytest.mark.parametrize("scripts", [False, True])
def test_on_a_phone_from_the_set_up_list_to_a_lost_phone(browser, tmp_path, scripts):
    """Without scripts; and with them, by somebody who always clicks twice."""
    options = {
        "viewport": {"width": 360, "height": 740},
        "java_script_enabled": scripts,
    }
    guide = (ROOT / "docs" / "deploy.md").read_text()
    remove = re.search(r'manage.py shell --command "(.*remove.*?)"', guide, re.S)[1]

    def fill(**boxes):
        for label, text in boxes.items():
            tab.get_by_label(label).fill(text)

    def enter(code=""):
        tab.context.clear_cookies()
        tab.goto(INDEX)
        fill(Username="owner", Password=site.password, Code=code)
        press("Log in")

    def press(name, role="button"):
        twice = scripts and role == "button"
        tab.get_by_role(role, name=name, exact=True).click(
            delay=30, click_count=1 + twice
        )

    def sees(words):
        expect(tab.get_by_text(words)).to_be_visible()

    with (
        Site(tmp_path / "data").prepare() as site,
        browser.new_page(base_url=site.origin, **options) as tab,
    ):
        tab.goto(INDEX)
        sees("Forgot your password? Ask an owner")
        enter()
        press("Set up your second step to sign in.", "link")
        key = tab.locator("#key").inner_text()
        expect(tab.locator(".qr svg")).to_be_in_viewport()
        fill(Password=site.password, Code=code_for(key))
        press("Set up")
        expect(tab.get_by_role("listitem")).to_have_count(10)
        assert tab.evaluate("document.documentElement.scrollWidth") == 360
        codes = tab.locator(".codes code").all_inner_texts()
        press("I have written them down", "link")
        press("Second step", "link")
        press("Everybody needs a second step")
        sees("Let everybody choose")
        for code in (code_for(key, later=1), codes[3]):
            enter(code)
            sees("Front desk")
        enter(codes[3])  # which signs in once, and is kept only as a hash
        sees(WRONG)
        kept = site.manage("dumpdata", "otp_static")

        removed = site.manage("shell", "--command", remove.replace("NAME", "owner"))
        enter()
        sees("Everybody here needs a second step.")

    log = site.log.read_text()
    assert removed.endswith("True\n")
    deeds = "set up a second step", "everybody needs it: yes", "entered a recovery code"
    assert re.search("(?s)owner.*" + ".*owner.*".join(deeds), log)
    assert len({*re.findall(r'"token": "[0-9a-f]{16}"', kept)}) == 9
    left = (log + kept).replace(" ", "")
    assert not any(secret.replace(" ", "") in left for secret in (key, *codes))
