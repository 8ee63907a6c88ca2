"""All of the admin until one is signed in, and how often one may guess."""

import logging
import threading
from datetime import timedelta
from functools import update_wrapper
from http import HTTPStatus
from ipaddress import ip_address, ip_network

from django import forms
from django.conf import settings
from django.contrib import admin
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth.forms import PasswordResetForm
from django.contrib.auth.models import User
from django.contrib.auth.signals import user_logged_in, user_login_failed
from django.contrib.auth.views import PasswordResetView
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import connection, transaction
from django.dispatch import receiver
from django.http import QueryDict
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django_otp import DEVICE_ID_SESSION_KEY, verify_token
from django_otp.plugins.otp_totp.models import TOTPDevice

from .models import Guess, RecoveryCode

logger = logging.getLogger(__name__)

WINDOW = timedelta(minutes=15)
# Guesses at one name and at all names from one address, and from all around it.
MOST = {"at_one": 5, "at_all": 20, "around": 60}
KNOWN_FOR = timedelta(days=365)
SECONDS_TO_WAIT_FOR_A_HASH = 0.2
hashing = threading.Lock()  # or a few sign-ins at once would hold all threads for long


@receiver(user_logged_in)
def log_sign_in(user, **kwargs):
    logger.info("%s signed in", user)


@receiver(user_login_failed)
def log_failed_sign_in(**kwargs):
    # Without the name: some type their password into its field.
    logger.warning("A sign-in failed")


def networks(request):
    """Return the visitor's address, or of IPv6 the network that one visitor has, and
    the one that a provider may have given to one customer.
    """
    address = request.META["REMOTE_ADDR"]
    # Only a proxy that gunicorn believes can make a request secure.
    if settings.HTTPS and request.is_secure():
        # What stands before the last comma is the visitor's own word.
        forwarded = request.headers.get("X-Forwarded-For", "").rpartition(",")[2]
        address = forwarded.strip() or address
    try:
        address = ip_address(address)
        address = getattr(address, "ipv4_mapped", None) or address
        lengths = (64, 48) if address.version == 6 else (32, 32)
        return [ip_network((address, length), strict=False) for length in lengths]
    except ValueError:
        return address, address


def keyed(*parts):
    text = repr([str(part) for part in parts])
    return salted_hmac("pages.signing_in", text, algorithm="sha256").hexdigest()


def cookie_of(name):
    """Return the name of the cookie of a browser that has signed in as this user."""
    return f"{'__Secure-' * settings.HTTPS}known-{keyed('known', name)[:16]}"


def counts(request, *at_what):
    """Return what this guess counts among: those of MOST, as keyed hashes.

    Who signed in under this name before, with this browser, counts alone, so that no
    stranger on the same network locks them out.
    """
    cookie = cookie_of(at_what[-1])
    if request.get_signed_cookie(cookie, None, max_age=KNOWN_FOR):
        return dict.fromkeys(MOST, keyed("known", *at_what))
    here, around = networks(request)
    of_one = keyed(here, *at_what)
    return {"at_one": of_one, "at_all": keyed(here), "around": keyed(around)}


def forget_old_guesses():
    Guess.objects.filter(made_at__lte=timezone.now() - WINDOW).delete()


def count_guess(request, *at_what):
    """Keep this guess, or raise ValidationError that says when one may try again.

    Counted after it is kept, so that of many at once none is overlooked.
    """
    forget_old_guesses()
    among = counts(request, *at_what)
    guess = Guess.objects.create(**among)
    for name, most in MOST.items():
        times = Guess.objects.filter(**{name: among[name]}).order_by("made_at")
        times = list(times.values_list("made_at", flat=True))
        if len(times) > most:
            guess.delete()
            logger.warning("A sign-in was locked for a while, after too many guesses")
            free = timezone.localtime(times[-most - 1] + WINDOW + timedelta(minutes=1))
            raise ValidationError(
                f"Too many tries. Please wait and try again at {free:%-I:%M %p}.",
                code="too many",
            )


def forget_guesses(request, *at_what):
    Guess.objects.filter(at_one=counts(request, *at_what)["at_one"]).delete()


BUSY = "Too many people are signing in. Please try again in a moment."
WRONG_CODE = (
    "Enter a code from your authenticator app, or a recovery code. Each works only "
    "once: if you have just used it, wait for the next."
)


def device_of(user):
    """Return the authenticator app that this user has set up, or None."""
    return TOTPDevice.objects.filter(user=user).first()


def use_up(device, code):
    """Tell whether this is a right code, the app's or one for recovery: once it is."""
    code, user = "".join(filter(str.isdecimal, code)), device.user
    if len(code) == device.digits:
        return bool(verify_token(user, device.persistent_id, code))
    hashed = keyed("recovery code", user.pk, code)
    used, _ = RecoveryCode.objects.filter(user=user, hashed=hashed).delete()
    if used:
        logger.info("%s used a recovery code", user)
    return bool(used)


