"""The rooms of this folder; importing them hangs their routes on the blueprint."""

from app.web.lead import contacts, import_columns, imports, inbox
from app.web.lead.blueprint import pages

__all__ = ["contacts", "import_columns", "imports", "inbox", "pages"]
