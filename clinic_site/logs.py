import logging
import re

# As Python's logging HOWTO advises: who logged a line, and in which thread, is written
# nowhere, and finding it out takes long.
logging._srcfile = None
logging.logThreads = logging.logProcesses = False


class OneLine(logging.Formatter):
    """A message stays on its line, so that no value from outside can forge another."""

    def __init__(self):
        super().__init__("%(asctime)s %(levelname)s %(message)s", "%Y-%m-%dT%H:%M:%S%z")

    def formatMessage(self, record):
        line = super().formatMessage(record)
        if record.name == "gunicorn.error":  # it quotes the visitor's address and query
            line = re.sub("(?s) request .+", " request", line)
        # What follows a reset would set a new password.
        line = re.sub(r"/admin/reset/\S+", "/admin/reset/...", line)
        return repr(line)[1:-1]
