"""The site with a clock of its own: `CLOCK` names a file with seconds since 1970."""

import os
import time
from pathlib import Path

from clinic_site.wsgi import application  # noqa: F401 (gunicorn serves it)

clock = Path(os.environ["CLOCK"])
time.time = lambda: float(clock.read_text())  # what date.today() asks, too
