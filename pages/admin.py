from django import forms
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import AdminUserCreationForm
from django.contrib.auth.models import Group, User
from django.core.exceptions import BadRequest, PermissionDenied
from django.db import models, transaction
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html

from .desk import warn_if_not_published
from .facts import Facts
from .models import Clinic

CITY = "city", "state", "zip_code"
PERSON = "first_name", "last_name", "username"
PASSWORD = "usable_password", "password1", "password2"

admin.site.unregister(Group)
admin.site.unregister(User)


def told(change):
    """Return who made a change, when and what, as one sentence."""
    when = date_format(timezone.localtime(change.action_time), "DATETIME_FORMAT")
    who = change.user.get_full_name() or change.user.get_username()
    return f"{who}, {when}: {change.get_change_message()}"


class ClinicForm(forms.ModelForm):
    seen = forms.IntegerField(
        widget=forms.HiddenInput,
        initial=lambda: getattr(Clinic.history().first(), "pk", 0),
    )

    def _post_clean(self):
        """Refuse what would silently undo somebody's change in between."""
        super()._post_clean()
        saved, last_change = Clinic.hold()
        if (
            last_change
            and last_change.pk != self.cleaned_data.get("seen")
            and Facts.of(self.instance) != Facts.of(saved)
        ):
            self.add_error(
                None,
                format_html(
                    "Not saved, as this page was opened before the last change. {} "
                    "What you typed is still below: copy what you need, then "
                    '<a href="{}" target="_blank">open the page anew</a>, '
                    "in a tab of its own.",
                    told(last_change),
                    reverse("admin:pages_clinic_change", args=[1]),
                ),
            )


@admin.register(Clinic)
class ClinicAdmin(admin.ModelAdmin):
    """One form for the one row, and the buttons of the first page."""

    form = ClinicForm
    save_on_top = True
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}
    fieldsets = [
        ("New patients", {"fields": ["accepting_new_patients", "message", "seen"]}),
        ("When you are open", {"fields": ["hours", "closures"]}),
        ("Contact", {"fields": ["name", "street", CITY, "phone", "fax"]}),
        ("Notices", {"fields": ["privacy_notice", "nondiscrimination_notice"]}),
    ]

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def get_urls(self):
        press = self.admin_site.admin_view(self.press)
        return [path("press/", press, name="pages_clinic_press"), *super().get_urls()]

    def get_object(self, request, object_id, from_field=None):
        """Until staff first save there is no row: offer the facts as shipped."""
        saved = super().get_object(request, object_id, from_field)
        return Clinic() if saved is None and object_id == "1" else saved

    def change_view(self, request, object_id, form_url="", extra_context=None):
        if request.method == "GET":
            warn_if_not_published(request)
        context = {"show_save_and_continue": False, "history": Clinic.history()[:10]}
        # A named address, or the browser would keep the fragment that led here and
        # scroll past what is wrong.
        return super().change_view(request, object_id, request.path, context)

    def changelist_view(self, request, extra_context=None):
        return redirect("admin:pages_clinic_change", 1)

    def save_model(self, request, obj, form, change):
        obj.save(by=request.user)

    def log_change(self, request, obj, message):
        """Saving has kept it, with what was before."""

    def response_change(self, request, obj):
        messages.success(request, "Saved.")
        return redirect("admin:index")

    def press(self, request):
        """Do what a button of the first page says, once, and show that page."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        if request.method == "POST":  # else staff had to sign in again on the way
            self.carry_out(request)
        return redirect("admin:index")

    @transaction.atomic
    def carry_out(self, request):
        clinic, last_change = Clinic.hold()
        newest = str(getattr(last_change, "pk", 0))
        match request.POST:
            case {"accepting": "yes" | "no" as answer}:
                clinic.accepting_new_patients = answer == "yes"
            case {"still_true": seen} if seen == newest:
                clinic.confirmed_on = timezone.localdate()
            case {"undo": seen} if last_change and seen == newest:
                clinic.take_back(last_change)
            case {"still_true": _} | {"undo": _} if last_change:
                messages.warning(
                    request,
                    f"Nothing was done, as this came first. {told(last_change)}",
                )
                return
            case _:
                raise BadRequest
        clinic.save(by=request.user)
        if Clinic.history().first() == last_change:
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


@admin.register(User)
class StaffAdmin(UserAdmin):
    """Whoever is added here is staff: the front desk, or an owner."""

    add_form = NewStaffForm
    add_fieldsets = [(None, {"fields": [*PERSON, *PASSWORD, "is_superuser"]})]
    fieldsets = [
        (None, {"fields": [*PERSON, "email", "password", "is_superuser", "is_active"]})
    ]
    list_display = ["username", "first_name", "last_name", "role", "is_active"]
    list_filter = []

    @admin.display
    def role(self, user):
        return "Owner" if user.is_superuser else "Front desk"

    def has_delete_permission(self, request, obj=None):
        """With a user Django would delete what that user did from the history."""
        return False

    def get_form(self, request, obj=None, **kwargs):
        form = super().get_form(request, obj, **kwargs)
        owner = form.base_fields["is_superuser"]
        owner.label = "Owner"
        owner.help_text = "May also add staff. All others are the front desk."
        if obj == request.user:  # no owner locks himself out
            owner.disabled = form.base_fields["is_active"].disabled = True
        return form

    def save_model(self, request, obj, form, change):
        obj.is_staff = True
        super().save_model(request, obj, form, change)
        obj.groups.add(Group.objects.get(name="Front desk"))
