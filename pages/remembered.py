"""A page is made once for its name, what is published and the day."""

import gzip
import re
from functools import lru_cache
from hashlib import sha256

import brotli
from django.conf import settings
from django.template.loader import render_to_string

from .hours import office_hours
from .publishing import from_json
from .reviews import standing


@lru_cache(maxsize=32)
def remembered(name, clinic_json, day):
    """Return the page as {content coding: (body, headers)}.

    Rendered without the request, so that nothing of one visitor reaches another.
    """
    clinic = from_json(clinic_json)
    context = office_hours(clinic, day) | {
        "page": name,
        "clinic": clinic,
        "review": standing(name, clinic),
        "origin": settings.PUBLIC_ORIGIN,
    }
    html = render_to_string(f"pages/{name}.html", context).encode()
    return {
        "br": answer(brotli.compress(html), {"Content-Encoding": "br"}),
        "gzip": answer(gzip.compress(html, mtime=0), {"Content-Encoding": "gzip"}),
        "identity": answer(html, {}),
    }


def answer(body, headers):
    """Add what any cache may do with it: keep it, and ask each time if it holds."""
    return body, headers | {
        "ETag": f'"{sha256(body).hexdigest()[:32]}"',
        "Cache-Control": "no-cache",
        "Vary": "Accept-Encoding",
    }


@lru_cache(maxsize=64)
def accepted_coding(accept_encoding):
    """Return the smallest coding that the header names and does not weigh at 0."""
    named = r"[\w-]++(?!\s*;\s*q=0(?:\.0*)?\s*(?:,|$))"
    accepted = re.findall(named, accept_encoding.lower())
    return next((coding for coding in ("br", "gzip") if coding in accepted), "identity")
