"""The staff's own pages, once signed in: Django's admin, which opens with what
visitors see now.
"""

from datetime import timedelta

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminUserCreationForm
from django.contrib.auth.models import Group, User
from django.core.exceptions import BadRequest, PermissionDenied
from django.db import models
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html_join

from . import publishing, reviews
from .models import Clinic, Review, in_words, on_the_newest
from .signing_in import SigningIn

PERSON = "first_name", "last_name", "username"
PASSWORD = "usable_password", "password1", "password2"
ROLES = "groups", "is_superuser"


def name_of(user):
    return user.get_full_name() or user.get_username()


def told(version):
    """Return who saved a version, when and what it changed, as one sentence."""
    when = date_format(timezone.localtime(version.saved_at), "DATETIME_FORMAT")
    return f"{name_of(version.saved_by)}, {when}: {', '.join(version.changes)}"


def to_do(clinic):
    """Yield what an owner has still to set up, and where."""
    form = reverse("admin:pages_clinic_add")
    if clinic.name == Clinic().name:
        yield f"Enter the clinic’s own name, now “{clinic.name}”.", f"{form}#id_name"
    if not clinic.hours:
        yield "Enter the office hours.", f"{form}#id_hours"
    if not (clinic.privacy_notice and clinic.nondiscrimination_notice):
        yield "Link your notices.", f"{form}#id_privacy_notice"
    if not settings.HTTPS:
        yield (
            "Visitors are not protected by HTTPS. Set HTTPS=true where the site runs.",
            None,
        )


class FrontDesk(SigningIn):
    index_title = "Front desk"

    def each_context(self, request):
        name = publishing.current().name
        return super().each_context(request) | {"site_header": name, "site_title": name}

    def index(self, request, extra_context=None):
        clinic, newest = publishing.current(), Clinic.newest()
        other = not newest.accepting_new_patients
        before = Clinic.objects.filter(accepting_new_patients=other).first() or Clinic()
        long_ago = timezone.localdate() - timedelta(
            days=settings.DAYS_UNTIL_ASKED_IF_STILL_TRUE
        )
        context = {
            "newest": newest,
            "last_change": newest.version and told(newest),
            # The version that switched it is the one after the last that said other.
            "switched": before.accepting_new_patients == other
            and Clinic.objects.filter(version=before.version + 1).first(),
            "ask_if_still_true": not clinic.checked_on or clinic.checked_on <= long_ago,
            "to_do": to_do(clinic) if request.user.is_superuser else (),
            "to_review": request.user.has_perm("pages.add_review")
            and [page for page in reviews.states() if page[-1] != "reviewed"],
        }
        warn_if_not_published(request)
        return super().index(request, context)


site = FrontDesk()
site.register(Review, reviews.ReviewAdmin)


def warn_if_not_published(request):
    if not publishing.agree():
        messages.warning(
            request,
            "Saved, but visitors still see the old state, as it could not be "
            "published. The site tries again by itself, every half minute.",
        )


class ClinicForm(forms.ModelForm):
    """A form that was opened on one version and is saved on top of the newest."""

    opened = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def clean(self):
        """Take what others have saved since, and ask only where both changed a field.

        The form that is then shown again is as if opened on the newest version, so
        that saving it once more means it.
        """
        super().clean()
        newest = self.newest = Clinic.newest()
        opened = Clinic.objects.filter(version=self.cleaned_data.get("opened")).first()
        if self.cleaned_data.get("opened") == 0:
            opened = Clinic()
        for name in newest.facts.keys() & self.fields.keys():
            before, now = getattr(opened, name, None), getattr(newest, name)
            typed = self.cleaned_data.get(name)
            if typed == before and name not in self.errors:
                self.cleaned_data[name] = now
                self.show(name, now)
            elif now not in (before, typed):
                self.add_error(name, self.asked(name, now))
        self.show("opened", newest.version)

    def asked(self, name, now):
        since = Clinic.objects.filter(version__gt=self.cleaned_data.get("opened") or 0)
        first = since.filter(**{name: now}).last() or self.newest
        return (
            f"{name_of(first.saved_by)} has meanwhile changed this to {in_words(now)}. "
            "Save again to put yours in its place."
        )

    def show(self, name, value):
        self.fields[name].bound_data = lambda data, initial: value


