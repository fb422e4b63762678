"""Which column of a file becomes which field: formats of other systems, a small file of data each, and mappings."""

from app.contacts.formats.known import (
    ANY_OTHER,
    Format,
    Structure,
    Styles,
    formats,
    named,
    of_figures,
    recognised,
    recognised_figures,
)
from app.contacts.formats.mappings import BY_MAPPING, of_mapping

__all__ = [
    "ANY_OTHER",
    "BY_MAPPING",
    "REJECT_COLUMNS",
    "Format",
    "Structure",
    "Styles",
    "formats",
    "named",
    "of_figures",
    "of_mapping",
    "recognised",
    "recognised_figures",
]

# What a download of rejected rows adds to a file; it comes back with the file and is no fact of the contact.
REJECT_COLUMNS = ("rejected_line", "rejected_because")
