"""The rooms of this folder; importing them hangs their routes on the blueprint."""

from app.web.lead import contacts, inbox
from app.web.lead.blueprint import pages

__all__ = ["contacts", "inbox", "pages"]
