"""The rooms of this folder; importing them hangs their routes on the blueprint."""

from app.web.lead import contact_new, contacts, drivers, import_columns, import_reasons, imports, inbox, sources, totals
from app.web.lead.blueprint import pages

__all__ = [
    "contact_new",
    "contacts",
    "drivers",
    "import_columns",
    "import_reasons",
    "imports",
    "inbox",
    "pages",
    "sources",
    "totals",
]
