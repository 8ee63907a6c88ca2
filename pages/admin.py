from django.contrib import admin, messages
from django.shortcuts import redirect

from . import facts
from .models import Clinic


@admin.register(Clinic)
class ClinicAdmin(admin.ModelAdmin):
    """One form for the one row."""

    fieldsets = [
        ("New patients", {"fields": ["accepting_new_patients", "message"]}),
        (
            "Contact",
            {
                "fields": [
                    "name",
                    "street",
                    ("city", "state", "zip_code"),
                    "phone",
                    "fax",
                ]
            },
        ),
    ]

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def get_object(self, request, object_id, from_field=None):
        """Until staff first save there is no row: offer the facts as shipped."""
        saved = super().get_object(request, object_id, from_field)
        return Clinic() if saved is None and object_id == "1" else saved

    def change_view(self, request, object_id, form_url="", extra_context=None):
        if request.method == "GET" and not facts.agree():
            messages.warning(
                request,
                "Saved, but visitors still see the old state, as it could not be "
                "published. The site tries again by itself, every half minute.",
            )
        return super().change_view(request, object_id, form_url, extra_context)

    def changelist_view(self, request, extra_context=None):
        return redirect("admin:pages_clinic_change", 1)
