"""All of the admin until one is signed in: password, its guesses, second step."""

import logging
import threading
from base64 import b32encode
from datetime import timedelta
from ipaddress import IPv6Network
from textwrap import wrap

import segno
from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.forms import AdminAuthenticationForm
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import transaction
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path
from django.utils import timezone
from django.utils.crypto import get_random_string, salted_hmac
from django.utils.decorators import method_decorator
from django.utils.safestring import mark_safe
from django_otp import devices_for_user, login, user_has_device, verify_token
from django_otp.plugins.otp_totp.models import TOTPDevice

from . import notices
from .models import Guess, SecondStepForAll, name_of

logger = logging.getLogger(__name__)

# How often one may guess: its tries are rows, under keyed hashes.
WINDOW = timedelta(minutes=15)
MOST = {"at_one": 5, "at_all": 20}  # from one network, at one name and at all names
hashing = threading.Semaphore(2)  # or a few sign-ins would hold all threads for long

BUSY = "Too many people are signing in. Please try again in a moment."
WRONG_CODE = "Enter the next code that your app shows, or an unused recovery code."


def network(request):
    """Return the visitor's address, or the IPv6 network that one may be given."""
    address = request.META["REMOTE_ADDR"]
    # Only a proxy that gunicorn believes can make a request secure.
    if settings.HTTPS and request.is_secure():
        # What stands before the last comma is the visitor's own word.
        forwarded = request.headers.get("X-Forwarded-For", "").rpartition(",")[2]
        address = forwarded.strip() or address
    try:
        # An IPv4 address in IPv6's words is none of it.
        return IPv6Network((address.removeprefix("::ffff:"), 48), strict=False)
    except ValueError:
        return address


def keyed(*parts):
    return salted_hmac("pages.guesses", repr(parts), algorithm="sha256").hexdigest()


def count_guess(request, name):
    """Keep and return this guess, or raise ValidationError that says when to try again.

    Counted after it is kept, so that of many at once none is overlooked.
    """
    Guess.objects.filter(made_at__lte=timezone.now() - WINDOW).delete()
    # Who has signed in here before is counted apart: no stranger locks them out.
    known = request.get_signed_cookie("known", None)
    here = ("known", known) if known else network(request)
    guess = Guess.objects.create(at_one=keyed(here, name), at_all=keyed(here))
    for column, most in MOST.items():
        alike = Guess.objects.filter(**{column: getattr(guess, column)})
        if blocking := alike.order_by("-pk")[most:].first():
            guess.delete()
            logger.warning("A sign-in was locked for a while, after too many guesses")
            free = timezone.localtime(blocking.made_at + WINDOW + timedelta(minutes=1))
            told = f"Too many tries. Please wait and try again at {free:%-I:%M %p}."
            raise ValidationError(told, code="too many")
    return guess


def slowly(view):
    """Let this form, which asks for a password or sends mail, be sent no more often."""

    def counted(request, *args):
        if request.method == "POST":
            try:
                count_guess(request, request.user.get_username())
            except ValidationError as error:
                messages.error(request, error.message)
                return redirect(request.path)
        return view(request, *args)

    return counted


@transaction.atomic
def new_recovery_codes(user):
    """Return ten, in place of all from before; 16 digits each cannot be guessed."""
    user.staticdevice_set.all().delete()
    device = user.staticdevice_set.create()
    codes = [get_random_string(16, "0123456789") for _ in range(10)]
    for code in codes:
        kept = keyed("recovery code", user.pk, code)[:16]  # which tells nobody the code
        device.token_set.create(token=kept)
    return [" ".join(wrap(code, 4)) for code in codes]


@transaction.atomic
def remove_second_step(user, by):
    """Let this user sign in with the password alone; tell whether that is new."""
    if removed := [device.delete() for device in devices_for_user(user)]:
        logger.info("%s removed the second step of %s", by, user)
        told = f"{name_of(user)} no longer needs a second step to sign in."
        notices.tell(by, told, f"/admin/auth/user/{user.pk}/change/")
    return bool(removed)


