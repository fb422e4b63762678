"""A drawing for paper: the wide one by itself, with the colours of the light pages, and the letters that go with it."""

import re
from importlib.util import find_spec
from pathlib import Path

from markupsafe import Markup

FONT = "DejaVu"
# The light tokens of static/css/tokens.css, for paper knows no style sheet.
INKS = {
    "ink": "#11181b",
    "ink-2": "#465157",
    "ink-3": "#5f6b72",
    "control": "#7f8b91",
    "good": "#17643d",
    "paper": "#ffffff",
    "chart-1": "#0a6b82",
    "chart-rest": "#87949b",
    "chart-band": "#dcebee",
    "chart-grid": "#e6eaec",
}
_WIDE = re.compile(r'<svg class="chart-wide".*?</svg>', re.DOTALL)
_WORDS = re.compile(r"<(title|desc)\b.*?</\1>", re.DOTALL)
_COLOUR = re.compile(r"var\(--([a-z0-9-]+)\)")


def on_paper(drawn: Markup) -> str:
    """The wide drawing as an SVG document of its own; empty where nothing was drawn."""
    found = _WIDE.search(str(drawn))
    if found is None:
        return ""
    coloured = _COLOUR.sub(lambda name: INKS[name[1]], _WORDS.sub("", found[0]))
    lettered = coloured.replace("<text ", f'<text font-family="{FONT}" ')
    return lettered.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)


def letters() -> Path:
    """The folder with the DejaVu fonts that matplotlib brings, free to be put into documents; nothing is loaded."""
    found = find_spec("matplotlib")
    if found is None or found.origin is None:
        raise RuntimeError("matplotlib is not installed. Run scripts/install.")
    return Path(found.origin).parent / "mpl-data" / "fonts" / "ttf"
