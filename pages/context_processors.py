from .publishing import current


def clinic(request):
    """The clinic as visitors see it, for error pages and the admin."""
    return {"clinic": current()}
