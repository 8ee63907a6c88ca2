from django.urls import resolve

from pages.templatetags.machines import DIGEST

HEADERS = {
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
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
    """Puts the headers on every answer; first, as those behind it may answer alone."""

    def middleware(request):
        response = get_response(request)
        # A path begins with a slash even for `OPTIONS *`.
        policy = POLICIES[next(filter(request.path.startswith, POLICIES))]
        for name, value in (HEADERS | {"Content-Security-Policy": policy}).items():
            response.headers[name] = value
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
