"""The staff's own pages: Django's admin, opening with what visitors see now."""

import logging
from datetime import timedelta

from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth.signals import user_logged_in, user_login_failed
from django.contrib.auth.views import PasswordResetView
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.dispatch import receiver
from django.urls import reverse
from django.utils import timezone

from . import facts, guesses
from .models import Clinic

logger = logging.getLogger(__name__)


@receiver(user_logged_in)
def log_sign_in(user, **kwargs):
    logger.info("%s signed in", user)


@receiver(user_login_failed)
def log_failed_sign_in(**kwargs):
    # Without the name: some type their password into its field.
    logger.warning("A sign-in failed")


class SignInForm(AdminAuthenticationForm):
    def clean(self):
        """Count the guess first, as checking a password takes long."""
        name = self.cleaned_data.get("username")
        if name and self.cleaned_data.get("password"):
            guesses.count(self.request, name)
        cleaned_data = super().clean()
        if self.get_user():
            guesses.forget(self.request, name)
        return cleaned_data


class PasswordReset(PasswordResetView):
    def form_valid(self, form):
        """Send no more mail than one may guess."""
        try:
            guesses.count(self.request, "mail")
        except ValidationError as error:
            form.add_error("email", error)
            return self.form_invalid(form)
        return super().form_valid(form)


def warn_if_not_published(request):
    if not facts.agree():
        messages.warning(
            request,
            "Saved, but visitors still see the old state, as it could not be "
            "published. The site tries again by itself, every half minute.",
        )


def to_do(clinic):
    """Yield what an owner has still to set up, and where."""
    form = reverse("admin:pages_clinic_change", args=[1])
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


class FrontDesk(admin.AdminSite):
    index_title = "Front desk"
    login_form = SignInForm

    def each_context(self, request):
        name = facts.current().name
        return super().each_context(request) | {"site_header": name, "site_title": name}

    def index(self, request, extra_context=None):
        history = Clinic.history()
        clinic = facts.current()
        checked, today = clinic.confirmed_on, timezone.localdate()
        long_ago = timedelta(days=settings.DAYS_UNTIL_ASKED_IF_STILL_TRUE)
        context = {
            "last_change": history.first(),
            "switched": history.filter(
                change_message__contains='"accepting_new_patients":'
            ).first(),
            "ask_if_still_true": not checked or today - checked >= long_ago,
            "to_do": to_do(clinic) if request.user.is_superuser else (),
        }
        warn_if_not_published(request)
        return super().index(request, context)

    def login(self, request, extra_context=None):
        context = {"reset_by_mail": bool(settings.EMAIL_URL)}
        response = super().login(request, context)
        form = getattr(response, "context_data", {}).get("form")
        if form and form.has_error(NON_FIELD_ERRORS, "too many"):
            response.status_code = 429
        return response

    def logout(self, request, extra_context=None):
        response = super().logout(request, extra_context)
        response["Clear-Site-Data"] = '"cache", "cookies", "storage"'
        return response
