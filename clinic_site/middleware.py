import logging
import time
from urllib.parse import quote

from django.urls import resolve

from pages.templatetags.machines import DIGEST

logger = logging.getLogger(__name__)

FEATURES_OFF = (
    "accelerometer autoplay camera display-capture encrypted-media fullscreen "
    "geolocation gyroscope magnetometer microphone midi payment picture-in-picture "
    "publickey-credentials-get screen-wake-lock usb web-share xr-spatial-tracking"
)
HEADERS = {
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "=(), ".join(FEATURES_OFF.split()) + "=()",
    "X-Frame-Options": "DENY",
}
NOTHING = "default-src 'none'; base-uri 'none'; frame-ancestors 'none'; "
# The digest is of the styles inside visitors' pages. No script can run there to use
# connect-src; auditors fetch robots.txt through it.
OURS = f"style-src 'self' '{DIGEST}'; img-src 'self'; connect-src 'self'; "
POLICIES = {
    "/static/": NOTHING + "sandbox",
    "/admin/": NOTHING + OURS + "script-src 'self'; form-action 'self'",
    "/": NOTHING + OURS + "form-action 'none'",
}


def surface(get_response):
    """What every answer has in common: its headers, and its line in the log.

    The first middleware, as those behind it answer some requests without each other:
    WhiteNoise its files, SecurityMiddleware its redirects and refusals.
    """

    def middleware(request):
        start = time.monotonic()
        response = get_response(request)
        for name, value in HEADERS.items():
            response.headers[name] = value
        # A path begins with a slash even for `OPTIONS *`.
        policy = POLICIES[next(filter(request.path.startswith, POLICIES))]
        response.headers["Content-Security-Policy"] = policy
        done = request.method, quote(request.path), response.status_code
        logger.info("%s %s %d %d ms", *done, (time.monotonic() - start) * 1000)
        return response

    return middleware


def visitors(get_response):
    """Answer them here: sessions, CSRF and users, which follow, are for staff alone."""

    def middleware(request):
        if request.path_info.startswith("/admin/"):
            return get_response(request)
        view, arguments, named = resolve(request.path_info)
        return view(request, *arguments, **named)

    return middleware
