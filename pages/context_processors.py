from . import facts


def clinic(request):
    """The clinic's facts, for error pages and the admin."""
    return {"clinic": facts.current()}
