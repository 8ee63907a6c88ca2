"""A page is made once for its name, what is published and the day."""

import gzip
from functools import lru_cache, partial
from hashlib import sha256

import brotli
from django.conf import settings
from django.template.loader import render_to_string

from .hours import office_hours
from .publishing import from_json
from .reviews import digest

CODINGS = {"br": brotli.compress, "gzip": partial(gzip.compress, mtime=0), "": bytes}


@lru_cache(maxsize=64)
def remembered(name, clinic_json, day, coding):
    """Return the page's body and headers.

    Rendered without the request, so that nothing of one visitor reaches another.
    """
    clinic = from_json(clinic_json)
    context = office_hours(clinic, day) | {
        "page": name,
        "clinic": clinic,
        "review": clinic.reviews.get(digest(name)),  # of the words it has
        "origin": settings.PUBLIC_ORIGIN,
    }
    html = render_to_string(f"pages/{name}.html", context).encode()
    body = CODINGS[coding](html)
    # Any cache may keep it, and asks each time if it holds.
    return body, {
        "ETag": f'"{sha256(body).hexdigest()[:32]}"',
        "Cache-Control": "no-cache",
        "Vary": "Accept-Encoding",
        **({"Content-Encoding": coding} if coding else {}),
    }
