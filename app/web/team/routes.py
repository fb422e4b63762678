"""The rooms of this folder; importing them hangs their routes on the blueprint."""

from app.web.team import (
    changes,
    costs,
    initiative,
    initiative_edit,
    initiatives,
    meetings,
    plan,
    projection,
    series,
)
from app.web.team.blueprint import pages

__all__ = [
    "changes",
    "costs",
    "initiative",
    "initiative_edit",
    "initiatives",
    "meetings",
    "pages",
    "plan",
    "projection",
    "series",
]
