"""A person on a phone, with docs/staff.md, does what the front desk does."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests import screens
from tests.server import Site

MESSAGE = "We plan to open our list again in spring."


@pytest.fixture(scope="module")
def office(tmp_path_factory):
    """A running site whose state these tests may change."""
    site = Site(tmp_path_factory.mktemp("office"), ACCEPTING_NEW_PATIENTS="true")
    with site.prepare():
        yield site


@pytest.fixture
def blocked():
    """What the content policy blocks; anything fails the test."""
    blocked = []
    yield blocked
    assert blocked == []


@pytest.fixture(params=[360, 1280])
def tab(browser, office, blocked, request):
    """The first page, just signed in."""
    context = browser.new_context(
        base_url=office.origin, viewport={"width": request.param, "height": 740}
    )
    context.add_init_script(path=screens.MEASURE)
    tab = context.new_page()
    tab.on(
        "console",
        lambda message: (
            "Content Security" in message.text and blocked.append(message.text)
        ),
    )
    tab.goto("/admin/")
    tab.get_by_label("Username").fill("owner")
    tab.get_by_label("Password").fill(office.password)
    tab.get_by_label("Password").press("Enter")
    expect(tab.get_by_role("heading", name="Front desk")).to_be_visible()
    yield tab
    context.close()


def sees(tab, words):
    heading = tab.get_by_role("heading", name=f"Visitors see: {words}", exact=True)
    expect(heading).to_be_visible()


def press(tab, name):
    tab.get_by_role("button", name=name, exact=True).first.click()


def set_open(tab, wanted):
    button = tab.locator("button[name=accepting]")
    if button.get_attribute("value") == ("yes" if wanted else "no"):
        button.click()


def test_one_press_switches_and_one_takes_it_back(tab, visitor, office):
    set_open(tab, True)

    press(tab, "Stop accepting new patients")
    sees(tab, "not accepting new patients")
    visitor.goto(f"{office.origin}/")
    expect(visitor.locator(".banner")).to_be_visible()
    press(tab, "Undo")
    sees(tab, "accepting new patients")
    visitor.reload()

    expect(visitor.locator(".banner")).to_have_count(0)


def test_another_tab_presses_the_same_button_in_vain(tab):
    set_open(tab, True)
    other = tab.context.new_page()
    other.goto("/admin/")

    press(tab, "Stop accepting new patients")
    press(other, "Stop accepting new patients")

    sees(other, "not accepting new patients")
    expect(other.get_by_text("Nothing to do: it was so already.")).to_be_visible()


def test_message_hours_and_a_holiday_are_entered_on_one_form(tab, visitor, office):
    set_open(tab, False)

    tab.get_by_role("link", name="Change the message").click()
    tab.get_by_label("Message").fill(MESSAGE)
    tab.get_by_label("Office hours").fill("mon-thu 9am-4:30pm\nfri 9am-noon")
    tab.get_by_label("Days closed").fill("jan 1: New Year’s Day")
    press(tab, "Save")
    expect(tab.locator(".banner")).to_contain_text(MESSAGE)
    visitor.goto(f"{office.origin}/contact/")

    expect(visitor.locator(".banner")).to_contain_text(MESSAGE)
    hours = visitor.get_by_role("table", name="When our office is open")
    expect(hours.get_by_role("row").first).to_contain_text("Monday to Thursday")
    expect(visitor.get_by_text("New Year’s Day")).to_be_visible()


def test_everything_works_by_keyboard(tab):
    set_open(tab, True)
    button = tab.locator("button[name=accepting]")

    for _ in range(60):
        tab.keyboard.press("Tab")
        if button.evaluate("button => button === document.activeElement"):
            break
    focus = tab.evaluate("measure.focused()")
    tab.keyboard.press("Enter")

    assert min(focus["ring"], focus["contrast"]) >= 3
    sees(tab, "not accepting new patients")


def test_what_is_wrong_is_in_sight_and_leads_to_its_field(tab):
    tab.get_by_role("link", name="Change office hours").click()
    expect(tab.get_by_label("Office hours")).to_be_in_viewport(ratio=1)
    expect(tab.locator("label", has_text="Office hours")).to_be_in_viewport(ratio=1)

    tab.get_by_label("Office hours").fill("Mon 9 to 5")
    press(tab, "Save")
    told = tab.locator(".errornote", has_text="“Mon 9 to 5” is not understood")
    expect(told).to_be_in_viewport()
    told.get_by_role("link", name="Office hours").click()

    expect(tab.get_by_label("Office hours")).to_be_focused()
    expect(tab.get_by_label("Office hours")).to_have_value("Mon 9 to 5")


def test_it_works_without_scripts(browser, office):
    with browser.new_context(
        base_url=office.origin, java_script_enabled=False
    ) as context:
        tab = context.new_page()
        tab.goto("/admin/")
        tab.get_by_label("Username").fill("owner")
        tab.get_by_label("Password").fill(office.password)
        press(tab, "Log in")
        set_open(tab, True)
        press(tab, "Stop accepting new patients")

        sees(tab, "not accepting new patients")


@pytest.mark.parametrize("path", ["/admin/", "/admin/pages/clinic/1/change/"])
def test_nothing_hangs_over_the_edge_and_axe_finds_no_barrier_of_ours(
    tab, path, blocked
):
    tab.goto(path)
    width = tab.evaluate("document.documentElement.scrollWidth")

    results = Axe().run(tab, context=".desk")
    blocked.clear()  # of what axe itself tries

    assert width == tab.viewport_size["width"]
    assert results.violations_count == 0, results.generate_report()
