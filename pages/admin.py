"""The front desk's own pages, once signed in: the first one, and the versions."""

from datetime import timedelta

from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.models import LogEntry
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect
from django.utils import timezone

from . import notices, publishing, reviews
from .forms import ClinicForm
from .hours import office_hours
from .models import DAYS, Clinic, Review
from .signing_in import SigningIn

CONTACT = "name", "street", ("city", "state", "zip_code"), "phone", "fax"


class FrontDesk(SigningIn):
    index_title = "Front desk"

    def index(self, request, extra_context=None):
        clinic, newest = publishing.current(), Clinic.newest()
        before = Clinic.newest(accepting_new_patients=not newest.accepting_new_patients)
        user, today = request.user, timezone.localdate()
        long_ago = today - timedelta(days=settings.DAYS_UNTIL_ASKED_IF_STILL_TRUE)
        told = LogEntry.objects.filter(object_repr=notices.KIND).exclude(user=user)
        context = office_hours(clinic, today) | {
            "newest": newest,
            "published": publishing.agree(),
            # The version that switched it is the one after the last that said other.
            "since": before.accepting_new_patients != newest.accepting_new_patients
            and Clinic.objects.filter(version=before.version + 1).first(),
            "ask_if_still_true": not clinic.checked_on or clinic.checked_on <= long_ago,
            "told": told.filter(action_time__gte=timezone.now() - timedelta(days=14)),
            "shipped": Clinic(),
            "settings": settings,
            "in_30_days": today + timedelta(days=30),
            "states": user.has_perm("pages.add_review") and reviews.states(),
        }
        return super().index(request, context)


site = FrontDesk()
site.register(Review, reviews.ReviewAdmin)


@admin.register(Clinic, site=site)
class ClinicAdmin(reviews.KeptAdmin):
    """The list of versions, the form that adds one, and the first page's buttons."""

    form = ClinicForm
    fieldsets = [
        ("New patients", {"fields": ["accepting_new_patients", "message"]}),
        ("Contact", {"fields": CONTACT}),
        ("When you are open", {"fields": ["by_appointment_only", *DAYS]}),
        ("Holidays and days that differ", {"fields": ["exceptions"]}),
        ("Notices", {"fields": ["privacy_notice", "nondiscrimination_notice"]}),
    ]
    list_display = ["saved_at", "saved_by", "changes"]
    list_per_page = 25
    date_hierarchy = "saved_at"
    search_fields = ["message", "name", "street", "phone", "fax", "saved_by__username"]

    def add_view(self, request):
        # A named address, or the browser would keep the fragment that led here and
        # scroll past what is wrong.
        return super().add_view(request, request.path, {"title": "What visitors read"})

    def save_model(self, request, obj, form, change):
        changed = {name: form.cleaned_data[name] for name in form.changed_data}
        Clinic.add(request.user, **changed)

    def response_add(self, request, obj, post_url_continue=None):
        messages.success(request, "Saved.")
        return redirect("admin:index")

    def changelist_view(self, request, extra_context=None):
        """Show all versions; or do what a button says, once, and show the first page.

        What could undo unseen what somebody did meanwhile tells which version it saw.
        """
        if request.method != "POST":
            return super().changelist_view(request, extra_context)
        if not self.has_add_permission(request):
            raise PermissionDenied
        posted = request.POST
        facts = {"checked_on": timezone.localdate()}  # it is still true
        if "accepting" in posted:
            facts = {"accepting_new_patients": posted["accepting"] == "yes"}
        elif posted.get("seen") != str(Clinic.newest().version):
            messages.warning(request, "Nothing was done: the last change came first.")
            return redirect("admin:index")
        elif "put_back" in posted:
            facts = Clinic.newest(version=posted["put_back"]).facts
        Clinic.add(request.user, **facts)
        return self.response_add(request, None)
