from django.urls import path

from . import views

app_name = "pages"
urlpatterns = [
    # A page's name is also its template's: templates/pages/<name>.html
    path("", views.page, name="home"),
    path("about-ketamine/", views.page, name="about_ketamine"),
    path("how-it-works/", views.page, name="how_it_works"),
    path("how-its-given/", views.page, name="how_its_given"),
    path("contact/", views.page, name="contact"),
    path("about-this-site/", views.page, name="about_this_site"),
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
]
