"""The rooms of this folder; importing them hangs their routes on the blueprint."""

from app.web.team import meetings
from app.web.team.blueprint import pages

__all__ = ["meetings", "pages"]
