from django.conf import settings
from django.contrib.auth import views as auth
from django.urls import include, path

from pages.signing_in import PasswordReset
from pages.staff import site  # which has all of the admin registered

urlpatterns = [
    path("admin/", site.urls),
    path("", include("pages.urls")),
]
if settings.EMAIL_URL:
    # Under the names that the admin's pages link.
    steps = [
        ("", PasswordReset, "admin_password_reset"),
        ("sent/", auth.PasswordResetDoneView, "password_reset_done"),
        ("<uidb64>/<token>/", auth.PasswordResetConfirmView, "password_reset_confirm"),
        ("done/", auth.PasswordResetCompleteView, "password_reset_complete"),
    ]
    urlpatterns[:0] = [
        path(f"admin/reset/{step}", view.as_view(), name=name)
        for step, view, name in steps
    ]

handler500 = "pages.views.server_error"
