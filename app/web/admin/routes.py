"""The rooms of this folder; importing them hangs their routes on the blueprint."""

from app.web.admin import audit, departments, goal, opening_days, people, privacy, rates, settings, tokens
from app.web.admin.blueprint import pages

__all__ = ["audit", "departments", "goal", "opening_days", "pages", "people", "privacy", "rates", "settings", "tokens"]
