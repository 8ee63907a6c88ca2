import logging
import re


class OneLine(logging.Formatter):
    """A message stays on its line, so that no value from outside can forge another."""

    def formatMessage(self, record):
        time = self.formatTime(record, "%Y-%m-%dT%H:%M:%S%z")
        line = f"{time} {record.levelname} {record.message}"
        # gunicorn quotes the visitor's address and query; a reset link sets a password.
        hide = r"(?s)^(\S+ \w+ (Invalid|Error handling) request) .+|(/admin/reset/)\S+"
        return repr(re.sub(hide, r"\1\3", line))[1:-1]
