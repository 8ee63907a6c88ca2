"""Guesses of a password: a handful in a quarter of an hour, in all workers together.

They are kept in a cache, which forgets them, under keyed hashes of name and address.
"""

import logging
from datetime import timedelta
from ipaddress import ip_address, ip_network

from django.core.cache import caches
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.crypto import salted_hmac

logger = logging.getLogger(__name__)

WINDOW = timedelta(minutes=15)
OF_ONE_NAME, OF_ALL_NAMES = 5, 20  # from one address


def network(request):
    """Return the visitor's address, or of IPv6 the network that one visitor has."""
    address = request.META["REMOTE_ADDR"]
    # Only a proxy that gunicorn believes can make a request secure.
    if request.is_secure():
        # What stands before the last comma is the visitor's own word.
        forwarded = request.headers.get("X-Forwarded-For", "").rpartition(",")[2]
        address = forwarded.strip() or address
    try:
        address = ip_address(address)
        address = getattr(address, "ipv4_mapped", None) or address
        return ip_network((address, 64 if address.version == 6 else 32), strict=False)
    except ValueError:
        return address


def slots(request, name):
    """Return the keys of the places for guesses, of this name and of all names."""
    where = network(request)
    for parts, number in (((where, name), OF_ONE_NAME), ((where,), OF_ALL_NAMES)):
        text = "\n".join(map(str, parts))
        key = salted_hmac("pages.guesses", text, algorithm="sha256").hexdigest()
        yield [f"{key}-{n}" for n in range(number)]


def count(request, name):
    """Take a place of each kind, or say when one is free again."""
    now = timezone.now()
    places = caches["guesses"]
    try:
        for keys in slots(request, name):
            if not any(places.add(key, now + WINDOW, WINDOW.seconds) for key in keys):
                free = min(places.get_many(keys).values(), default=now)
                break
        else:
            return
    except Exception as error:  # a cache in ruins can raise anything
        logger.warning("Guesses cannot be counted: %r", error)
        raise ValidationError(
            "Signing in does not work just now. Please try again in a minute."
        ) from None
    logger.warning("A sign-in was locked for a while, after too many guesses")
    free = timezone.localtime(free + timedelta(minutes=1))
    raise ValidationError(
        f"Too many tries. Please wait and try again at {free:%-I:%M %p}.",
        code="too many",
    )


def forget(request, name):
    for keys in slots(request, name):
        caches["guesses"].delete_many(keys)
