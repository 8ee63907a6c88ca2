import logging
import re


class OneLine(logging.Formatter):
    """A message stays on its line, so that no value from outside can forge another."""

    def formatMessage(self, record):
        time = self.formatTime(record, "%Y-%m-%dT%H:%M:%S%z")
        line = f"{time} {record.levelname} {record.message}"
        if record.name == "gunicorn.error":  # it quotes the visitor's address and query
            line = re.sub("(?s) request .+", " request", line)
        # What follows a reset would set a new password.
        line = re.sub(r"/admin/reset/\S+", "/admin/reset/...", line)
        return repr(line)[1:-1]
