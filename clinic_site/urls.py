from django.conf import settings
from django.contrib import admin
from django.contrib.auth import views as auth
from django.urls import include, path

from pages.desk import PasswordReset

urlpatterns = [
    path("admin/", admin.site.urls),
    path("", include("pages.urls")),
]
if settings.EMAIL_URL:
    # Before the admin's own, under the names that its pages link.
    urlpatterns[:0] = [
        path("admin/reset/", PasswordReset.as_view(), name="admin_password_reset"),
        path(
            "admin/reset/sent/",
            auth.PasswordResetDoneView.as_view(),
            name="password_reset_done",
        ),
        path(
            "admin/reset/<uidb64>/<token>/",
            auth.PasswordResetConfirmView.as_view(),
            name="password_reset_confirm",
        ),
        path(
            "admin/reset/done/",
            auth.PasswordResetCompleteView.as_view(),
            name="password_reset_complete",
        ),
    ]

handler400 = "pages.views.bad_request"
handler500 = "pages.views.server_error"