class SignInForm(AdminAuthenticationForm):
    code = forms.CharField(max_length=40, required=False)
    # Recovery codes are digits too, so that a phone can show its number pad.
    code.widget.attrs |= {"inputmode": "numeric", "autocomplete": "one-time-code"}

    def clean(self):
        """Count the guess first, as checking a password takes long.

        Whether there is a second step is told only after the right password.
        """
        typed = self.cleaned_data
        if self.errors:
            return
        if not hashing.acquire(blocking=False):  # two, as many click twice
            raise ValidationError(BUSY, code="too many")
        try:
            guess = count_guess(self.request, typed["username"])
            super().clean()
        except ValidationError:
            # Without the name: some type their password into its field.
            logger.warning("A sign-in failed")
            raise
        finally:
            hashing.release()
        user, code = self.get_user(), "".join(filter(str.isdecimal, typed["code"]))
        device = user.otp_device = user.totpdevice_set.first()  # for the session
        if device and len(code) != device.digits:
            logger.info("%s entered a recovery code, or none", user)
            code = keyed("recovery code", user.pk, code)[:16]
            device = user.staticdevice_set.first() or device
        if device and not verify_token(user, device.persistent_id, code):
            logger.warning("%s did not pass the second step", user)
            raise ValidationError(WRONG_CODE)
        Guess.objects.filter(at_one=guess.at_one).delete()


@method_decorator(slowly, "password_change")
class SigningIn(admin.AdminSite):
    """How one gets into Django's admin, and the page of one's second step."""

    login_form = SignInForm

    def has_permission(self, request):
        """Whoever has a second step is in only where this session has taken it."""
        may = super().has_permission(request)
        return may and (request.user.otp_device or not user_has_device(request.user))

    def admin_view(self, view, cacheable=False):
        """Where a session has ended, what was sent waits on the page to sign in."""
        view = super().admin_view(view, cacheable)

        def sign_in_first(request, *args, **kwargs):
            here = request.path.startswith("/admin/pages/")  # where no password is sent
            if request.POST and here and not self.has_permission(request):
                answer = self.login(request, {"sent": request.POST.lists()})
                if not self.has_permission(request):
                    return answer
            may_set_up = self.has_permission(request) and not request.user.otp_device
            free = request.resolver_match.url_name in ("second_step", "logout")
            if may_set_up and not free and SecondStepForAll.objects.exists():
                return redirect("admin:second_step")
            return view(request, *args, **kwargs)

        return sign_in_first

    def login(self, request, extra_context=None):
        response = super().login(request, extra_context)
        if isinstance(response, TemplateResponse):
            if response.context_data["form"].has_error(NON_FIELD_ERRORS, "too many"):
                response.status_code = 429
        elif request.method == "POST":
            logger.info("%s signed in", request.user)
            request.session.cycle_key()  # also where one was in without a second step
            options = {"max_age": timedelta(days=365), "path": "/admin/"}
            options |= {"secure": settings.HTTPS, "httponly": True, "samesite": "Lax"}
            response.set_signed_cookie("known", request.user.pk, **options)
        return response

    def get_urls(self):
        page = self.admin_view(self.second_step)
        return [path("second-step/", page, name="second_step"), *super().get_urls()]

    def second_step(self, request):
        """Who finds a session open sets up and removes none without the password."""
        user, posted = request.user, request.POST
        # A new one is of this session, so that nobody else has ever seen its key.
        key = keyed("second step", request.session.session_key)[:40]
        device = user.otp_device or TOTPDevice(user=user, key=key)
        typed = posted.dict() | {"username": user.get_username()}
        form = SignInForm(request, typed if "password" in posted else None)
        for_all = SecondStepForAll.objects.all()
        context = {"title": "Second step to sign in", "form": form, "for_all": for_all}
        context |= {"device": device, **self.each_context(request)}
        if not user.otp_device:
            qr = segno.make_qr(device.config_url).svg_inline(scale=5, light="#fff")
            context["qr"] = mark_safe(qr)  # in which nothing typed stands as text
            context["key"] = " ".join(wrap(b32encode(device.bin_key).decode(), 4))
        elif user.is_superuser and "everybody" in posted:
            for_all.delete()
            if posted["everybody"] == "yes":
                for_all.create()
            logger.info("%s: everybody needs it: %s", user, posted["everybody"])
        if form.is_valid() and not user.otp_device:
            with transaction.atomic():  # as it is kept also where the code is wrong
                if not device.verify_token(form.cleaned_data["code"].replace(" ", "")):
                    transaction.set_rollback(True)
                    form.add_error(None, WRONG_CODE)
        if form.is_valid() and "remove" in posted:
            remove_second_step(user, user)
            messages.success(request, "Your second step is removed.")
            return redirect("admin:index")
        if form.is_valid():
            login(request, device)
            request.session.cycle_key()  # a copy of before has not taken the step
            context["codes"] = new_recovery_codes(user)
            logger.info("%s set up a second step, or new recovery codes", user)
        return TemplateResponse(request, "admin/second_step.html", context)
