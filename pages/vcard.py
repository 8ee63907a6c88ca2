import re

from django.conf import settings
from django.urls import reverse


def escaped(text):
    return re.sub(r"([\\,;])", r"\\\1", text).replace("\n", r"\n")


def folded(line):
    """Break a line so that none has more than 75 octets."""
    parts = [""]
    for character in line:
        if len((parts[-1] + character).encode()) > 74:
            parts.append("")
        parts[-1] += character
    return "\r\n ".join(parts)


def vcard(clinic):
    """Return the clinic's contact clinic as a vCard 4.0 (RFC 6350)."""
    name = escaped(clinic.name)
    places = (clinic.street, clinic.city, clinic.state, clinic.zip_code, "USA")
    note = "" if clinic.accepting_new_patients else "not "
    lines = [
        "BEGIN:VCARD",
        "VERSION:4.0",
        "KIND:org",
        f"FN:{name}",
        f"ORG:{name}",
        f'TEL;VALUE=uri;TYPE="voice,work":{clinic.phone_uri}',
        f'TEL;VALUE=uri;TYPE="fax,work":tel:+1-{clinic.fax}',
        "ADR;TYPE=work:;;" + ";".join(map(escaped, places)),
        f"URL:{settings.PUBLIC_ORIGIN}{reverse('pages:home')}",
        f"NOTE:We are {note}accepting new patients at this time.",
        "END:VCARD",
    ]
    return "".join(folded(line) + "\r\n" for line in lines)
