"""How the newest version of the clinic reaches the pages, which ask no database.

It is published as JSON text through Django's cache, and pages read only that.
"""

import logging
import time
from functools import lru_cache

from django import db
from django.conf import settings
from django.core import serializers
from django.core.cache import cache

from . import models

logger = logging.getLogger(__name__)

KEY = "clinic"
SECONDS_TO_LEAVE_A_FAILED_CACHE = 2
SECONDS_BETWEEN_CHECKS = 30


def to_json(clinic, reviews=()):
    # Version 0 without its facts, which are for each process's settings to say.
    facts = () if reviews and not clinic.version else clinic.facts
    fields = {*facts, *models.Review.PUBLISHED}
    return serializers.serialize("json", [clinic, *reviews], fields=fields)


@lru_cache(maxsize=8)
def from_json(text):
    """Return the clinic, with its reviews by page; anything unreadable raises.

    Of another release: fields that are not known are passed over, and those that are
    missing have their defaults.
    """
    read = serializers.deserialize("json", text, ignorenonexistent=True)
    clinic, *reviews = (each.object for each in read)
    shipped = models.Clinic(checked_on=clinic.checked_on).facts
    for review in reviews:
        review.clean_fields(exclude=["account", "words"])
    if {name: type(fact) for name, fact in clinic.facts.items()} != {
        name: type(fact) for name, fact in shipped.items()
    }:
        raise TypeError(text)
    clinic.reviews = {review.page: review for review in reviews}
    return clinic


# Reading, in each request


@lru_cache(maxsize=2)
def shipped_json(accepting_new_patients):
    return to_json(models.Clinic(accepting_new_patients=accepting_new_patients))


_known = None  # the last published text that was understood
_leave_cache_until = 0.0


def current_json():
    """Return what pages show now, as text. It never raises nor asks the database."""
    global _known, _leave_cache_until
    if time.monotonic() >= _leave_cache_until:
        try:
            text = cache.get(KEY)
            if text is not None and text != _known and from_json(text):
                _known = text
        except Exception as error:  # a cache in ruins can raise anything
            _leave_cache_until = time.monotonic() + SECONDS_TO_LEAVE_A_FAILED_CACHE
            logger.warning("What is published cannot be read: %r", error)
    return _known or shipped_json(settings.ACCEPTING_NEW_PATIENTS)


def current():
    return from_json(current_json())


# Publishing, when staff save and every half minute


def saved():
    """Return the newest version and reviews as text, or None while nothing is saved."""
    clinic, reviews = models.Clinic.newest(), models.Review.newest().values()
    return to_json(clinic, reviews) if clinic.version or reviews else None


def published():
    """Return the text in the cache, or None also where it cannot be read."""
    try:
        return cache.get(KEY)
    except Exception:  # a cache in ruins can raise anything
        return None


def agree():
    """Tell whether visitors see what is saved; True also while nothing is."""
    return saved() in (None, published())


def publish():
    """Publish the newest version; once more if a newer one came meanwhile.

    So without a lock, whoever writes an older one last writes the newest after it.
    """
    global _known
    before = published()
    while (text := saved()) not in (None, before):
        _known = text  # should the cache be away, this process knows
        cache.set(KEY, text)
        before = text


def keep_published():
    """Publish every half minute what is not, for ever, in a thread of its own."""
    while True:
        try:
            db.connection.close()
            publish()
        except Exception as error:  # the database or the cache is away
            logger.warning("The newest version cannot be published: %r", error)
        time.sleep(SECONDS_BETWEEN_CHECKS)
