"""What a page holds, read as a browser reads it."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"input", "br", "hr", "img", "meta", "link", "col", "area", "source", "wbr", "embed", "track", "base"}


@dataclass
class Element:
    """One element with its attributes and the text inside."""

    tag: str
    attributes: dict[str, str]
    text: str = ""

    def get(self, name: str) -> str:
        return self.attributes.get(name, "")


@dataclass
class Page(HTMLParser):
    """All elements of a page in order; `page.all("input", name="email")`."""

    elements: list[Element] = field(default_factory=list)
    _open: list[Element] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        self.elements.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop().tag != tag:
            pass

    def handle_data(self, data: str) -> None:
        for element in self._open:
            element.text += data

    def all(self, tag: str, **attributes: str) -> list[Element]:
        return [
            one
            for one in self.elements
            if one.tag == tag and all(one.get(name.strip("_")) == value for name, value in attributes.items())
        ]

    def one(self, tag: str, **attributes: str) -> Element:
        found = self.all(tag, **attributes)
        assert len(found) == 1, f"{len(found)} of <{tag}> with {attributes}"
        return found[0]

    @property
    def text(self) -> str:
        return " ".join(self.one("body").text.split())

    @property
    def finding(self) -> str:
        return " ".join(self.one("h1").text.split())

    @property
    def token(self) -> str:
        """The token that the page's forms carry."""
        return self.all("input", name="csrf_token")[0].get("value")


def read(html: str) -> Page:
    """The page behind an answer's text."""
    page = Page()
    page.feed(html)
    return page
