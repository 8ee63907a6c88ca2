import json
import logging
from datetime import date

from django.conf import settings
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.utils import timezone
from django.utils.text import capfirst

from .hours import tidy_hours

logger = logging.getLogger(__name__)

US_STATES = (
    "AK AL AR AZ CA CO CT DC DE FL GA HI IA ID IL IN KS KY LA MA MD ME MI MN MO MS "
    "MT NC ND NE NH NJ NM NV NY OH OK OR PA PR RI SC SD TN TX UT VA VT WA WI WV WY"
)

phone_number = RegexValidator(
    r"\A[2-9]\d{2}-[2-9]\d{2}-\d{4}\Z",
    "Enter a US number with its area code and dashes, such as 503-376-9094.",
)
us_state = RegexValidator(
    rf"\A({US_STATES.replace(' ', '|')})\Z",
    "Enter the state's two letters, such as OR.",
)
zip_code = RegexValidator(
    r"\A\d{5}(-\d{4})?\Z",
    "Enter a ZIP code of 5 digits, such as 97035, or of 9, with a dash.",
)


def accepting_by_settings():
    return settings.ACCEPTING_NEW_PATIENTS


def in_words(value):
    """Return a fact as the history tells it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, date):
        return f"{value:%B} {value.day}, {value.year}"
    return f"“{'; '.join(value.splitlines())}”" if value else "nothing"


class Clinic(models.Model):
    """The one row of facts that staff keep. The defaults are the facts as shipped."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    accepting_new_patients = models.BooleanField(
        default=accepting_by_settings,
        help_text="Untick it and every page says, on top, that you are not accepting "
        "new patients. Tick it and that banner is gone.",
    )
    message = models.CharField(
        max_length=200,
        blank=True,
        help_text="Shown in the banner, in your own words, up to 200 characters. "
        "For example: “We plan to open our list again in spring.”",
    )
    name = models.CharField(max_length=80, default="Ketamine Infusion Clinic")
    street = models.CharField(max_length=80, default="5000 Meadows Rd, Suite 230")
    city = models.CharField(max_length=40, default="Lake Oswego")
    state = models.CharField(max_length=2, default="OR", validators=[us_state])
    zip_code = models.CharField(
        "ZIP code", max_length=10, default="97035", validators=[zip_code]
    )
    phone = models.CharField(
        max_length=20, default="503-376-9094", validators=[phone_number]
    )
    fax = models.CharField(
        max_length=20, default="503-974-9819", validators=[phone_number]
    )
    hours = models.TextField(
        "office hours",
        max_length=500,
        blank=True,
        help_text="One line for each group of days, with am and pm. For example: "
        "“Monday to Thursday 9 am to 12:30 pm, 1:30 pm to 5 pm”. Days that you leave "
        "out are closed. Empty: visitors are asked to call.",
    )
    closures = models.TextField(
        "days closed",
        max_length=2000,
        blank=True,
        help_text="One line for each holiday or absence. For example: “December 24 to "
        "26: Christmas”. A day that is over leaves the website by itself.",
    )
    privacy_notice = models.URLField(
        "Notice of Privacy Practices",
        blank=True,
        help_text="The address of your notice, which many clinics must link on their "
        "website (45 CFR 164.520). Linked at the foot of every page.",
    )
    nondiscrimination_notice = models.URLField(
        "nondiscrimination and language help",
        blank=True,
        help_text="The address of your notice (45 CFR 92.10 and 92.11). Linked at the "
        "foot of every page.",
    )
    confirmed_on = models.DateField("checked", null=True, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "banner and contact details"
        constraints = [
            models.CheckConstraint(name="only_one_clinic", condition=models.Q(pk=1))
        ]

    def __str__(self):
        return self.name

    def save(self, by=None, **kwargs):
        """Save, and with `by`, a user, keep in the history what was before.

        A change of what new patients are told is confirmed as of today.
        """
        before = Clinic.objects.first() or Clinic()
        told = before.accepting_new_patients, before.message
        if (
            told != (self.accepting_new_patients, self.message)
            and self.confirmed_on == before.confirmed_on
        ):
            self.confirmed_on = timezone.localdate()
        super().save(**kwargs)
        changed = [
            (field, old, new)
            for field in self._meta.fields
            if (old := field.value_from_object(before))
            != (new := field.value_from_object(self))
        ]
        if by and changed:
            change = {
                "fields": [
                    f"{capfirst(field.verbose_name)} from {in_words(old)} "
                    f"to {in_words(new)}"
                    for field, old, new in changed
                ],
                # Django passes over it, and undoing reads it.
                "before": {field.name: old for field, old, _ in changed},
            }
            logger.info("%s changed %s", by, "; ".join(change["fields"]))
            message = json.dumps([{"changed": change}], default=str, ensure_ascii=False)
            LogEntry.objects.log_actions(by.pk, [self], CHANGE, message)

    def clean(self):
        """Keep hours and closures in the words that visitors read."""
        errors = {}
        for name, tidy in {
            "hours": tidy_hours,
        }.items():
            try:
                setattr(self, name, tidy(getattr(self, name)))
            except ValidationError as error:
                errors[name] = error
        if errors:
            raise ValidationError(errors)

    def take_back(self, change):
        """Set what `change`, an entry of the history, changed as it was before."""
        before = json.loads(change.change_message)[0]["changed"]["before"]
        for name, value in before.items():
            setattr(self, name, self._meta.get_field(name).to_python(value))

    @staticmethod
    def history():
        """Return every change, the last one first."""
        clinic = ContentType.objects.get_for_model(Clinic)
        entries = LogEntry.objects.filter(content_type=clinic).order_by("-pk")
        return entries.select_related("user")

    @classmethod
    def hold(cls):
        """Return the clinic and its last change; others wait until we commit.

        There may be no row of the clinic to lock yet, but its content type has one.
        """
        ContentType.objects.select_for_update().get(app_label="pages", model="clinic")
        return cls.objects.first() or cls(), cls.history().first()