class SignInForm(AdminAuthenticationForm):
    code = forms.CharField(max_length=40, required=False)
    # Recovery codes are digits too, so that a phone can show its number pad.
    code.widget.attrs |= {"inputmode": "numeric", "autocomplete": "one-time-code"}

    def clean(self):
        """Count the guess first, as checking a password takes long.

        Whether there is a second step is told only after the right password.
        """
        name = self.cleaned_data.get("username")
        if name and self.cleaned_data.get("password"):
            count_guess(self.request, "password", name)
        if not hashing.acquire(timeout=SECONDS_TO_WAIT_FOR_A_HASH):
            raise ValidationError(BUSY, code="too many")
        try:
            cleaned_data = super().clean()
        finally:
            hashing.release()
        if user := self.get_user():
            if device := device_of(user):
                if not use_up(device, cleaned_data.get("code", "")):
                    logger.warning("%s did not pass the second step", user)
                    raise ValidationError(WRONG_CODE)
                user.otp_device = device  # which django_otp notes in the session
            forget_guesses(self.request, "password", name)
        return cleaned_data


class PasswordLinkForm(PasswordResetForm):
    """Sends staff a link to set a password, also when they have never had one."""

    def get_users(self, email):
        return User.objects.filter(email__iexact=email, is_active=True, is_staff=True)

    @classmethod
    def invite(cls, user):
        form = cls({"email": user.email})
        form.get_users = lambda email: [user]
        if form.is_valid():
            form.save(
                subject_template_name="admin/invitation_subject.txt",
                email_template_name="admin/invitation.txt",
            )

    def save(self, **options):
        """Send it in the background: no answer tells who is known, and none waits."""
        scheme, _, host = settings.PUBLIC_ORIGIN.partition("://")
        options |= {"domain_override": host, "use_https": scheme == "https"}
        thread = threading.Thread(target=self.send, kwargs=options)
        transaction.on_commit(thread.start, robust=True)

    def send(self, **options):
        try:
            super().save(**options)
        finally:
            connection.close()


class PasswordReset(PasswordResetView):
    form_class = PasswordLinkForm

    def form_valid(self, form):
        """Send no more mail than one may guess."""
        try:
            count_guess(self.request, "mail")
        except ValidationError as error:
            form.add_error("email", error)
            return self.form_invalid(form)
        return super().form_valid(form)


class SigningIn(admin.AdminSite):
    """How one gets into Django's admin, and out of it."""

    login_form = SignInForm

    def has_permission(self, request):
        """Whoever has a second step is in only where this session has taken it."""
        if not super().has_permission(request):
            return False
        device = device_of(request.user)
        taken = request.session.get(DEVICE_ID_SESSION_KEY)
        return device is None or taken == device.persistent_id

    def admin_view(self, view, cacheable=False):
        """Where a session has ended, what was sent goes along while one signs in."""
        view = super().admin_view(view, cacheable)

        def sign_in_first(request, *args, **kwargs):
            about_the_clinic = reverse("admin:index") + "pages/"  # and no password
            if (
                request.method != "POST"
                or not request.path.startswith(about_the_clinic)
                or self.has_permission(request)
            ):
                return view(request, *args, **kwargs)
            sent = request.POST.copy()
            sent.pop("csrfmiddlewaretoken", None)
            context = {"form": self.login_form(request), "sent": sent.urlencode()}
            context |= {"app_path": reverse("admin:login"), "next": request.path}
            return self.login(request, context)

        return update_wrapper(sign_in_first, view)

    def login(self, request, extra_context=None):
        sent = request.POST.get("sent", "")
        context = {"reset_by_mail": bool(settings.EMAIL_URL), "sent": sent}
        response = super().login(request, context | (extra_context or {}))
        if response.status_code == HTTPStatus.FOUND:
            if sent:
                context = {"path": response.url, "sent": QueryDict(sent).lists()}
                context |= {"title": "Nothing was saved yet"}
                context |= self.each_context(request)
                response = TemplateResponse(request, "admin/sent.html", context)
            options = {"max_age": KNOWN_FOR, "path": reverse("admin:index")}
            options |= {"secure": settings.HTTPS, "samesite": "Lax", "httponly": True}
            cookie = cookie_of(request.user.get_username())
            response.set_signed_cookie(cookie, "known", **options)
        form = getattr(response, "context_data", {}).get("form")
        if form and form.has_error(NON_FIELD_ERRORS, "too many"):
            response.status_code = HTTPStatus.TOO_MANY_REQUESTS
        return response

    def logout(self, request, extra_context=None):
        response = super().logout(request, extra_context)
        # Not its cookies: Django itself ends the session, and the browser stays known.
        response["Clear-Site-Data"] = '"cache", "storage"'
        return response
