"""The rooms of this folder; importing them hangs their routes on the blueprint."""

from app.web.sponsor import ask, savings
from app.web.sponsor.blueprint import pages

__all__ = ["ask", "pages", "savings"]
