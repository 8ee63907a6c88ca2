"""The site with other ways to answer beside it, so that one run compares them all."""

from django.http import HttpResponse
from django.urls import path
from django.utils import timezone
from django.views.generic import TemplateView

import clinic_site.wsgi  # first: it sets Django up
from clinic_site.urls import urlpatterns
from pages.models import Clinic
from pages.publishing import current_json
from pages.remembered import remembered

PAGE = "how_it_works"
BODY, HEADERS = remembered(PAGE, current_json(), timezone.localdate())["gzip"]


def constant(request):
    return HttpResponse(BODY, headers=HEADERS)


def rendered(request):
    made = remembered.__wrapped__(PAGE, current_json(), timezone.localdate())
    return HttpResponse(made["gzip"][0], headers=HEADERS)


class Stock(TemplateView):
    template_name = f"pages/{PAGE}.html"

    def get_context_data(self, **kwargs):
        return super().get_context_data(clinic=Clinic.objects.first(), **kwargs)


urlpatterns += [
    path("constant/", constant),
    path("rendered/", rendered),
    path("stock/", Stock.as_view()),
]


def application(environ, start_response):
    if environ["PATH_INFO"] == "/bare/":
        start_response(
            "200 OK",
            [("Content-Type", "text/html"), ("Content-Length", str(len(BODY)))],
        )
        return [BODY]
    return clinic_site.wsgi.application(environ, start_response)
