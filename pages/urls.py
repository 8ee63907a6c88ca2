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
    "contact.vcf": {"content_type": "text/vcard; charset=utf-8"},
    "robots.txt": {"content_type": "text/plain"},
    ".well-known/security.txt": {"content_type": "text/plain; charset=utf-8"},
    "sitemap.xml": {"content_type": "application/xml", "pages": PAGES},
}

app_name = "pages"
urlpatterns = [
    *(path(at, views.page, {"name": name}, name=name) for name, at in PAGES.items()),
    *(
        path(name, views.for_machines, {"template": name, **kind}, name=name)
        for name, kind in FILES.items()
    ),
    path("readyz", views.readyz, name="readyz"),
]
