from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("admin/", admin.site.urls),
    path("", include("pages.urls")),
]

handler400 = "pages.views.bad_request"
handler500 = "pages.views.server_error"
