import logging
import re


class OneLine(logging.Formatter):
    """A message stays on its line, so that no value from outside can forge another."""

    def formatMessage(self, record):
        return re.sub(
            r"[\x00-\x1f\x7f-\x9f\u2028\u2029]",
            lambda found: repr(found.group())[1:-1],
            super().formatMessage(record),
        )
