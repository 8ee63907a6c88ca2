"""What visitors are told about the clinic, read without the database.

Staff's saves publish a `Facts` through Django's cache, and pages read only that.
"""

import json
import logging
import time
from dataclasses import asdict, dataclass, fields
from datetime import date

from django import db
from django.core.cache import cache
from django.db import transaction
from django.db.models.signals import post_save
from django.dispatch import receiver

from .models import Clinic

logger = logging.getLogger(__name__)

KEY = "clinic-facts"
# Raise it when a field changes its meaning. A new field needs only a default: older
# code passes over it, newer code takes the default, and the keeper adds it.
SCHEMA = 1
SECONDS_TO_LEAVE_A_FAILED_CACHE = 2
SECONDS_BETWEEN_CHECKS = 30


@dataclass(frozen=True)
class Facts:
    """Everything that pages show about the clinic."""

    accepting_new_patients: bool
    message: str
    name: str
    street: str
    city: str
    state: str
    zip_code: str
    phone: str
    fax: str
    confirmed_on: date | None = None
    hours: str = ""
    closures: str = ""
    privacy_notice: str = ""
    nondiscrimination_notice: str = ""

    @classmethod
    def of(cls, clinic):
        return cls(**{field.name: getattr(clinic, field.name) for field in fields(cls)})

    @property
    def phone_uri(self):
        """RFC 3966, for links."""
        return f"tel:+1-{self.phone}"

    @property
    def hours_by_days(self):
        """Return pairs: words for days, and a list of words for when it is open."""
        lines = (line.partition(": ") for line in self.hours.splitlines())
        return [(days, spans.split(", ")) for days, _, spans in lines]

    def to_json(self):
        return json.dumps({"schema": SCHEMA, **asdict(self)}, default=str)

    @classmethod
    def from_json(cls, text):
        """Return the facts, or raise ValueError, TypeError or KeyError."""
        values = json.loads(text)
        if values["schema"] != SCHEMA:
            raise ValueError(f"schema {values['schema']} is not {SCHEMA}")
        known = {f.name: values[f.name] for f in fields(cls) if f.name in values}
        if known.get("confirmed_on"):
            known["confirmed_on"] = date.fromisoformat(known["confirmed_on"])
        return cls(**known)


# Reading, in each request

_known = None, None  # the last published text that was understood, and its facts
_leave_cache_until = 0.0


def current():
    """Return the facts to show now. It never raises and never asks the database."""
    global _known, _leave_cache_until
    known = _known
    if time.monotonic() >= _leave_cache_until:
        try:
            text = cache.get(KEY)
            if text is not None and text != known[0]:
                known = _known = text, Facts.from_json(text)
        except Exception as error:  # a cache in ruins can raise anything
            _leave_cache_until = time.monotonic() + SECONDS_TO_LEAVE_A_FAILED_CACHE
            logger.warning("The published facts cannot be read: %r", error)
    return known[1] or Facts.of(Clinic())


# Publishing, when staff save


def saved():
    """Return the facts that staff saved, or None. A database error passes through."""
    clinic = Clinic.objects.first()
    return clinic and Facts.of(clinic)


def published():
    """Return the facts in the shared cache, or None. A broken cache raises anything."""
    text = cache.get(KEY)
    return text and Facts.from_json(text)


def agree():
    """Tell whether visitors see what is saved; True also while nothing is."""
    facts = saved()
    try:
        return not facts or facts == published()
    except Exception:
        return False


def publish():
    """Publish the saved row while holding it, so that no older one can come later."""
    with transaction.atomic():
        clinic = Clinic.objects.select_for_update().get()
        cache.set(KEY, Facts.of(clinic).to_json())


@receiver(post_save, sender=Clinic)
def publish_after_commit(**kwargs):
    # robust: the save stands even so, and the keeper tries again.
    transaction.on_commit(publish, robust=True)


def keep_published():
    """Make what is published agree with the database, for ever, in its own thread."""
    global _known
    pause = SECONDS_BETWEEN_CHECKS
    while True:
        try:
            facts = saved()
            pause = SECONDS_BETWEEN_CHECKS
            if facts:
                _known = None, facts  # should the cache be away, this process knows
            if not agree():
                publish()
        except db.Error as error:
            pause = min(2 * pause, 8 * SECONDS_BETWEEN_CHECKS)
            logger.warning("The database cannot be asked: %r", error)
        except Exception as error:  # a broken cache can raise anything
            logger.warning("The saved facts cannot be published: %r", error)
        finally:
            db.connection.close()
        time.sleep(pause)
