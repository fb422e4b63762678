"""A printed page: words in any script, pairs, columns of money and lines to sign on; sizes in millimetres.

Letters that the font lacks are written by their number, so that no name is lost.
"""

import re
from collections.abc import Sequence
from datetime import datetime
from io import BytesIO
from typing import Any, Literal

from app.charts.paper import FONT, INKS, letters

FORMATS: dict[str, Literal["a4", "letter"]] = {"a4": "a4", "letter": "letter"}
VIEW_BOX = re.compile(r'viewBox="0 0 ([\d.]+) ([\d.]+)"')
USUAL_HEIGHT = 0.33
MARGIN = 15
LINE = 4.4
UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")


class Page:
    """One page from top to bottom; `foot` stands at its end."""

    def __init__(self, title: str, author: str, made_at: datetime, foot: str, paper: str = "a4") -> None:
        from fpdf import FPDF

        self.pdf: Any = FPDF(format=FORMATS.get(paper, "a4"))
        folder = letters()
        self.pdf.add_font(FONT, "", folder / "DejaVuSans.ttf")
        self.pdf.add_font(FONT, "B", folder / "DejaVuSans-Bold.ttf")
        self.pdf.set_creation_date(made_at)
        self.pdf.set_lang("en")
        self.pdf.set_title(title)
        self.pdf.set_author(author)
        self.pdf.set_margins(MARGIN, 12, MARGIN)
        self.pdf.set_auto_page_break(False)
        self.pdf.add_page()
        self.width = float(self.pdf.epw)
        font: Any = self.pdf.fonts[FONT.lower()]
        self._known = frozenset(font.cmap)
        self._write_foot(foot)

    @property
    def y(self) -> float:
        """How far down the next line stands."""
        return float(self.pdf.get_y())

    @property
    def is_full(self) -> bool:
        """Whether what was written reaches into the foot."""
        return self.y > float(self.pdf.h) - 14

    def text(self, words: str, size: float = 9, *, bold: bool = False, faint: bool = False, lines: int = 1) -> None:
        """Words over the whole width, on so many lines at most."""
        self._font(size, bold=bold, faint=faint)
        for line in self._wrapped(words, self.width, lines):
            self.pdf.cell(self.width, size * 0.5, line, new_x="LMARGIN", new_y="NEXT")

    def pairs(self, rows: Sequence[tuple[str, str]], at: float, width: float, named: float) -> None:
        """Names with what is said of them, from `at` on from the left margin."""
        for name, value in rows:
            self.pdf.set_x(MARGIN + at)
            self._font(7.5, faint=True)
            self.pdf.cell(named, LINE, self._shown(name))
            self._font(7.5)
            for line in self._wrapped(value, width - named, 2):
                self.pdf.set_x(MARGIN + at + named)
                self.pdf.cell(width - named, LINE, line, new_x="LMARGIN", new_y="NEXT")

    def amounts(self, rows: Sequence[tuple[str, str, bool]], width: float) -> None:
        """Names with amounts at the right end; those that close a sum are bold under a line."""
        for name, amount, is_sum in rows:
            border: Any = "T" if is_sum else 0
            self._font(8, bold=is_sum)
            self.pdf.cell(width - 34, LINE, self._wrapped(name, width - 36, 1)[0], border=border)
            self.pdf.cell(34, LINE, amount, border=border, align="R", new_x="LMARGIN", new_y="NEXT")

    def drawing(self, svg: str, words: str, width: float) -> None:
        """A drawing in the middle of the page, with its words for those who do not see it."""
        if svg:
            left = MARGIN + (self.width - width) / 2
            self.pdf.image(BytesIO(svg.encode()), x=left, y=self.y, w=width, alt_text=words)
            self.pdf.set_y(self.y + width * _height_to_width(svg))

    def signatures(self, who: Sequence[tuple[str, str]]) -> None:
        """Side by side: who signs, and lines for name, date and signature."""
        each = (self.width - 10 * (len(who) - 1)) / len(who)
        top = self.y
        for number, (role, name) in enumerate(who):
            left = MARGIN + number * (each + 10)
            self.pdf.set_xy(left, top)
            self._font(8, bold=True)
            self.pdf.cell(each, LINE, self._shown(role))
            for row, label in enumerate(("Name", "Date", "Signature"), start=1):
                self.pdf.set_xy(left, top + row * 7)
                self._font(7.5, faint=True)
                self.pdf.cell(18, LINE, label)
                self._font(8)
                words = self._wrapped(name, each - 18, 1)[0] if label == "Name" else ""
                self.pdf.cell(each - 18, LINE, words, border="B")
        self.pdf.set_y(top + 4 * 7)

    def gap(self, height: float = 2.5) -> None:
        """Leave room."""
        self.pdf.set_y(self.y + height)

    def go_to(self, y: float) -> None:
        """Go on at a height."""
        self.pdf.set_y(y)

    def bytes(self) -> bytes:
        """The finished file."""
        return bytes(self.pdf.output())

    def _write_foot(self, foot: str) -> None:
        self.pdf.set_y(-13)
        self._font(6, faint=True)
        for line in self._wrapped(foot, self.width, 2):
            self.pdf.cell(self.width, 3, line, new_x="LMARGIN", new_y="NEXT")
        self.pdf.set_y(12)

    def _font(self, size: float, *, bold: bool = False, faint: bool = False) -> None:
        self.pdf.set_font(FONT, "B" if bold else "", size)
        self.pdf.set_text_color(INKS["ink-3" if faint else "ink"])
        self.pdf.set_draw_color(INKS["control"])

    def _wrapped(self, words: str, width: float, lines: int) -> list[str]:
        """The words on so many lines at most; what is cut off ends with an ellipsis."""
        found: list[str] = []
        rest = self._spelled(" ".join(words.split())).split(" ")
        while rest and len(found) < lines:
            count = len(rest)
            while count > 1 and self._is_wider(" ".join(rest[:count]), width):
                count -= 1
            line, rest = " ".join(rest[:count]), rest[count:]
            if self._is_wider(line, width) or (rest and len(found) == lines - 1):
                line = self._cut(line, width)
            found.append(_ordered(line))
        return found or [""]

    def _cut(self, line: str, width: float) -> str:
        while line and self._is_wider(f"{line}…", width):
            line = line[:-1]
        return f"{line.rstrip()}…"

    def _is_wider(self, words: str, width: float) -> bool:
        return bool(self.pdf.get_string_width(words) > width - 2)

    def _shown(self, words: str) -> str:
        return _ordered(self._spelled(words))

    def _spelled(self, words: str) -> str:
        seen = UNSEEN.sub("", words)
        return "".join(one if ord(one) in self._known or one.isspace() else f"[U+{ord(one):04X}]" for one in seen)


def _ordered(line: str) -> str:
    """The letters in the order in which they stand on paper."""
    if not RIGHT_TO_LEFT.search(line):
        return line
    from fpdf.bidi import BidiParagraph

    return "".join(one.character for one in BidiParagraph(line).get_reordered_characters())


def _height_to_width(svg: str) -> float:
    """How high a drawing is for its width, by its own units; as usual where it does not say."""
    found = VIEW_BOX.search(svg)
    return float(found[2]) / float(found[1]) if found else USUAL_HEIGHT
