from django.urls import path

from . import views

# A page's name is also its template's: templates/pages/<name>.html
PAGES = {
    "home": "",
    "about_ketamine": "about-ketamine/",
    "how_it_works": "how-it-works/",
    "how_its_given": "how-its-given/",
    "contact": "contact/",
    "good_faith_estimate": "good-faith-estimate/",
    "about_this_site": "about-this-site/",
}

FILES = {
    "contact.vcf": "text/vcard; charset=utf-8",
    "robots.txt": "text/plain",
    ".well-known/security.txt": "text/plain; charset=utf-8",
    "sitemap.xml": "application/xml",
}

app_name = "pages"
urlpatterns = [
    *(path(at, views.page, {"name": name}, name=name) for name, at in PAGES.items()),
    *(path(at, views.page, {"name": at, "kind": FILES[at]}, name=at) for at in FILES),
    path("readyz", views.readyz, name="readyz"),
]
