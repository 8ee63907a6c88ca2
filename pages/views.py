import sys
import time
from datetime import date, timedelta
from functools import lru_cache
from tempfile import TemporaryFile

from django import db
from django.conf import settings
from django.core.cache import cache
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from . import publishing
from .models import Clinic
from .remembered import accepted_coding, remembered


def public(view):
    """For GET and HEAD only. Exempt from CSRF, whose 403 would hide the 405."""
    return csrf_exempt(require_safe(view))


@public
def page(request):
    """Any page that visitors read; its template has the name of its URL."""
    make = remembered.__wrapped__ if settings.DEBUG else remembered
    name, clinic_json = request.resolver_match.url_name, publishing.current_json()
    # The process is in the clinic's time zone, where Django puts it.
    made = make(name, clinic_json, date.today())
    body, headers = made[accepted_coding(request.META.get("HTTP_ACCEPT_ENCODING", ""))]
    response = HttpResponse(body, headers=headers)
    return get_conditional_response(request, headers["ETag"], response=response)


@public
def for_machines(request, template, content_type, **context):
    """A file that is made from what is published: robots.txt, sitemap, vCard."""
    context |= {"origin": settings.PUBLIC_ORIGIN, "clinic": publishing.current()}
    body = render_to_string(template, context)
    if template == "contact.vcf":
        body = body.replace("\n", "\r\n")  # RFC 6350, 3.2
    return HttpResponse(body, content_type=content_type)


@public
def security_txt(request):
    """RFC 9116. Without a contact there is nothing true to say, and no such page."""
    if not settings.SECURITY_CONTACT:
        raise Http404
    expires = timezone.now() + timedelta(days=180)
    text = (
        f"Contact: {settings.SECURITY_CONTACT}\nExpires: {expires:%Y-%m-%dT%H:%M:%SZ}\n"
    )
    return HttpResponse(text, content_type="text/plain; charset=utf-8")


@public
def healthz(request):
    """This process answers. For load balancers: over plain HTTP, and by any Host."""
    return HttpResponse("ok\n", content_type="text/plain")


@never_cache
@public
def readyz(request):
    """Tell monitors which part is down, and find it out anew every 5 seconds."""
    answer = readiness(time.monotonic() // 5)
    return JsonResponse(answer, status=200 if answer["ready"] else 503)


@lru_cache(maxsize=1)
def readiness(period):
    answer = {"database": "ok", "published": "ok", "disk": "ok"}
    answer |= {"agree": None, "decided_by": None}
    try:
        answer["decided_by"] = "staff" if Clinic.objects.exists() else "settings"
        answer["agree"] = publishing.agree()
    except db.Error:
        answer["database"] = "down"
    try:
        cache.get(publishing.KEY)
    except Exception:  # a cache in ruins can raise anything
        answer["published"] = "down"
    try:
        with TemporaryFile(dir=settings.DATA_DIR) as file:
            file.write(bytes(64 * 1024))
    except OSError:
        answer["disk"] = "down"
    ready = answer["agree"] is True and answer["published"] == answer["disk"] == "ok"
    return {"ready": ready, **answer}


def bad_request(request, exception):
    """Django's own leaves out the request, and with it the clinic's facts."""
    return render(request, "400.html", status=400)


def server_error(request):
    """The 500 page, or the 503 that staff meet while the database is away."""
    error = sys.exception()
    away = (
        isinstance(error, db.OperationalError | db.InterfaceError)
        # SQLite's word for a file that is no database, or a damaged one.
        or type(error) is db.DatabaseError
    )
    status = 503 if away else 500
    return render(None, f"{status}.html", status=status)
