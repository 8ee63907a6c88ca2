"""What machines read: styles, the card for address books, and schema.org's terms."""

import json
import re

from django import template
from django.conf import settings
from django.utils.safestring import mark_safe

from clinic_site.styles import STYLES

register = template.Library()
FOR_HTML = {ord(character): f"\\u{ord(character):04X}" for character in "<>&"}
TYPES = {
    "home": "WebPage",
    "contact": "ContactPage",
    "good_faith_estimate": "WebPage",
    "about_this_site": "AboutPage",
}
ABOUT = {
    "about_ketamine": {"@type": "Drug", "name": "Ketamine"},
    "how_it_works": {"@type": "Drug", "name": "Ketamine"},
    "how_its_given": {"@type": "MedicalTherapy", "name": "Ketamine infusion"},
}


@register.simple_tag
def stylesheet():
    """Return it inside the page, or as a link while it is edited."""
    if settings.DEBUG:
        return mark_safe('<link rel="stylesheet" href="/static/css/site.css">')
    return mark_safe(f"<style>{STYLES}</style>")  # our own file, from nobody else


@register.filter
def vcard(text):
    """Escape a value as RFC 6350 asks."""
    # No HTML: a value that is escaped for it would stand in address books so.
    text = "".join(letter for letter in text if letter.isprintable())
    return mark_safe(re.sub(r"([\\,;])", r"\\\1", text))


def opening_hours(openings, special_openings):
    """Return schema.org's hours: of weekdays, and of days that differ."""
    specs = {
        "openingHoursSpecification": [
            {"dayOfWeek": days, "opens": opens, "closes": closes}
            for days, opens, closes in openings
        ],
        "specialOpeningHoursSpecification": [
            {"validFrom": str(a), "validThrough": str(z), "opens": o, "closes": c}
            for a, z, o, c in special_openings
        ],
    }
    spec = {"@type": "OpeningHoursSpecification"}
    return {name: [spec | it for it in them] for name, them in specs.items() if them}


@register.simple_tag(takes_context=True)
def schema_org(context, title, path):
    page, clinic, origin = (context[name] for name in ("page", "clinic", "origin"))
    this = {"@id": f"{origin}/#clinic"}
    the_page = {
        "@type": TYPES.get(page, "MedicalWebPage"),
        "url": origin + path,
        "name": title,
        "inLanguage": "en-US",
        "about": ABOUT.get(page, this),
        "publisher": this,
    }
    if context.get("review"):
        the_page |= context["review"].structured_data(context["today"])
    the_clinic = {"@type": "MedicalClinic", **this, "name": clinic.name}
    the_clinic["url"] = f"{origin}/"
    if page in ("home", "contact"):
        the_clinic |= {
            "telephone": f"+1-{clinic.phone}",
            "address": {
                "@type": "PostalAddress",
                "streetAddress": clinic.street,
                "addressLocality": clinic.city,
                "addressRegion": clinic.state,
                "postalCode": clinic.zip_code,
                "addressCountry": "US",
            },
            "isAcceptingNewPatients": clinic.accepting_new_patients,
        }
        if clinic.fax:
            the_clinic["faxNumber"] = f"+1-{clinic.fax}"
        the_clinic |= opening_hours(context["openings"], context["special_openings"])
    data = {"@context": "https://schema.org", "@graph": [the_page, the_clinic]}
    return mark_safe(json.dumps(data).translate(FOR_HTML))
