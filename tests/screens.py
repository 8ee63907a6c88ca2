"""Every screen that a visitor can meet, for tests in a browser."""

from django.template.loader import render_to_string

from pages.facts import Facts
from pages.models import Clinic
from tests.test_pages import PATHS

ERRORS = ("400", "403", "403_csrf", "404", "500", "503")
SCREENS = (*PATHS, *ERRORS)
STANDING_ALONE = ("500", "503")  # which look for nothing that may be broken


def show(tab, screen, accepting=False):
    """Open a page; or an error page's own HTML, with the files of the running site."""
    if screen in PATHS:
        tab.goto(PATHS[screen])
        return
    facts = Facts.of(Clinic(accepting_new_patients=accepting))
    context = {} if screen in STANDING_ALONE else {"clinic": facts}
    html = render_to_string(f"{screen}.html", context)
    tab.route("**/error", lambda route: route.fulfill(body=html, content_type="text/html"))
    tab.goto("/error")
    tab.unroute("**/error")
