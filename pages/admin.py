"""All of the admin once one is signed in: first page, versions, reviews, staff."""

from datetime import timedelta

from django import forms
from django.apps import apps
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.models import LogEntry
from django.contrib.admin.utils import unquote
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import PasswordResetForm, UserChangeForm
from django.contrib.auth.models import Group, User
from django.db import models, transaction
from django.shortcuts import redirect
from django.utils import timezone

from . import notices, publishing
from .forms import ClinicForm, Text
from .hours import office_hours
from .models import DAYS, Clinic, Review, name_of
from .reviews import MEDICAL, changes, digest, words
from .signing_in import SigningIn, remove_second_step

apps.get_app_config("auth").verbose_name = "Staff"  # as the admin calls it
CONTACT = "name", "street", ("city", "state", "zip_code"), "phone", "fax"
PERSON = "first_name", "last_name", "username", "email", "groups", "is_superuser"


class FrontDesk(SigningIn):
    index_title = "Front desk"

    def index(self, request, extra_context=None):
        clinic, newest = publishing.current(), Clinic.newest()
        newest_reviews = Review.newest()
        before = Clinic.newest(accepting_new_patients=not newest.accepting_new_patients)
        user, today = request.user, timezone.localdate()
        long_ago = today - timedelta(days=30)
        told = LogEntry.objects.filter(object_repr=notices.KIND).exclude(user=user)
        context = office_hours(clinic, today) | {
            "newest": newest,
            "agree": publishing.agree(),
            # The version that switched it is the one after the last that said other.
            "since": before.accepting_new_patients != newest.accepting_new_patients
            and Clinic.objects.filter(version=before.version + 1).first(),
            "ask_if_still_true": not clinic.checked_on or clinic.checked_on <= long_ago,
            "told": told.filter(action_time__gte=timezone.now() - timedelta(days=14)),
            "shipped": Clinic(),
            "in_30_days": today + timedelta(days=30),
            "states": [
                (page, title, digest(page), newest_reviews.get(page))
                for page, title in MEDICAL.items()
            ],
        }
        return super().index(request, context)

    def app_index(self, request, app_label):
        return redirect("admin:index")  # which lists all, and alone has what it tells


site = FrontDesk()


class KeptAdmin(admin.ModelAdmin):
    """Of rows that nobody changes or deletes, not even an owner."""

    formfield_overrides = {
        models.CharField: {"form_class": Text},
        models.TextField: {"form_class": Text},
        models.URLField: {"form_class": Text},
        # Or Django compares the switch with a hidden copy from the first HTML.
        models.BooleanField: {"show_hidden_initial": False},
    }

    def has_change_permission(self, request, obj=None):
        return False

    has_delete_permission = has_change_permission


@admin.register(Clinic, site=site)
class ClinicAdmin(KeptAdmin):
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
        if request.method != "POST" or not self.has_add_permission(request):
            return super().changelist_view(request, extra_context)
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


class SignOff(forms.ModelForm):
    digest = forms.ChoiceField(choices=lambda: [(digest(it), it) for it in MEDICAL])
    digest.error_messages["invalid_choice"] = "The words have changed. Read them again."


@admin.register(Review, site=site)
class ReviewAdmin(KeptAdmin):
    """All reviews ever made, and a page to sign for the words of another."""

    form = SignOff
    add_form_template = "admin/pages/review/sign.html"
    list_display = ["day", "page", "reviewer", "credentials", "account"]
    readonly_fields = ["day", "page", "words"]

    def add_view(self, request, form_url="", extra_context=None):
        page = request.GET.get("page")
        if page not in MEDICAL:
            return redirect("admin:index")  # which links them all
        last, now = Review.newest().get(page), words(page)
        context = {"title": MEDICAL[page], "page": page, "digest": digest(page)}
        context |= {"last": last, "changes": changes(last.words if last else now, now)}
        return super().add_view(request, form_url, context)

    def save_model(self, request, obj, form, change):
        obj.page = dict(form.fields["digest"].choices)[obj.digest]
        obj.words, obj.account = words(obj.page), request.user
        super().save_model(request, obj, form, change)
        told = f"{obj.reviewer}, {obj.credentials}, signed for {MEDICAL[obj.page]}."
        notices.tell(request.user, told, "/admin/pages/review/")
        transaction.on_commit(publishing.publish, robust=True)  # as in Clinic.add


class StaffForm(UserChangeForm):
    class Meta(UserChangeForm.Meta):
        labels = {"is_superuser": "Owner", "groups": "Roles"}
        help_texts = {"is_superuser": "May do everything, and add staff.", "groups": ""}
        widgets = {"groups": forms.CheckboxSelectMultiple}


@admin.register(User, site=site)
class StaffAdmin(UserAdmin):
    """Whoever is added here is staff, of the front desk unless told otherwise."""

    actions = ["phone_lost"]
    form = add_form = StaffForm
    add_fieldsets = [(None, {"fields": PERSON})]
    fieldsets = [(None, {"fields": [*PERSON, "is_active"]})]
    list_display = ["username", "first_name", "last_name", "role", "is_active"]
    list_filter = []
    # What a user did is kept for good, and with it the user.
    has_delete_permission = KeptAdmin.has_delete_permission

    @admin.action(permissions=["change"], description="Phone lost: remove second step")
    def phone_lost(self, request, users):
        for user in users.exclude(pk=request.user.pk):
            remove_second_step(user, request.user)

    def role(self, user):
        groups = ", ".join(group.name for group in user.groups.all())
        return "Owner" if user.is_superuser else groups

    def get_queryset(self, request):
        """All but those under whose names the command line works."""
        return super().get_queryset(request).filter(is_staff=True)

    def get_readonly_fields(self, request, obj=None):
        """No owner locks himself out."""
        return ["is_superuser", "is_active"] if obj == request.user else []

    def user_change_password(self, request, id, form_url=""):
        """One's own asks for the one of before, as somebody may find a session open."""
        user = self.get_object(request, unquote(id))
        if user == request.user:
            return redirect("admin:password_change")
        answer = super().user_change_password(request, id, form_url)
        if answer.status_code == 302:
            notices.tell(request.user, f"New password: {name_of(user)}.", request.path)
        return answer

    def save_model(self, request, obj, form, change):
        """Tell owners first, or whoever is one no longer would not hear of it."""
        obj.is_staff = True
        owners = User.objects.filter(is_superuser=True, is_active=True)
        was, now = owners.filter(pk=obj.pk).exists(), obj.is_superuser and obj.is_active
        if was != now or (now and {"email", "username"} & {*form.changed_data}):
            told = f"{name_of(obj)} is {'an' if now else 'no longer an'} owner. "
            told += f"Username: {obj.username}. Mail: {obj.email or 'none'}."
            notices.tell(request.user, told, "/admin/auth/user/")
        super().save_model(request, obj, form, change)
        if settings.EMAIL_URL and obj.email and obj.is_active and not obj.password:
            link = PasswordResetForm({"email": obj.email})
            link.get_users = lambda email: [obj]  # others may share the mailbox
            if link.is_valid():
                link.save(extra_email_context={"settings": settings}, request=request)
            messages.info(request, f"{obj.email} is sent a link to set a password.")

    def get_changeform_initial_data(self, request):
        return {"groups": Group.objects.filter(name="Front desk")}
