"""The second step to sign in: everybody's own page for it, and the owners' switch."""

import logging
import secrets
from base64 import b32encode
from textwrap import wrap

import segno
from django.contrib import admin, messages
from django.db import transaction
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.safestring import mark_safe
from django_otp import devices_for_user, login
from django_otp.plugins.otp_static.models import StaticDevice
from django_otp.plugins.otp_totp.models import TOTPDevice

from . import notices
from .models import SecondStepForAll, name_of
from .signing_in import SignInForm, SigningIn, recovery_token

logger = logging.getLogger(__name__)


@transaction.atomic
def new_recovery_codes(user):
    """Return ten, in place of all from before; 16 digits each cannot be guessed."""
    codes = [f"{secrets.randbelow(10**16):016}" for _ in range(10)]
    StaticDevice.objects.filter(user=user).delete()
    device = StaticDevice.objects.create(user=user, name="recovery codes")
    for code in codes:
        device.token_set.create(token=recovery_token(user, code))
    return [" ".join(wrap(code, 4)) for code in codes]


@transaction.atomic
def remove(user, by):
    """Let this user sign in with the password alone; tell whether that is new."""
    removed = [device.delete() for device in devices_for_user(user)]
    if removed:
        logger.info("%s removed the second step of %s", by, user)
        told = f"{name_of(user)} no longer needs a second step to sign in."
        notices.tell(by, told, "admin:auth_user_change", user.pk)
    return bool(removed)


@admin.action(permissions=["change"], description="Phone lost: remove the second step")
def remove_of_others(model_admin, request, users):
    for user in users.exclude(pk=request.user.pk):
        remove(user, request.user)


class SecondStep(SigningIn):
    def get_urls(self):
        page = self.admin_view(self.second_step)
        return [path("second-step/", page, name="second_step"), *super().get_urls()]

    def second_step(self, request):
        """Whoever finds a session open gets no further here without the password."""
        user, posted = request.user, request.POST
        # A new one is of this session, so that nobody else has ever seen its key.
        new = {"user": user, "name": request.session.session_key, "confirmed": False}
        device = user.otp_device or TOTPDevice.objects.get_or_create(**new)[0]
        typed = posted.dict() | {"username": user.get_username()}
        form = SignInForm(request, typed if "password" in posted else None)
        form.device = device
        for_all = SecondStepForAll.objects.all()
        context = {"title": "Second step to sign in", "form": form, "for_all": for_all}
        context |= self.each_context(request)
        if not user.otp_device:
            qr = segno.make_qr(device.config_url).svg_inline(scale=5, light="#fff")
            context["qr"] = mark_safe(qr)  # in which nothing typed stands as text
            context["key"] = " ".join(wrap(b32encode(device.bin_key).decode(), 4))
        elif user.is_superuser and "everybody" in posted:
            for_all.delete()
            if posted["everybody"] == "yes":
                for_all.create()
            logger.info("%s: everybody needs it: %s", user, posted["everybody"])
        if form.is_valid() and "remove" in posted:
            remove(user, user)
            messages.success(request, "Your second step is removed.")
            return redirect("admin:index")
        if form.is_valid():
            TOTPDevice.objects.filter(pk=device.pk).update(confirmed=True)
            TOTPDevice.objects.filter(user=user, confirmed=False).delete()
            login(request, device)
            context["codes"] = new_recovery_codes(user)
            logger.info("%s set up a second step, or new recovery codes", user)
        return TemplateResponse(request, "admin/second_step.html", context)
