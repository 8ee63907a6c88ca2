"""Owners hear of what could lead patients astray: by mail, else on the first page."""

import logging
import threading
from datetime import timedelta

from django.conf import settings
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.auth.models import User
from django.core.mail import send_mail
from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format

logger = logging.getLogger(__name__)

# A false one sends people in need to somebody else.
FACTS = {"name", "street", "city", "state", "zip_code", "phone", "fax"} | {
    "privacy_notice",
    "nondiscrimination_notice",
}
DAYS_SHOWN = 14
SECONDS_UNTIL_ONCE_MORE = 60
KIND = "Owners are told"  # of all that the admin's log keeps


def name_of(user):
    return user.get_full_name() or user.get_username()


def tell(by, what, where):
    """Tell all owners but the one who did it; `where` is the page that can undo it."""
    entry = LogEntry.objects.create(
        user=by,
        action_flag=CHANGE,
        object_id=where,
        object_repr=KIND,
        change_message=what,
    )
    if not settings.EMAIL_URL:
        return
    owners = User.objects.filter(is_superuser=True, is_active=True).exclude(email="")
    owners = list(owners.exclude(pk=by.pk).values_list("email", flat=True))
    when = date_format(timezone.localtime(entry.action_time), "DATETIME_FORMAT")
    text = (
        f"{name_of(by)}, {when}:\n\n{what}\n\n"
        f"Is it not as it should be? Undo it here:\n{settings.PUBLIC_ORIGIN}{where}\n\n"
        "You get this mail as an owner of the website.\n"
    )
    if owners:
        # No daemon, so that a command or a reload does not end before it is sent.
        thread = threading.Thread(target=send, args=[text, owners])
        transaction.on_commit(thread.start, robust=True)


def send(text, owners):
    subject = f"Please check: a change on {settings.ALLOWED_HOSTS[0]}"
    for seconds in (SECONDS_UNTIL_ONCE_MORE, 0):
        try:
            send_mail(subject, text, None, owners)
            logger.info("Owners were told by mail")
            return
        except Exception as error:  # a mail server can fail in any way
            # Only its kind, as its words may quote addresses.
            kind = type(error).__name__
            logger.warning("Owners could not be told by mail: %s", kind)
            threading.Event().wait(seconds)


def shown_to(owner):
    """Return what others did lately, where no mail can tell."""
    if settings.EMAIL_URL or not owner.is_superuser:
        return LogEntry.objects.none()
    since = timezone.now() - timedelta(days=DAYS_SHOWN)
    entries = LogEntry.objects.filter(object_repr=KIND, action_time__gte=since)
    return entries.exclude(user=owner).select_related("user")
