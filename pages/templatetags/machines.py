"""What machines read: styles, the card for address books, and schema.org's terms."""

import re
from base64 import b64encode
from hashlib import sha256

import rcssmin
from django import template
from django.conf import settings
from django.utils.html import json_script
from django.utils.safestring import mark_safe

from pages.reviews import MEDICAL

register = template.Library()
STYLES = rcssmin.cssmin((settings.BASE_DIR / "static/css/site.css").read_text())
DIGEST = f"sha256-{b64encode(sha256(STYLES.encode()).digest()).decode()}"
KETAMINE = {"@type": "Drug", "name": "Ketamine"}


@register.simple_tag
def stylesheet():
    """Return our own file inside the page, or as a link while it is edited."""
    link = '<link rel="stylesheet" href="/static/css/site.css">'
    return mark_safe(link if settings.DEBUG else f"<style>{STYLES}</style>")  # ours


@register.filter
def vcard(text):
    """Escape a value as RFC 6350 asks."""
    return re.sub(r"([\\,;])", r"\\\1", text)


@register.simple_tag(takes_context=True)
def schema_org(context, title, path):
    page, clinic, origin = (context[name] for name in ("page", "clinic", "origin"))
    this = {"@id": f"{origin}/#clinic"}
    kind, about = ("MedicalWebPage", KETAMINE) if page in MEDICAL else ("WebPage", this)
    the_page = {"@type": kind, "url": origin + path, "name": title, "about": about}
    if review := context["review"]:
        the_page["lastReviewed"] = review.day
        if review.due >= context["today"]:  # once overdue, its day alone
            name = {"name": review.reviewer, "honorificSuffix": review.credentials}
            the_page["reviewedBy"] = {"@type": "Person", **name}
    the_clinic = {"@type": "MedicalClinic", **this}
    the_clinic |= {"name": clinic.name, "url": f"{origin}/"}
    if page in ("home", "contact"):
        the_clinic |= {
            "telephone": f"+1-{clinic.phone}",
            "faxNumber": clinic.fax and f"+1-{clinic.fax}",
            "address": {
                "@type": "PostalAddress",
                "streetAddress": clinic.street,
                "addressLocality": clinic.city,
                "addressRegion": clinic.state,
                "postalCode": clinic.zip_code,
                "addressCountry": "US",
            },
            "isAcceptingNewPatients": clinic.accepting_new_patients,
            "openingHoursSpecification": context["openings"],
            "specialOpeningHoursSpecification": context["special_openings"],
        }
    known = {term: it for term, it in the_clinic.items() if it not in ("", [])}
    data = {"@context": "https://schema.org", "@graph": [the_page, known]}
    # Safe, as json_script escapes what could end the element.
    return mark_safe(json_script(data).replace("json", "ld+json", 1))
