"""How often one may guess a password: its tries are rows, under keyed hashes."""

import logging
from datetime import timedelta
from ipaddress import IPv6Network

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.crypto import salted_hmac

from .models import Guess

logger = logging.getLogger(__name__)

WINDOW = timedelta(minutes=15)
# Guesses at one name and at all names from one address, and from all around it.
MOST = {"at_one": 5, "at_all": 20, "around": 60}
KNOWN_FOR = timedelta(days=365)


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
    address = address.removeprefix("::ffff:")  # an IPv4 address in IPv6's words
    try:
        return [IPv6Network((address, length), strict=False) for length in (64, 48)]
    except ValueError:
        return address, address


def keyed(*parts):
    return salted_hmac("pages.guesses", repr(parts), algorithm="sha256").hexdigest()


def cookie_of(name):
    """Return the name of the cookie of a browser that has signed in as this user."""
    return f"{'__Secure-' * settings.HTTPS}known-{keyed('known', name)[:16]}"


def forget_old_guesses():
    Guess.objects.filter(made_at__lte=timezone.now() - WINDOW).delete()


def count_guess(request, what, name=""):
    """Keep and return this guess, or raise ValidationError that says when to try again.

    Counted after it is kept, so that of many at once none is overlooked.
    """
    forget_old_guesses()
    here, around = networks(request)
    if request.get_signed_cookie(cookie_of(name), None, max_age=KNOWN_FOR):
        # Alone, so that no stranger on the same network locks them out.
        here = around = "known", name
    guess = Guess(at_one=keyed(here, what, name), at_all=keyed(here))
    guess.around = keyed(around)
    guess.save()
    for column, most in MOST.items():
        alike = Guess.objects.filter(**{column: getattr(guess, column)})
        if blocking := alike.order_by("-pk")[most:].first():
            guess.delete()
            logger.warning("A sign-in was locked for a while, after too many guesses")
            free = timezone.localtime(blocking.made_at + WINDOW + timedelta(minutes=1))
            told = f"Too many tries. Please wait and try again at {free:%-I:%M %p}."
            raise ValidationError(told, code="too many")
    return guess
