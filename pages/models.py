import logging
import re
from calendar import day_name
from datetime import timedelta

from django.conf import settings
from django.contrib.auth.models import User
from django.db import IntegrityError, models, transaction
from django.forms import model_to_dict
from django.utils import timezone
from django.utils.formats import localize
from django.utils.text import capfirst

from . import notices, publishing
from .hours import row_in_words

logger = logging.getLogger(__name__)

DAYS = [day.lower() for day in day_name]


def accepting_by_settings():
    return settings.ACCEPTING_NEW_PATIENTS


def name_of(user):
    return user.get_full_name() or user.get_username()


def in_words(value, other=()):
    """Return a fact as the history tells it; of days that differ, what other lacks."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        value = "; ".join(row_in_words(row) for row in value if row not in other)
    return f"“{localize(value)}”" if value else "nothing"


class Clinic(models.Model):
    """One version of what the clinic tells. Each save adds one; the newest counts.

    No row is ever changed or deleted. The defaults are version 0, the facts as shipped,
    which count until staff first save.
    """

    # One more than that of the newest, so that of two who save at once only the first
    # can, and the other adds to it.
    version = models.PositiveIntegerField(primary_key=True, default=0, editable=False)
    saved_at = models.DateTimeField(default=timezone.now, editable=False)
    saved_by = models.ForeignKey(User, models.PROTECT, editable=False, related_name="+")
    accepting_new_patients = models.BooleanField(default=accepting_by_settings)
    message = models.TextField(max_length=200, blank=True)
    name = models.CharField(max_length=80, default="Ketamine Infusion Clinic")
    street = models.CharField(max_length=80, default="5000 Meadows Rd, Suite 230")
    city = models.CharField(max_length=40, default="Lake Oswego")
    state = models.CharField(max_length=2, default="OR")
    zip_code = models.CharField("ZIP code", max_length=10, default="97035")
    phone = models.CharField(max_length=20, default="503-376-9094")
    fax = models.CharField(max_length=20, default="503-974-9819", blank=True)
    monday, tuesday, wednesday, thursday, friday, saturday, sunday = (
        models.CharField(day, max_length=100, blank=True) for day in DAYS
    )
    by_appointment_only = models.BooleanField(
        default=False,
        help_text="Below, write hours such as “9-5” or “9 am to noon, 1 pm to 5 pm”. "
        "An empty row is closed. If all are empty, visitors are asked to call.",
    )
    # A list of dicts: first and last (ISO dates), hours, what_for.
    exceptions = models.JSONField("days that differ", default=list, blank=True)
    privacy_notice = models.URLField("Notice of Privacy Practices", blank=True)
    nondiscrimination_notice = models.URLField(blank=True)
    checked_on = models.DateField("checked", null=True, blank=True)
    facts = property(model_to_dict)

    class Meta:
        verbose_name = "change"
        ordering = ["-version"]

    def __str__(self):
        return f"version {self.version}"

    @classmethod
    def newest(cls, **such):
        """Return the newest such version, or version 0 where staff have saved none."""
        return cls.objects.filter(**such).first() or cls()

    @property
    def changes(self):
        """Return what this version changed, in words, such as “Fax from … to …”."""
        before = Clinic.newest(version=self.version - 1).facts
        return "; ".join(
            f"{capfirst(self._meta.get_field(name).verbose_name)} "
            f"from {in_words(before[name], now)} to {in_words(now, before[name])}"
            for name, now in self.facts.items()
            if now != before[name]
        )

    @classmethod
    def add(cls, by, **facts):
        """Add a version with these facts on top of the newest, and return it.

        Where nothing would change of a saved one, return that. What new patients are
        told is checked as of today when it changes.
        """
        newest = cls.newest()
        changed = {name for name in facts if facts[name] != getattr(newest, name)}
        if newest.version and not changed:
            return newest
        if changed & {"accepting_new_patients", "message"}:
            facts = {"checked_on": timezone.localdate()} | facts
        added = cls(version=newest.version + 1, saved_by=by, **newest.facts | facts)
        try:
            with transaction.atomic():
                added.save(force_insert=True)
                if changed & notices.FACTS or re.search(notices.PHONE, added.changes):
                    notices.tell(by, added.changes)
                # robust: what is saved stands even if it cannot be published yet.
                transaction.on_commit(publishing.publish, robust=True)
        except IntegrityError:  # somebody was first
            return cls.add(by, **facts)
        logger.info("%s changed %s", by, added.changes)
        return added


class Guess(models.Model):  # noqa: DJ008 (no page shows one by a name)
    """A try to sign in, for a quarter of an hour. Keyed hashes say whose it was."""

    made_at = models.DateTimeField(default=timezone.now, db_index=True)
    at_one = models.CharField(max_length=64, db_index=True)
    at_all = models.CharField(max_length=64, db_index=True)


class SecondStepForAll(models.Model):  # noqa: DJ008 (no page shows one by a name)
    """All need one while there is a row. No fact, as whoever may undo those could."""


class Review(models.Model):
    """Somebody signed for the words of a page. No row is ever changed or deleted."""

    page = models.SlugField(max_length=40, editable=False)
    digest = models.CharField(max_length=64)
    words = models.TextField(editable=False)
    reviewer = models.CharField(max_length=80, help_text="As visitors are to read it.")
    credentials = models.CharField(max_length=80, help_text="Such as MD, or CRNA.")
    day = models.DateField(default=timezone.localdate, editable=False)
    account = models.ForeignKey(User, models.PROTECT, editable=False, related_name="+")

    def __str__(self):
        return f"{self.page}, {self.day}"

    @classmethod
    def newest(cls):
        """Return the newest of each page, by its name."""
        return {review.page: review for review in cls.objects.order_by("pk")}

    @property
    def due(self):
        return self.day + timedelta(days=365)
