"""A person on a phone, with docs/staff.md, does the front desk's work, and visitors see it."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from tests import screens
from tests.conftest import PAGES
from tests.server import Site
from tests.test_pages import PATHS

FORM = "/admin/pages/clinic/add/"
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


def test_a_press_and_a_save_switch_what_the_next_visitor_sees(tab, visitor, office):
    banner = visitor.locator(".banner")
    set_open(tab, True)

    press(tab, "Stop accepting new patients")
    sees(tab, "not accepting new patients")
    visitor.goto(f"{office.origin}/")
    expect(banner).to_be_visible()
    press(tab, "Undo")
    sees(tab, "accepting new patients")
    visitor.reload()
    expect(banner).to_have_count(0)
    tab.get_by_role("link", name="Change the message").click()
    tab.get_by_label("Accepting new patients").uncheck()
    tab.get_by_label("Message").fill(MESSAGE)
    press(tab, "Save")
    sees(tab, "not accepting new patients")
    visitor.goto(f"{office.origin}/contact/")

    expect(banner).to_contain_text(MESSAGE)


def test_another_tab_presses_the_same_button_in_vain(tab):
    set_open(tab, True)
    other = tab.context.new_page()
    other.goto("/admin/")

    press(tab, "Stop accepting new patients")
    press(other, "Stop accepting new patients")

    sees(other, "not accepting new patients")
    expect(other.get_by_text("Nothing to do: it was so already.")).to_be_visible()


def test_two_who_change_the_same_are_asked_and_their_words_stay(tab):
    tab.goto(FORM)
    other = tab.context.new_page()
    other.goto(FORM)
    now = int(other.get_by_label("Fax").input_value()[-4:])
    theirs, mine = (f"503-555-{(now + more) % 10000:04}" for more in (1, 2))

    other.get_by_label("Fax").fill(theirs)
    press(other, "Save")
    tab.get_by_label("Fax").fill(mine)
    press(tab, "Save")
    asked = tab.locator(".errornote", has_text=f"changed this to “{theirs}”")
    expect(asked).to_be_in_viewport()
    expect(tab.get_by_label("Fax")).to_have_value(mine)
    press(tab, "Save")

    expect(tab.get_by_text("Saved.")).to_be_visible()
    tab.goto(FORM)
    expect(tab.get_by_label("Fax")).to_have_value(mine)


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
    tab.get_by_role("link", name="Change the message").click()
    expect(tab.get_by_label("Message")).to_be_in_viewport(ratio=1)
    expect(tab.locator("label", has_text="Message")).to_be_in_viewport(ratio=1)

    tab.get_by_label("Phone").fill("376 9094")
    press(tab, "Save")
    told = tab.locator(".errornote", has_text="such as 503-376-9094")
    expect(told).to_be_in_viewport()
    told.get_by_role("link", name="Phone").click()

    expect(tab.get_by_label("Phone")).to_be_focused()
    expect(tab.get_by_label("Phone")).to_have_value("376 9094")


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


def test_nothing_hangs_over_the_edge_and_axe_finds_no_barrier_of_ours(tab, blocked):
    for path in (FORM, "/admin/"):
        tab.goto(path)
        width = tab.evaluate("document.documentElement.scrollWidth")
        assert width == tab.viewport_size["width"]

    results = Axe().run(tab, context=".desk")
    blocked.clear()  # of what axe itself tries

    assert results.violations_count == 0, results.generate_report()


@pytest.mark.parametrize("width", [360, 1280])
def test_visitor_reads_every_page_by_following_links(visitor, width):
    visitor.set_viewport_size({"width": width, "height": 740})
    visitor.goto("/")
    read = {"/"}

    for name in PAGES[1:]:
        visitor.locator(f'a[href="{PATHS[name]}"]:visible').first.click()
        expect(visitor.locator("h1")).to_be_visible()
        read.add(visitor.evaluate("location.pathname"))

    assert read == set(PATHS.values())
