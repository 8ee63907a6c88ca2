"""The stylesheet as it stands inside each page, and its digest for the policy."""

from base64 import b64encode
from hashlib import sha256

import rcssmin
from django.conf import settings

STYLES = rcssmin.cssmin((settings.BASE_DIR / "static/css/site.css").read_text())
DIGEST = f"sha256-{b64encode(sha256(STYLES.encode()).digest()).decode()}"
