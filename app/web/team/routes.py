"""The rooms of this folder; importing them hangs their routes on the blueprint."""

from app.web.team import initiative, initiative_edit, initiatives, meetings, projection, series
from app.web.team.blueprint import pages

__all__ = ["initiative", "initiative_edit", "initiatives", "meetings", "pages", "projection", "series"]
