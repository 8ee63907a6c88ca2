from django.contrib.auth.apps import AuthConfig


class StaffConfig(AuthConfig):
    verbose_name = "Staff"
