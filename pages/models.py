from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.utils import timezone

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
        max_length=12, default="503-376-9094", validators=[phone_number]
    )
    fax = models.CharField(
        max_length=12, default="503-974-9819", validators=[phone_number]
    )
    confirmed_on = models.DateField(null=True, editable=False)

    class Meta:
        verbose_name = verbose_name_plural = "banner and contact details"
        constraints = [
            models.CheckConstraint(name="only_one_clinic", condition=models.Q(pk=1))
        ]

    def __str__(self):
        return self.name

    def save(self, **kwargs):
        """Save; a change of what new patients are told is confirmed as of today."""
        before = Clinic.objects.first() or Clinic()
        if (self.accepting_new_patients, self.message) != (
            before.accepting_new_patients,
            before.message,
        ):
            self.confirmed_on = timezone.localdate()
        super().save(**kwargs)
