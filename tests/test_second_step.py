"""Whoever has a second step never signs in without it, and everybody can have one."""

import re
from base64 import b32decode

import pytest
from django.urls import reverse
from django_otp import user_has_device
from django_otp.oath import totp
from django_otp.plugins.otp_static.models import StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice
from playwright.sync_api import expect

from pages.models import SecondStepForAll
from pages.second_step import new_recovery_codes
from tests import ROOT
from tests.server import Site

LOGIN, INDEX, PAGE = map(reverse, ["admin:login", "admin:index", "admin:second_step"])
WRONG = "Enter a code from your authenticator app, or a recovery code."
PASSWORD = "a long secret"
WIDTH = "document.documentElement.scrollWidth"
ADD_BO = """
from django.contrib.auth.models import User
User.objects.create_user("bo", password="bos secret", is_staff=True)
"""
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


def sign_in(client, code="", password=PASSWORD, name="ann", **extra):
    values = {"username": name, "password": password, "code": code}
    return client.post(LOGIN, values, **extra)


def is_in(client):
    return client.get(INDEX).status_code == 200


def test_password_and_code_sign_in_and_the_code_does_so_once(client, ann):
    code = code_for(ann.app.bin_key)

    first = sign_in(client, f"{code[:3]} {code[3:]}")
    in_now = is_in(client)
    client.logout()
    second = sign_in(client, code)

    assert (first.status_code, in_now) == (302, True)
    assert WRONG in second.text
    assert not is_in(client)


def test_a_recovery_code_signs_in_once_and_is_kept_only_as_a_hash(client, ann, caplog):
    codes = new_recovery_codes(ann)
    kept = str(list(StaticToken.objects.values_list("token", flat=True)))

    first = sign_in(client, codes[3])
    client.logout()
    second = sign_in(client, codes[3])

    assert len(set(codes)) == len(re.findall(r"\b[0-9a-f]{16}\b", kept)) == 10
    assert (first.status_code, second.status_code) == (302, 200)
    assert StaticToken.objects.count() == 9
    assert "ann used a recovery code" in caplog.text
    assert not any(c.replace(" ", "") in kept or c in caplog.text for c in codes)


def test_another_persons_codes_are_of_no_use(client, ann, django_user_model):
    bo = django_user_model.objects.create_user("bo", password="x", is_staff=True)
    app = TOTPDevice.objects.create(user=bo, name="app")

    tries = [new_recovery_codes(bo)[0], code_for(app.bin_key), "", "000000"]

    assert all(WRONG in sign_in(client, code).text for code in tries)
    assert not is_in(client)


def test_whether_there_is_a_second_step_is_told_only_after_the_password(client, ann):
    def told(**values):
        answer = sign_in(client, password="wrong", **values)
        found = re.findall(r'class="errornote">\s*(.*?)\s*<', answer.text, re.DOTALL)
        return answer.status_code, *found

    assert told() == told(code="000000") == told(name="nobody", code="000000")
    assert WRONG in sign_in(client).text


def test_wrong_codes_are_counted_like_wrong_passwords(client, ann):
    answers = [sign_in(client, "000000") for _ in range(5)]

    sixth = sign_in(client, new_recovery_codes(ann)[0])

    assert all(WRONG in answer.text for answer in answers)
    assert (sixth.status_code, "Too many tries." in sixth.text) == (429, True)


def test_codes_from_many_addresses_make_the_app_wait_but_no_recovery(client, ann):
    for n in range(3):
        sign_in(client, "000000", REMOTE_ADDR=f"203.0.113.{n}")

    assert WRONG in sign_in(client, code_for(ann.app.bin_key)).text
    assert sign_in(client, new_recovery_codes(ann)[0]).status_code == 302


def test_an_open_session_of_before_is_asked(front_desk):
    app = TOTPDevice.objects.create(user=front_desk.user, name="app")

    after = front_desk.get(INDEX)
    page = front_desk.get(after.url).text
    sign_in(front_desk, code_for(app.bin_key))
    in_again = is_in(front_desk)
    TOTPDevice.objects.all().delete()
    TOTPDevice.objects.create(user=front_desk.user, name="another app")

    assert after.url.startswith(LOGIN)
    assert "please sign in once more, with a code" in page
    assert in_again
    assert not is_in(front_desk)


def test_a_reset_password_leads_not_past_it(client, ann):
    ann.set_password("another secret")
    ann.save()

    assert WRONG in sign_in(client, password="another secret").text
    assert not is_in(client)


def shown_key(client):
    return client.get(PAGE).context["key"]


def post(client, code, password=PASSWORD, **button):
    return client.post(PAGE, {"password": password, "code": code} | button)


def test_it_is_set_up_changed_and_removed_only_with_password_and_code(front_desk):
    key = shown_key(front_desk)
    devices = TOTPDevice.objects.filter(user=front_desk.user)
    post(front_desk, "000000")
    devices.update(throttling_failure_count=0)  # as if a while had passed
    devices.create(user=front_desk.user, name="never set up", confirmed=False)
    post(front_desk, code_for(key), password="wrong")
    nothing_yet = not user_has_device(front_desk.user)
    codes = post(front_desk, code_for(key)).context["codes"]
    post(front_desk, "", remove="")
    post(front_desk, codes[0], password="wrong", remove="")
    still_there = devices.count() == 1
    renewed = post(front_desk, codes[1], renew="").context["codes"]
    post(front_desk, codes[2], remove="")
    codes_of_before_work = not devices.exists()
    post(front_desk, renewed[0], remove="")

    assert nothing_yet
    assert still_there
    assert not codes_of_before_work
    assert not devices.exists()
    assert not StaticToken.objects.exists()


