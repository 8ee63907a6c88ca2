"""The second step to sign in: everybody's own page for it, and the owners' switch."""

import logging
import secrets
from functools import update_wrapper

import segno
from django import forms
from django.contrib import messages
from django.contrib.auth.forms import UserChangeForm
from django.core.exceptions import ValidationError
from django.db import transaction
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.safestring import mark_safe
from django_otp import login
from django_otp.plugins.otp_totp.models import TOTPDevice, default_key

from . import notices
from .models import RecoveryCode, SecondStepForAll
from .signing_in import (
    CodeField,
    SigningIn,
    count_guess,
    device_of,
    forget_guesses,
    hashed,
    use_up,
)

logger = logging.getLogger(__name__)

KEY = "second_step_key"  # in the session, so that nobody else has ever seen it


def in_fours(text):
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))


def new_recovery_codes(user):
    """Return ten, in place of all from before; 16 digits each cannot be guessed."""
    codes = [f"{secrets.randbelow(10**16):016}" for _ in range(10)]
    with transaction.atomic():
        RecoveryCode.objects.filter(user=user).delete()
        RecoveryCode.objects.bulk_create(
            RecoveryCode(user=user, hashed=hashed(user, code)) for code in codes
        )
    return [in_fours(code) for code in codes]


@transaction.atomic
def remove(user, by):
    """Let this user sign in with the password alone; tell whether it was not so."""
    RecoveryCode.objects.filter(user=user).delete()
    removed, _ = TOTPDevice.objects.filter(user=user).delete()
    if removed:
        logger.info("%s removed the second step of %s", by, user)
        where = reverse("admin:auth_user_change", args=[user.pk])
        what = f"{notices.name_of(user)} signs in without a second step now."
        notices.tell(by, what, where)
    return bool(removed)


class SecondStepForm(forms.Form):
    """Also the password, as somebody may find a session open."""

    password = forms.CharField(
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    code = CodeField(max_length=40)

    def __init__(self, request, device, *args):
        self.request, self.device = request, device
        super().__init__(*args)

    def clean(self):
        user, data = self.request.user, self.cleaned_data
        if {"password", "code"} <= data.keys():
            count_guess(self.request, "password", user.get_username())
            if not user.check_password(data["password"]):
                raise ValidationError("This is not your password.")
            if not (use_up if self.device.pk else keep)(self.device, data["code"]):
                raise CodeField.wrong
            forget_guesses(self.request, "password", user.get_username())


@transaction.atomic
def keep(device, code):
    """Save a new device if this is its code; else nobody ever sees it saved."""
    device.save()
    right = device.verify_token(code.replace(" ", ""))
    if not right:
        device.delete()
    return right


class StaffForm(UserChangeForm):
    """What an owner may change of a user."""

    remove_second_step = forms.BooleanField(
        required=False,
        help_text="If the phone is lost, and the recovery codes too. Make sure who "
        "asks you: until it is set up anew, the password alone is enough.",
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        field = self.fields.get("remove_second_step")
        if field and not device_of(self.instance):
            field.disabled, field.help_text = True, "None is set up."


class SecondStep(SigningIn):
    """Leads to the page where one sets it up, where everybody needs one."""

    def get_urls(self):
        page = self.admin_view(self.second_step)
        return [path("second-step/", page, name="second_step"), *super().get_urls()]

    def admin_view(self, view, cacheable=False):
        def led(request, *args, **kwargs):
            here, out = reverse("admin:second_step"), reverse("admin:logout")
            if (
                request.path not in (here, out)
                and SecondStepForAll.objects.exists()
                and not device_of(request.user)
            ):
                return redirect(here)
            return view(request, *args, **kwargs)

        return super().admin_view(update_wrapper(led, view), cacheable)

    def second_step(self, request):
        user, post = request.user, request.POST
        device = device_of(user) or TOTPDevice(
            user=user, name="app", key=request.session.setdefault(KEY, default_key())
        )
        has_one = bool(device.pk)
        form = SecondStepForm(request, device, post if "password" in post else None)
        codes = ()
        if has_one and user.is_superuser and "everybody" in post:
            self.need_of_everybody(user, post["everybody"] == "yes")
            return redirect("admin:second_step")
        if form.is_valid():
            if has_one and "remove" in post:
                remove(user, user)
                messages.success(request, "Your second step is removed.")
                return redirect("admin:index")
            codes = new_recovery_codes(user)
            login(request, device)
            request.session.pop(KEY, None)
            done = "made new recovery codes" if has_one else "set up a second step"
            logger.info("%s %s", user, done)
        context = self.each_context(request) | {
            "title": "Second step to sign in",
            "form": form,
            "has_one": has_one,
            "codes": codes,
            "codes_left": RecoveryCode.objects.filter(user=user).count(),
            "for_all": SecondStepForAll.objects.select_related("by").first(),
        }
        if not has_one:
            qr = segno.make(device.config_url, micro=False, error="m")
            svg = qr.svg_inline(scale=5, light="#fff", title="QR code", omitsize=False)
            context["qr"], context["address"] = mark_safe(svg), device.config_url
            context["key"] = in_fours(device.config_url.split("secret=")[1][:32])
        return TemplateResponse(request, "admin/second_step.html", context)

    def need_of_everybody(self, owner, needed):
        SecondStepForAll.objects.all().delete()
        if needed:
            SecondStepForAll.objects.create(by=owner)
        does = "now needs" if needed else "no longer needs"
        logger.info("%s: everybody %s a second step", owner, does)
