import logging
import time
from urllib.parse import quote

from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.middleware.csrf import CsrfViewMiddleware
from django_otp.middleware import OTPMiddleware

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


def for_staff(get_response):
    """What only staff's pages need, as none of a visitor's knows who asks."""
    csrf = CsrfViewMiddleware(MessageMiddleware(get_response))
    staff = SessionMiddleware(AuthenticationMiddleware(OTPMiddleware(csrf)))

    def middleware(request):
        answer = staff if request.path.startswith("/admin/") else get_response
        return answer(request)

    middleware.process_view = csrf.process_view  # Django calls it, with the view
    return middleware