def test_no_other_session_has_seen_the_key(front_desk):
    first, same = shown_key(front_desk), shown_key(front_desk)
    front_desk.logout()
    front_desk.force_login(front_desk.user)

    assert first == same != shown_key(front_desk)


def test_another_owner_removes_it_and_nobody_their_own_so(
    admin_client, admin_user, ann
):
    post(admin_client, code_for(shown_key(admin_client)), password="password")

    admin_client.post(
        reverse("admin:auth_user_changelist"),
        {"action": "remove_of_others", "_selected_action": [ann.pk, admin_user.pk]},
    )

    assert [device.user for device in TOTPDevice.objects.all()] == [admin_user]
    assert is_in(admin_client)


def test_the_front_desk_cannot_switch_what_everybody_needs(client, ann):
    sign_in(client, code_for(ann.app.bin_key))

    client.post(PAGE, {"everybody": "yes"})
    by_front_desk = SecondStepForAll.objects.exists()
    SecondStepForAll.objects.create()
    client.post(PAGE, {"everybody": "no"})

    assert not by_front_desk
    assert SecondStepForAll.objects.exists()


@pytest.mark.parametrize("name", ["index", "pages_clinic_add", "password_change"])
def test_where_everybody_needs_one_each_address_leads_to_it(front_desk, name):
    SecondStepForAll.objects.create()

    answer = front_desk.get(reverse(f"admin:{name}"))
    pressed = front_desk.post(reverse("admin:pages_clinic_press"), {"accepting": "yes"})

    assert answer.url == pressed.url == PAGE
    assert front_desk.get(PAGE).status_code == 200
    assert front_desk.post(reverse("admin:logout")).status_code == 200


@pytest.fixture
def phone(browser, tmp_path):
    options = {"viewport": {"width": 360, "height": 740}, "java_script_enabled": False}
    with Site(tmp_path / "data").prepare() as site:
        tab = browser.new_page(base_url=site.origin, **options)
        tab.site, tab.blocked = site, []
        tab.on("console", lambda message: tab.blocked.append(message.text))
        yield tab
        tab.close()
    assert not [text for text in tab.blocked if "Content Security" in text]


def enter(tab, name, password, code=""):
    tab.goto(INDEX)
    tab.get_by_label("Username").fill(name)
    tab.get_by_label("Password").fill(password)
    tab.get_by_label("Code").fill(code)
    tab.get_by_role("button", name="Log in").click()


def set_up(tab, password):
    """Do what the page says, with the key that it shows; return key and codes."""
    key = tab.locator("#key").inner_text()
    expect(tab.locator(".qr svg")).to_be_in_viewport()
    assert tab.evaluate(WIDTH) == 360
    tab.get_by_label("Password").fill(password)
    tab.get_by_label("Code").fill(code_for(key))
    tab.get_by_role("button", name="Set up").click()
    expect(tab.get_by_role("listitem")).to_have_count(10)
    assert tab.evaluate(WIDTH) == 360
    return key, tab.locator(".codes code").all_inner_texts()


def test_on_a_phone_from_the_set_up_list_to_a_lost_phone(phone):
    site = phone.site
    site.manage("shell", "--command", ADD_BO)
    desk = phone.get_by_role("heading", name="Front desk")
    enter(phone, "owner", site.password)
    phone.get_by_role("link", name="Set up your second step to sign in.").click()
    key, codes = set_up(phone, site.password)
    phone.get_by_role("link", name="I have written them down").click()
    expect(phone.get_by_text("Set up your second step")).to_have_count(0)

    phone.get_by_role("link", name="Second step", exact=True).click()
    phone.get_by_role("button", name="Everybody needs a second step").click()
    expect(phone.get_by_role("button", name="Let everybody choose")).to_be_visible()
    phone.context.clear_cookies()
    enter(phone, "owner", site.password)
    expect(phone.get_by_text(WRONG)).to_be_visible()
    assert phone.evaluate(WIDTH) == 360
    enter(phone, "owner", site.password, code_for(key, later=1))
    expect(desk).to_be_visible()
    phone.context.clear_cookies()
    enter(phone, "owner", site.password, codes[0])
    expect(desk).to_be_visible()

    phone.context.clear_cookies()
    enter(phone, "bo", "bos secret")
    expect(phone.get_by_text("Everybody here needs a second step.")).to_be_visible()
    lost, bos_codes = set_up(phone, "bos secret")
    guide = (ROOT / "docs" / "deploy.md").read_text()
    command = re.search(r'manage.py shell --command "(.*remove.*?)"', guide, re.S)[1]
    told = [site.manage("shell", "-c", command.replace("NAME", "bo")) for _ in "ab"]
    assert [it.split()[-1] for it in told] == ["True", "False"]
    phone.context.clear_cookies()
    enter(phone, "bo", "bos secret")
    expect(phone.get_by_text("Everybody here needs a second step.")).to_be_visible()

    log = site.log.read_text()
    assert "owner set up a second step" in log
    assert "owner: everybody needs it: yes" in log
    assert not any(secret in log for secret in (key, lost, *codes, *bos_codes))
