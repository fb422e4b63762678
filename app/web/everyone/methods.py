"""How figures are made, clause by clause, as docs/methods.md has it."""

from functools import lru_cache

from flask import render_template
from flask.typing import ResponseReturnValue

from app.config import PROJECT
from app.web.access import EVERYBODY, allow
from app.web.everyone.blueprint import pages
from app.web.everyone.methods_text import Section, sections

DOCUMENT = PROJECT / "docs" / "methods.md"


@pages.get("/methods")
@allow(*EVERYBODY)
def methods() -> ResponseReturnValue:
    """Every clause; an address ends in its number, like /methods#N4."""
    title, *rest = _document()
    return render_template("everyone/methods.html", title=title, sections=rest)


@lru_cache(maxsize=1)
def _document() -> tuple[Section, ...]:
    return tuple(sections(DOCUMENT.read_text(encoding="utf-8")))
