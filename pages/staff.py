"""Who may do what: the front desk, and owners, who add them."""

from django.apps import apps
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.forms import PasswordResetForm, UserChangeForm
from django.contrib.auth.models import Group, User
from django.forms import CheckboxSelectMultiple
from django.shortcuts import redirect

from . import notices, reviews
from .admin import site
from .models import name_of
from .signing_in import remove_second_step

apps.get_app_config("auth").verbose_name = "Staff"  # as the admin calls it
PERSON = "first_name", "last_name", "username", "email", "groups", "is_superuser"


class StaffForm(UserChangeForm):
    class Meta(UserChangeForm.Meta):
        labels = {"is_superuser": "Owner", "groups": "Roles"}
        help_texts = {"is_superuser": "May do everything, and add staff.", "groups": ""}
        widgets = {"groups": CheckboxSelectMultiple}


@admin.register(User, site=site)
class StaffAdmin(UserAdmin):
    """Whoever is added here is staff: the front desk, or an owner."""

    actions = ["phone_lost"]
    form = add_form = StaffForm
    add_fieldsets = [(None, {"fields": PERSON})]
    fieldsets = [(None, {"fields": [*PERSON, "is_active"]})]
    list_display = ["username", "first_name", "last_name", "role", "is_active"]
    list_filter = []
    # What a user did is kept for good, and with it the user.
    has_delete_permission = reviews.KeptAdmin.has_delete_permission

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
        if answer.status_code == 302 and user.is_superuser:
            notices.tell(request.user, f"New password: {name_of(user)}.", request.path)
        return answer

    def save_model(self, request, obj, form, change):
        """Tell owners first, or whoever is one no longer would not hear of it."""
        obj.is_staff = True
        owners = User.objects.filter(is_superuser=True, is_active=True)
        was, now = owners.filter(pk=obj.pk).exists(), obj.is_superuser and obj.is_active
        if was != now or (now and "email" in form.changed_data):
            told = f"{name_of(obj)} is {'an' if now else 'no longer an'} owner. "
            told += f"Address for mail: {obj.email or 'none'}."
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
