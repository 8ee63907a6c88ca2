"""The site with other ways to answer beside it, so that one run compares them all."""

import gzip

from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils import timezone

import clinic_site.wsgi  # first: it sets Django up
from clinic_site.urls import urlpatterns
from pages.models import Clinic
from pages.publishing import current_json
from pages.templatetags.machines import STYLES
from pages.urls import PAGES
from pages.views import remembered

INSIDE = f"<style>{STYLES}</style>".encode()
AS_FILE = b'<link rel="stylesheet" href="/static/css/site.css">'
TODAY = timezone.localdate()
BODY = remembered("how_it_works", current_json(), TODAY, "gzip")
HEADERS = {"Content-Encoding": "gzip"}


def constant(request):
    return HttpResponse(BODY, headers=HEADERS)


def stock(request):
    clinic = Clinic.objects.first()
    return render(request, "pages/how_it_works.html", {"clinic": clinic})


def linked(request, name):
    html = remembered(name, current_json(), TODAY, "")
    body = gzip.compress(html.replace(INSIDE, AS_FILE))
    return HttpResponse(body, headers=HEADERS)


urlpatterns += [
    path("other/constant/", constant),
    path("other/stock/", stock),
    *(path(f"other/linked/{at}", linked, {"name": it}) for it, at in PAGES.items()),
]
# These are behind what `startproject` writes, but for the header of one of them.
settings.MIDDLEWARE = [it for it in settings.MIDDLEWARE if it.startswith("django.")]
others = WSGIHandler()


def application(environ, start_response):
    is_other = environ["PATH_INFO"].startswith("/other/")
    answer = others if is_other else clinic_site.wsgi.application
    return answer(environ, start_response)
