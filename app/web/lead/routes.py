"""The rooms of this folder; importing them hangs their routes on the blueprint."""

from app.web.lead import contact_new, contacts, import_columns, imports, inbox
from app.web.lead.blueprint import pages

__all__ = ["contact_new", "contacts", "import_columns", "imports", "inbox", "pages"]