@admin.register(Clinic, site=site)
class ClinicAdmin(admin.ModelAdmin):
    """The list of versions, the form that adds one, and the buttons of the first page."""

    form = ClinicForm
    save_on_top = True
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}
    add_fieldsets = [
        ("New patients", {"fields": ["accepting_new_patients", "message"]}),
        ("When you are open", {"fields": ["hours", "closures"]}),
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
        ("Notices", {"fields": ["privacy_notice", "nondiscrimination_notice"]}),
    ]
    list_display = ["saved_at", "by", "what_changed"]
    list_display_links = ["saved_at"]
    list_select_related = ["saved_by"]
    list_per_page = 25
    date_hierarchy = "saved_at"
    search_fields = [
        *("message", "name", "street", "phone", "fax", "hours", "closures"),
        *("saved_by__first_name", "saved_by__last_name", "saved_by__username"),
    ]

    @admin.display(description="by", ordering="saved_by")
    def by(self, version):
        return name_of(version.saved_by)

    @admin.display(description="what changed")
    def what_changed(self, version):
        return format_html_join("; ", "{}", ((change,) for change in version.changes))

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def get_urls(self):
        press = self.admin_site.admin_view(self.press)
        return [path("press/", press, name="pages_clinic_press"), *super().get_urls()]

    def get_fieldsets(self, request, obj=None):
        saved = (None, {"fields": ["saved_at", "by", "what_changed"]})
        return [saved, *self.add_fieldsets] if obj else self.add_fieldsets

    def get_changeform_initial_data(self, request):
        newest = Clinic.newest()
        return newest.facts | {"opened": newest.version}

    @on_the_newest
    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        if request.method == "GET":
            warn_if_not_published(request)
        context = {"show_save_and_continue": False, "show_save_and_add_another": False}
        if object_id is None:
            # A named address, or the browser would keep the fragment that led here and
            # scroll past what is wrong.
            form_url, context["title"] = request.path, "What visitors read"
        return super().changeform_view(request, object_id, form_url, context)

    def history_view(self, request, object_id, extra_context=None):
        return redirect("admin:pages_clinic_changelist")

    def save_model(self, request, obj, form, change):
        facts = form.newest.facts.keys() & form.cleaned_data.keys()
        form.newest.add(
            request.user, **{name: form.cleaned_data[name] for name in facts}
        )

    def log_addition(self, request, obj, message):
        """The version itself keeps who added it, when and what."""

    def response_add(self, request, obj, post_url_continue=None):
        messages.success(request, "Saved.")
        return redirect("admin:index")

    def press(self, request):
        """Do what a button of the first page says, once, and show that page."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        if request.method == "POST":  # else staff had to sign in again on the way
            self.carry_out(request)
        return redirect("admin:index")

    @on_the_newest
    def carry_out(self, request):
        newest = Clinic.newest()
        match request.POST:
            case {"accepting": "yes" | "no" as answer}:
                facts = {"accepting_new_patients": answer == "yes"}
            case {"still_true": seen} if seen == str(newest.version):
                facts = {"checked_on": timezone.localdate()}
            case {"undo": seen} if newest.version and seen == str(newest.version):
                facts = Clinic.numbered(newest.version - 1).facts
            case {"still_true": _} | {"undo": _} if newest.version:
                messages.warning(
                    request, f"Nothing was done, as this came first. {told(newest)}"
                )
                return
            case _:
                raise BadRequest
        if newest.add(request.user, **facts) == newest:
            messages.info(request, "Nothing to do: it was so already.")
        else:
            messages.success(request, "Undone." if "undo" in request.POST else "Done.")


class NewStaffForm(AdminUserCreationForm):
    usable_password = forms.ChoiceField(
        label="Password",
        choices=[("true", "Set one now"), ("false", "None yet")],
        initial="true",
        required=False,
        widget=forms.RadioSelect(attrs={"class": "radiolist inline"}),
    )


@admin.register(User, site=site)
class StaffAdmin(UserAdmin):
    """Whoever is added here is staff: the front desk, a reviewer, or an owner."""

    add_form = NewStaffForm
    add_fieldsets = [(None, {"fields": [*PERSON, *PASSWORD, *ROLES]})]
    fieldsets = [
        (None, {"fields": [*PERSON, "email", "password", *ROLES, "is_active"]})
    ]
    filter_horizontal = []
    formfield_overrides = {
        models.ManyToManyField: {"widget": forms.CheckboxSelectMultiple}
    }
    list_display = ["username", "first_name", "last_name", "role", "is_active"]
    list_filter = []

    @admin.display
    def role(self, user):
        groups = ", ".join(group.name for group in user.groups.all())
        return "Owner" if user.is_superuser else groups

    def has_delete_permission(self, request, obj=None):
        """What a user did is kept for good, and with it the user."""
        return False

    def get_form(self, request, obj=None, **kwargs):
        form = super().get_form(request, obj, **kwargs)
        owner = form.base_fields["is_superuser"]
        owner.label = "Owner"
        owner.help_text = "May do everything, and add staff."
        groups = form.base_fields["groups"]
        groups.label = "Roles"
        groups.help_text = (
            "The front desk changes what visitors read of the clinic, reviewers sign "
            "for medical pages. With none ticked: the front desk."
        )
        if obj == request.user:  # no owner locks himself out
            owner.disabled = form.base_fields["is_active"].disabled = True
        return form

    def save_model(self, request, obj, form, change):
        obj.is_staff = True
        super().save_model(request, obj, form, change)

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        if not form.instance.groups.exists():
            form.instance.groups.add(Group.objects.get(name="Front desk"))
