from django.apps import AppConfig
from django.contrib.auth.apps import AuthConfig


class PagesConfig(AppConfig):
    default_auto_field = "django.db.models.BigAutoField"
    name = "pages"
    verbose_name = "Website"


class StaffConfig(AuthConfig):
    verbose_name = "Staff"
