"""Owners hear of what could lead patients astray: on the first page, and by mail."""

import logging
import threading

from django.conf import settings
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import User
from django.core.mail import send_mail
from django.core.mail.backends import smtp
from django.db import transaction
from django.utils import timezone

from . import models

logger = logging.getLogger(__name__)

FACTS = {"name", "street", "city", "state", "zip_code", "phone", "fax"}
FACTS |= {"privacy_notice", "nondiscrimination_notice"}
PHONE = r"\d{3}\D{0,3}\d{4}"  # whatever it stands in, such as the banner's message
KIND = "Owners are told"  # of all that the admin's log keeps
SECONDS_UNTIL_ONCE_MORE = 60


def tell(by, what, where="/admin/"):
    """Tell all owners, also the one whose session did it, and where to mend it."""
    kept = {"object_id": where, "object_repr": KIND, "change_message": what}
    LogEntry.objects.create(user=by, action_flag=CHANGE, **kept)
    owners = User.objects.filter(is_superuser=True, is_active=True).exclude(email="")
    mails = owners.values_list("email", flat=True)
    when = f"{timezone.localtime():%B %-d, %Y, %-I:%M %p}"
    text = (
        f"{models.name_of(by)}, {when}:\n\n{what}\n\n"
        f"Not as it should be? Put it right here:\n{settings.PUBLIC_ORIGIN}{where}\n"
    )
    send_mail(f"Please check a change on {settings.PUBLIC_NAME}", text, None, mails)


class Mail(smtp.EmailBackend):
    """Sends in the background: no answer waits, or tells whose address is known."""

    def send_messages(self, mails):
        # No daemon, so that a command does not end before it is sent.
        thread = threading.Thread(target=self.send_now, args=[mails])
        transaction.on_commit(thread.start, robust=True)

    def send_now(self, mails):
        for seconds in (SECONDS_UNTIL_ONCE_MORE, 0):
            try:
                super().send_messages(mails)
                return logger.info("Mail was sent")
            except Exception as error:  # a mail server can fail in any way
                # Only its kind, as its words may quote addresses.
                logger.warning("Mail was not sent: %s", type(error).__name__)
                threading.Event().wait(seconds)
