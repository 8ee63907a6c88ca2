from django.http import HttpResponse


def health_check(get_response):
    """Answer `/healthz`: this process is up.

    First in line, so that a load balancer may ask over plain HTTP and by any Host.
    """

    def middleware(request):
        if request.path_info == "/healthz":
            return HttpResponse("ok\n", content_type="text/plain")
        return get_response(request)

    return middleware
