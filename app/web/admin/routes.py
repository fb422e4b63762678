"""The rooms of this folder; importing them hangs their routes on the blueprint."""

from app.web.admin import audit, departments, people, settings
from app.web.admin.blueprint import pages

__all__ = ["audit", "departments", "pages", "people", "settings"]
