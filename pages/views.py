import gzip
import sys
from contextlib import suppress
from datetime import date
from functools import lru_cache, partial

import brotli
from django import db
from django.conf import settings
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.views.decorators.cache import never_cache
from django.views.decorators.http import conditional_page, require_safe

from . import publishing
from .hours import office_hours
from .reviews import MEDICAL, digest

CODINGS = {"br": brotli.compress, "gzip": partial(gzip.compress, mtime=0), "": bytes}


@lru_cache(maxsize=64)
def remembered(name, clinic_json, day, coding):
    """Return the body of a page or file, made once for its facts and day.

    Rendered without the request, so that nothing of one visitor reaches another.
    """
    clinic = publishing.from_json(clinic_json)
    context = office_hours(clinic, day) | {
        "page": name,
        "clinic": clinic,
        # Of the words it has.
        "review": name in MEDICAL and clinic.reviews.get(digest(name)),
        "origin": settings.PUBLIC_ORIGIN,
        "security_contact": settings.SECURITY_CONTACT,
    }
    text = render_to_string([f"pages/{name}.html", name], context)
    if not text.strip():  # there is nothing true to say
        raise Http404
    if name.endswith(".vcf"):  # needs such ends of lines (RFC 6350, 3.2)
        text = text.replace("\n", "\r\n")
    return CODINGS[coding](text.encode())


@require_safe
@conditional_page
def page(request, name, kind="html"):
    """Any page that visitors read, or file for machines: its template has its name."""
    make = remembered.__wrapped__ if settings.DEBUG else remembered
    # As Django's own GZipMiddleware does, without weights.
    accepted = request.META.get("HTTP_ACCEPT_ENCODING", "")
    coding = next(coding for coding in CODINGS if coding in accepted)
    # The process is in the clinic's time zone, where Django puts it.
    body = make(name, publishing.current_json(), date.today(), coding)
    # Any cache may keep it, and asks each time if it holds.
    headers = {"Cache-Control": "no-cache", "Vary": "Accept-Encoding"}
    headers |= {"Content-Encoding": coding} if coding else {}
    return HttpResponse(body, f"text/{kind}; charset=utf-8", headers=headers)


@never_cache
@require_safe
def readyz(request):
    """Tell monitors which part is down."""
    agree, published = None, publishing.published()
    with suppress(db.Error):
        agree = publishing.agree()
    answer = {
        "ready": bool(agree and published),
        "database": "down" if agree is None else "ok",
        "published": "ok" if published else "down",
        "agree": agree,
        "decided_by": "staff" if publishing.current().version else "settings",
    }
    return JsonResponse(answer, status=200 if answer["ready"] else 503)


def for_templates(request):
    """The clinic as visitors see it, and if over TLS: for error pages and staff's."""
    return {"clinic": publishing.current(), "https": settings.HTTPS}


def server_error(request):
    """The 500 page, or the 503 that staff meet while the database is away."""
    # DatabaseError itself is SQLite's word for a file that is no database, or a damaged
    # one; its subclasses are bugs of ours.
    away = db.OperationalError, db.InterfaceError, db.DatabaseError
    status = 503 if type(sys.exception()) in away else 500
    return render(None, f"{status}.html", status=status)
