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

app_name = "pages"
urlpatterns = [
    *(path(route, views.page, name=name) for name, route in PAGES.items()),
    path("contact.vcf", views.contact_vcf, name="contact_vcf"),
    path("robots.txt", views.robots, name="robots"),
    path("sitemap.xml", views.sitemap, {"pages": PAGES}, name="sitemap"),
    path(".well-known/security.txt", views.security_txt, name="security_txt"),
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
]
