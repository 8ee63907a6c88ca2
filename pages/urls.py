from django.urls import path

from . import views

# A page's name is also its template's, templates/pages/<name>.html, and its address.
NAMES = "about_ketamine", "how_it_works", "how_its_given", "contact"
NAMES += "good_faith_estimate", "about_this_site"
PAGES = {"home": ""} | {name: name.replace("_", "-") + "/" for name in NAMES}
# Each is text, and of which kind.
FILES = {"contact.vcf": "vcard", "robots.txt": "plain", "sitemap.xml": "xml"}
FILES[".well-known/security.txt"] = "plain"

app_name = "pages"
urlpatterns = [
    *(path(at, views.page, {"name": name}, name=name) for name, at in PAGES.items()),
    *(path(at, views.page, {"name": at, "kind": FILES[at]}, name=at) for at in FILES),
    path("readyz", views.readyz, name="readyz"),
]
