"""Owners hear of what could lead patients astray: on the first page, and by mail."""

import logging
import threading

from django.conf import settings
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import User
from django.core.mail import send_mail
from django.db import transaction
from django.utils import timezone

from . import models

logger = logging.getLogger(__name__)

FACTS = {"name", "street", "city", "state", "zip_code", "phone", "fax"}
FACTS |= {"privacy_notice", "nondiscrimination_notice"}
KIND = "Owners are told"  # of all that the admin's log keeps
SECONDS_UNTIL_ONCE_MORE = 60


def tell(by, what, where="/admin/"):
    """Tell all owners but the one who did it, and where they can undo it."""
    kept = {"object_id": where, "object_repr": KIND, "change_message": what}
    LogEntry.objects.create(user=by, action_flag=CHANGE, **kept)
    owners = User.objects.filter(is_superuser=True, is_active=True).exclude(email="")
    mails = list(owners.exclude(pk=by.pk).values_list("email", flat=True))
    if settings.EMAIL_URL and mails:
        when = f"{timezone.localtime():%B %-d, %Y, %-I:%M %p}"
        text = (
            f"{models.name_of(by)}, {when}:\n\n{what}\n\n"
            f"Not as it should be? Undo it here:\n{settings.PUBLIC_ORIGIN}{where}\n"
        )
        # No daemon, so that a command does not end before it is sent.
        thread = threading.Thread(target=send, args=[text, mails])
        transaction.on_commit(thread.start, robust=True)


def send(text, mails):
    subject = f"Please check a change on {settings.ALLOWED_HOSTS[0]}"
    for seconds in (SECONDS_UNTIL_ONCE_MORE, 0):
        try:
            send_mail(subject, text, None, mails)
            return logger.info("Owners were told by mail")
        except Exception as error:  # a mail server can fail in any way
            # Only its kind, as its words may quote addresses.
            logger.warning("Owners were not told by mail: %s", type(error).__name__)
            threading.Event().wait(seconds)
