"""The site with other ways to answer beside it, so that one run compares them all."""

import gzip

from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpResponse
from django.test.utils import override_settings
from django.urls import path
from django.utils import timezone
from django.views.generic import TemplateView

import clinic_site.wsgi  # first: it sets Django up
from clinic_site.urls import urlpatterns
from pages.models import Clinic
from pages.publishing import current_json
from pages.templatetags.machines import STYLES
from pages.urls import PAGES
from pages.views import remembered

AS_FILE = b'<link rel="stylesheet" href="/static/css/site.css">'
PAGE = "how_it_works"
TODAY = timezone.localdate()
BODY, HEADERS = remembered(PAGE, current_json(), TODAY, "gzip")
# What `startproject` writes.
with override_settings(
    MIDDLEWARE=[
        "django.middleware.security.SecurityMiddleware",
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware",
        "django.middleware.clickjacking.XFrameOptionsMiddleware",
    ]
):
    stock = WSGIHandler()


def constant(request):
    return HttpResponse(BODY, headers=HEADERS)


class Stock(TemplateView):
    template_name = f"pages/{PAGE}.html"

    def get_context_data(self, **kwargs):
        return super().get_context_data(clinic=Clinic.objects.first(), **kwargs)


def linked(request, page):
    """A page with its styles as a file."""
    html, _ = remembered(page, current_json(), TODAY, "")
    body = gzip.compress(html.replace(f"<style>{STYLES}</style>".encode(), AS_FILE))
    return HttpResponse(body, headers=HEADERS)


urlpatterns += [
    path("constant/", constant),
    path("stock/", Stock.as_view()),
    *(path(f"linked/{PAGES[name]}", linked, {"page": name}) for name in PAGES),
]


def application(environ, start_response):
    ours = not environ["PATH_INFO"].startswith(("/constant/", "/stock/"))
    answer = clinic_site.wsgi.application if ours else stock
    return answer(environ, start_response)
