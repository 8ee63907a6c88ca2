"""How often one may guess a password: its tries are rows, under keyed hashes."""

import logging
from datetime import timedelta
from ipaddress import ip_address, ip_network

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
TOO_MANY = "Too many tries. Please wait and try again at"


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
    return salted_hmac("pages.guesses", text, algorithm="sha256").hexdigest()


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
    among = {"at_one": keyed(here, what, name), "at_all": keyed(here)}
    among["around"] = keyed(around)
    if request.get_signed_cookie(cookie_of(name), None, max_age=KNOWN_FOR):
        # Alone, so that no stranger on the same network locks them out.
        among = dict.fromkeys(among, keyed("known", what, name))
    guess = Guess.objects.create(**among)
    for column, most in MOST.items():
        newest_first = Guess.objects.filter(**{column: among[column]}).order_by("-pk")
        if one_too_many := newest_first[most:].first():
            guess.delete()
            logger.warning("A sign-in was locked for a while, after too many guesses")
            free = one_too_many.made_at + WINDOW + timedelta(minutes=1)
            told = f"{TOO_MANY} {timezone.localtime(free):%-I:%M %p}."
            raise ValidationError(told, code="too many")
    return guess
