"""The second step to sign in: everybody's own page for it, and the owners' switch."""

import logging
import secrets
from base64 import b32encode
from functools import update_wrapper

import segno
from django.contrib import admin, messages
from django.db import transaction
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.safestring import mark_safe
from django_otp import login
from django_otp.plugins.otp_totp.models import TOTPDevice, default_key

from . import notices, signing_in
from .models import RecoveryCode, SecondStepForAll, name_of
from .signing_in import device_of

logger = logging.getLogger(__name__)


def in_fours(text):
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))


@transaction.atomic
def new_recovery_codes(user):
    """Return ten, in place of all from before; 16 digits each cannot be guessed."""
    codes = [f"{secrets.randbelow(10**16):016}" for _ in range(10)]
    RecoveryCode.objects.filter(user=user).delete()
    for code in codes:
        hashed = signing_in.keyed("recovery code", user.pk, code)
        RecoveryCode.objects.create(user=user, hashed=hashed)
    return [in_fours(code) for code in codes]


@transaction.atomic
def remove(user, by):
    """Let this user sign in with the password alone."""
    RecoveryCode.objects.filter(user=user).delete()
    if TOTPDevice.objects.filter(user=user).delete()[0]:
        logger.info("%s removed the second step of %s", by, user)
        where = reverse("admin:auth_user_change", args=[user.pk])
        told = f"{name_of(user)} no longer needs a second step to sign in."
        notices.tell(by, told, where)


@admin.action(permissions=["change"], description="Phone lost: remove the second step")
def remove_of_others(model_admin, request, users):
    for user in users.exclude(pk=request.user.pk):
        remove(user, request.user)


@transaction.atomic
def keep(device, code):
    """Keep a new device if this is a right code of it."""
    device.save()
    right = signing_in.use_up(device, code)
    if not right:
        device.delete()
    return right


class SecondStep(signing_in.SigningIn):
    """Leads to the page where one sets it up, where everybody needs one."""

    def get_urls(self):
        page = self.admin_view(self.second_step)
        return [path("second-step/", page, name="second_step"), *super().get_urls()]

    def admin_view(self, view, cacheable=False):
        def led(request, *args, **kwargs):
            here, out = reverse("admin:second_step"), reverse("admin:logout")
            needed = SecondStepForAll.objects.exists() and not device_of(request.user)
            if needed and request.path not in (here, out):
                return redirect(here)
            return view(request, *args, **kwargs)

        return super().admin_view(update_wrapper(led, view), cacheable)

    def second_step(self, request):
        """Whoever finds a session open gets no further here without the password."""
        user, post = request.user, request.POST.copy()
        post["username"] = user.get_username()
        device = has_one = device_of(user)
        if not has_one:  # nobody but this session has ever seen the key
            key = request.session.setdefault("second_step_key", default_key())
            device = TOTPDevice(user=user, name="app", key=key)
        form = signing_in.SignInForm(request, post if "password" in post else None)
        codes = None
        if has_one and user.is_superuser and "everybody" in post:
            SecondStepForAll.objects.all().delete()
            if post["everybody"] == "yes":
                SecondStepForAll.objects.create()
            logger.info("%s: everybody needs it: %s", user, post["everybody"])
        elif not form.is_valid():
            pass
        elif not (has_one or keep(device, form.cleaned_data["code"])):
            form.add_error(None, signing_in.WRONG_CODE)
        elif has_one and "remove" in post:
            remove(user, user)
            messages.success(request, "Your second step is removed.")
            return redirect("admin:index")
        else:
            codes = new_recovery_codes(user)
            login(request, device)
            request.session.pop("second_step_key", None)
            done = "made new recovery codes" if has_one else "set up a second step"
            logger.info("%s %s", user, done)
        context = self.each_context(request) | {
            "title": "Second step to sign in",
            "form": form,
            "has_one": has_one,
            "codes": codes,
            "codes_left": RecoveryCode.objects.filter(user=user).count(),
            "for_all": SecondStepForAll.objects.exists(),
        }
        if not has_one:
            address = device.config_url
            qr = segno.make(address, micro=False).svg_inline(scale=5, light="#fff")
            key = in_fours(b32encode(device.bin_key).decode())
            context |= {"address": address, "qr": mark_safe(qr), "key": key}
        return TemplateResponse(request, "admin/second_step.html", context)
