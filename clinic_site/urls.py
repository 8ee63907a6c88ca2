from django.conf import settings
from django.contrib.auth import urls as auth
from django.contrib.auth.views import PasswordResetView
from django.urls import include, path

from pages.admin import site
from pages.signing_in import slowly

urlpatterns = [path("admin/", site.urls), path("", include("pages.urls"))]
if settings.EMAIL_URL:
    # The first step has the name that the admin's pages link; Django's own follow it.
    reset = PasswordResetView.as_view(extra_email_context={"settings": settings})
    first = path("admin/reset/", slowly(reset), name="admin_password_reset")
    rest = [it for it in auth.urlpatterns if it.name.startswith("password_reset_")]
    urlpatterns[:0] = [first, path("admin/", include(rest))]

handler500 = "pages.views.server_error"
