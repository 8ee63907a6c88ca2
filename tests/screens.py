"""Every screen that a visitor can meet, and how tests look at it in a browser."""

from django.template.loader import render_to_string

from pages.hours import tidy_hours
from pages.models import Clinic
from tests import ROOT

PATHS = {
    "home": "/",
    "about_ketamine": "/about-ketamine/",
    "how_it_works": "/how-it-works/",
    "how_its_given": "/how-its-given/",
    "contact": "/contact/",
    "good_faith_estimate": "/good-faith-estimate/",
    "about_this_site": "/about-this-site/",
}
ERRORS = ("400", "403", "403_csrf", "404", "500", "503", "refused")
SCREENS = (*PATHS, "404", "500")  # the other errors are built as one of these two

ORIGIN = "http://testserver"
MEASURE = ROOT / "tests" / "measure.js"

# Nothing may rest on one font's widths. Debian's package of each:
# fonts-crosextra-carlito and fonts-dejavu-core.
NARROW, WIDE = "Carlito", "DejaVu Sans"
HOURS = tidy_hours("9-12:30, 1:30-5")


def kept(first, last=None, hours="", what_for="x"):
    return {"first": first, "last": last or first, "hours": hours, "what_for": what_for}


LONGEST_FACTS = {
    "message": (
        "We plan to open our list again in spring. Until then, please see what your "
        "own doctor advises, or look at https://www.example.org/"
    ).ljust(200, "x"),
    "name": "Interventional Anesthesiology and Ketamine Infusion Clinic".ljust(80, "x"),
    "street": "50000 Meadows-and-Kruse-Way Boulevard, Suite 2300".ljust(80, "x"),
    "city": "Lake Oswego".ljust(40, "x"),
    "zip_code": "97035-1234",
    **dict.fromkeys(("monday", "tuesday", "wednesday", "thursday"), HOURS),
    "friday": "9 am to 1 pm",
    "by_appointment_only": True,
    "exceptions": [
        kept("2099-12-24", hours=HOURS, what_for="W" * 60),
        kept("2099-12-25", "2100-01-02", what_for="Christmas"),
    ],
    "privacy_notice": "https://www.example.org/privacy",
    "nondiscrimination_notice": "https://www.example.org/nondiscrimination",
}


def set_up(tab, width=360, height=740, **media):
    """Give the tab a size and the visitor's wishes, and none that it had before."""
    wishes = "media", "color_scheme", "contrast", "forced_colors"
    tab.set_viewport_size({"width": width, "height": height})
    tab.emulate_media(**dict.fromkeys(wishes, "null") | media)


def show(tab, screen, accepting=False):
    """Open a page; or an error page's own HTML, with the files of the running site."""
    if screen in PATHS:
        tab.goto(PATHS[screen])
        return
    clinic = Clinic(accepting_new_patients=accepting)
    html = render_to_string(f"{screen}.html", {"clinic": clinic})
    answer = {"body": html, "content_type": "text/html"}
    tab.route("**/error", lambda route: route.fulfill(**answer), times=1)
    tab.goto("/error")


def wear(tab, font, css=""):
    """Put them on top of the open page's styles; .ci/run installs the fonts."""
    family = f"* {{ font-family: '{font}' !important }}"
    tab.add_style_tag(content=family + css)
