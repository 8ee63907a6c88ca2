"""The newest version as JSON text in Django's cache: pages read that, no database."""

import logging
import time
from datetime import date
from functools import lru_cache

from django import db
from django.core import serializers
from django.core.cache import cache

from . import models
from .hours import office_hours

logger = logging.getLogger(__name__)

KEY = "clinic"
SECONDS_TO_LEAVE_A_FAILED_CACHE = 2
_leave_cache_until = 0.0
_known = None  # the last published text that was understood


def to_json(clinic, reviews=()):
    # Version 0 without its facts, which are for each process's settings to say.
    facts = clinic.facts if clinic.version else ()
    fields = {*facts, "page", "digest", "reviewer", "credentials", "day"}
    return serializers.serialize("json", [clinic, *reviews], fields=fields)


@lru_cache(maxsize=8)
def from_json(text):
    """Return the clinic, with its reviews by their digests; anything unreadable raises.

    Of another release: fields that are not known are passed over, and those that are
    missing have their defaults.
    """
    read = serializers.deserialize("json", text, ignorenonexistent=True)
    clinic, *reviews = (each.object for each in read)
    for each in (clinic, *reviews):
        each.clean_fields(exclude=["saved_by", "account", "words"])
    # What pages cannot show raises here, not when they are made: hours, a day due.
    office_hours(clinic, date.min)
    clinic.reviews = {review.digest: review for review in reviews if review.due}
    return clinic


def published():
    """Return the text in the cache, or None where there is none that can be read."""
    global _leave_cache_until
    if time.monotonic() < _leave_cache_until:
        return None
    try:
        if text := cache.get(KEY):
            from_json(text)
        return text
    except Exception as error:  # a cache in ruins can raise anything
        _leave_cache_until = time.monotonic() + SECONDS_TO_LEAVE_A_FAILED_CACHE
        logger.warning("What is published cannot be read: %r", error)


def current_json():
    """Return what pages show now, as text. It never raises nor asks the database."""
    global _known
    _known = published() or _known or to_json(models.Clinic())
    return _known


def current():
    return from_json(current_json())


def saved():
    return to_json(models.Clinic.newest(), models.Review.newest().values())


def agree():
    """Tell whether visitors see what is saved."""
    return saved() == (published() or to_json(models.Clinic()))


def publish():
    """Publish the newest version; once more if a newer one came meanwhile.

    So without a lock, whoever writes an older one last writes the newest after it.
    """
    global _known
    shown = published()
    while (text := saved()) != shown:
        from_json(text)  # or raises, where an older release cannot show it
        _known = shown = text  # should the cache be away, this process knows
        cache.set(KEY, text, timeout=None)


def keep_published():
    """Publish every half minute what is not, for ever, in a thread of its own."""
    while True:
        try:
            db.connection.close()
            publish()
        except Exception as error:  # the database or the cache is away
            logger.warning("The newest version cannot be published: %r", error)
        time.sleep(30)  # as the first page and the guide say
