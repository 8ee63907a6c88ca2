from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class PagesConfig(AppConfig):
    name = "pages"
    verbose_name = "Website"

    def ready(self):
        from . import facts  # noqa: F401 (connects publishing to saving)


class FrontDeskConfig(AdminConfig):
    default = False
    default_site = "pages.desk.FrontDesk"
