"""What a customer wrote, out of the text of a mail: without markup, quoted replies and signatures."""

import re
from html.parser import HTMLParser

MOST_LINES, MOST_LETTERS = 12, 1200
MOST_READ = 200_000
_BLOCKS = frozenset(
    ["address", "article", "blockquote", "br", "center", "dd", "div", "dl", "dt", "fieldset", "footer", "form", "h1",
     "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav", "ol", "p", "pre", "section", "table", "tr",
     "ul"]
)  # fmt: skip
_UNSEEN = frozenset({"head", "object", "script", "style", "svg", "template", "title"})
_QUOTED = "blockquote"
_SIGNATURE = re.compile(r"--\s?|_{2,}\s*|-{20,}\s*")
_SENT_FROM = re.compile(
    r"(sent from my|get outlook for|von meinem .* gesendet|envoyé de mon|enviado desde mi)\b", re.IGNORECASE
)
_SOMEBODY_WROTE = re.compile(
    r"(on|am|le|el|il|op|den|em) .{4,300}(wrote|schrieb|a écrit|escribió|ha scritto|schreef|skrev|escreveu)"
    r"[^:\n]{0,80}:\s*",
    re.IGNORECASE,
)
_HEADED_QUOTE = re.compile(
    r"-{2,}\s*(original|ursprüngliche|message d.origine|mensaje original|messaggio originale|oorspronkelijk)",
    re.IGNORECASE,
)
_HEADER_LINE = re.compile(r"\*?(from|von|de|da|van)\*?:\s", re.IGNORECASE)
_NEXT_HEADER_LINE = re.compile(
    r"\*?(sent|date|to|gesendet|datum|an|envoyé|enviado|fecha|para|à|inviato|data)\*?:\s", re.IGNORECASE
)


def of_html(markup: str) -> str:
    """The text of a page, without quoted replies; with them where nothing else is there."""
    head = markup[:MOST_READ]
    return _read(head, without_quotes=True) or _read(head, without_quotes=False)


def first_lines(text: str) -> str:
    """The first lines that the sender wrote; empty where all was quoted."""
    lines = [line.rstrip() for line in text[:MOST_READ].replace("\r\n", "\n").replace("\r", "\n").split("\n")]
    kept: list[str] = []
    for place, line in enumerate(lines):
        if _ends(lines, place):
            break
        if line.startswith(">") or _says_who_wrote(lines, place):
            continue
        if not line and (not kept or not kept[-1]):
            continue
        kept.append(line)
        if len(kept) >= MOST_LINES:
            break
    return _shortened("\n".join(kept).strip())


def _ends(lines: list[str], place: int) -> bool:
    """Whether from this line on nothing is the sender's own: a signature, or an older mail below."""
    line = lines[place]
    if _SIGNATURE.fullmatch(line) or _SENT_FROM.match(line) or _HEADED_QUOTE.match(line):
        return True
    if _HEADER_LINE.match(line) and any(_NEXT_HEADER_LINE.match(one) for one in lines[place + 1 : place + 3]):
        return True
    if not (_wrote(lines, place) or _wrote(lines, place, over_two=True)):
        return False
    over = 1 if _wrote(lines, place) else 2
    following = next((one for one in lines[place + over :] if one), "")
    return not following.startswith(">")


def _says_who_wrote(lines: list[str], place: int) -> bool:
    """Whether the line is one of those above a quote, which may be two."""
    above = place > 0 and _wrote(lines, place - 1, over_two=True)
    return above or _wrote(lines, place) or _wrote(lines, place, over_two=True)


def _wrote(lines: list[str], place: int, *, over_two: bool = False) -> bool:
    """Whether the line, or it and the next, says who wrote what is quoted below."""
    if over_two:
        return not _wrote(lines, place) and bool(_SOMEBODY_WROTE.fullmatch(" ".join(lines[place : place + 2])))
    return bool(_SOMEBODY_WROTE.fullmatch(lines[place]))


def _shortened(text: str) -> str:
    if len(text) <= MOST_LETTERS:
        return text
    return (text[:MOST_LETTERS].rpartition(" ")[0] or text[:MOST_LETTERS]) + "…"


def _read(markup: str, *, without_quotes: bool) -> str:
    page = _Page(without_quotes=without_quotes)
    page.feed(markup)
    page.close()
    lines = (" ".join(line.split()) for line in "".join(page.written).split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


class _Page(HTMLParser):
    def __init__(self, *, without_quotes: bool) -> None:
        super().__init__(convert_charrefs=True)
        self.written: list[str] = []
        self._unseen = _UNSEEN | {_QUOTED} if without_quotes else _UNSEEN
        self._depth: dict[str, int] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        if tag in self._unseen:
            self._depth[tag] = self._depth.get(tag, 0) + 1
        if tag == "body":
            self._depth.clear()
        if tag in _BLOCKS:
            self.written.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if self._depth.get(tag):
            self._depth[tag] -= 1
        if tag in _BLOCKS:
            self.written.append("\n")

    def handle_data(self, data: str) -> None:
        if not any(self._depth.values()):
            self.written.append(data.replace("\n", " "))
