"""From what matplotlib writes to markup that a page with a strict content security policy takes in.

What comes out has presentation attributes and no style, colours by name so that light and dark both fit, no identifier
but those of its own title and description, and links that say where they lead.
"""

import re
from dataclasses import dataclass
from typing import Literal, get_args
from xml.etree.ElementTree import Element, SubElement, fromstring, tostring

from markupsafe import Markup

Colour = Literal[
    "ink", "ink-2", "ink-3", "control", "good", "paper", "chart-1", "chart-rest", "chart-band", "chart-grid"
]  # fmt: skip
SENTINELS: dict[Colour, str] = {name: f"#0000{n:02x}" for n, name in enumerate(get_args(Colour), start=1)}
COLOURS = {sentinel: f"var(--{name})" for name, sentinel in SENTINELS.items()}

KEPT = ("fill", "stroke", "stroke-width", "stroke-dasharray", "opacity", "font-size", "font-weight", "text-anchor")
DEFAULTS = {("text-anchor", "start"), ("stroke", "none")}
XLINK_HREF = "{http://www.w3.org/1999/xlink}href"
NUMBER = re.compile(r"-?\d+\.?\d*(?:e-?\d+)?")
KEY = re.compile(r"[a-z][a-z0-9-]*")
OWN_PAGE = re.compile(r"(?:/(?!/)|\?|#)[^\x00-\x20\x7f\\]*")
NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True)
class Link:
    """Where a part of a drawing leads, what is read aloud for it, and what is shown on hovering."""

    href: str
    label: str
    title: str


@dataclass(frozen=True)
class Heading:
    """What names one drawing: its class on the page, the prefix of its identifiers, its title and description."""

    css_class: str
    prefix: str
    title: str
    description: str


@dataclass(frozen=True)
class Raw:
    """What matplotlib wrote, with the words and links that its placeholders stand for."""

    svg: str
    width: float
    height: float
    words: tuple[str, ...]
    links: tuple[Link, ...]


def clean(raw: Raw, heading: Heading) -> Markup:
    """The markup of one drawing.

    Raises ValueError for a key that cannot be part of an identifier and for a link that leaves the application.
    """
    if not KEY.fullmatch(heading.prefix):
        raise ValueError(f"The chart key {heading.prefix!r} must be small letters, digits and hyphens.")
    ids = [f"{heading.prefix}-t", f"{heading.prefix}-d"]
    root = Element("svg", {"class": heading.css_class} if heading.css_class else {})
    root.set("viewBox", f"0 0 {raw.width:g} {raw.height:g}")
    root.set("role", "group")
    root.set("aria-labelledby", " ".join(ids))
    root.set("stroke-linejoin", "round")
    SubElement(root, "title", {"id": ids[0]}).text = printable(heading.title)
    SubElement(root, "desc", {"id": ids[1]}).text = printable(heading.description)
    drawing = fromstring(raw.svg)  # noqa: S314 - written by matplotlib a moment ago, with none of the reader's words
    _Copy(raw).take_in(drawing, root)
    return Markup(tostring(root, encoding="unicode"))  # noqa: S704 - ElementTree escaped every text and attribute


def printable(words: str) -> str:
    """The words without characters that no XML document may hold."""
    return NOT_XML.sub("\ufffd", words)


class _Copy:
    """Copies shapes, words and links; the groups around them fall away, the parts of one link come together."""

    def __init__(self, raw: Raw) -> None:
        self.raw = raw
        self.anchors: dict[str, Element] = {}

    def take_in(self, source: Element, target: Element, shape: str = "") -> None:
        for child in source:
            match child.tag.rpartition("}")[2]:
                case "g":
                    self.take_in(child, target, child.get("id", ""))
                case "a":
                    self.take_in(child, self.anchor(child.attrib[XLINK_HREF], target), shape)
                case "path":
                    target.append(_shape(child, shape))
                case "text":
                    place = {name: _short(child.attrib[name]) for name in ("x", "y")}
                    words = SubElement(target, "text", place | _presentation(child))
                    words.text = printable(self.raw.words[int(child.text or "")])
                case _:
                    pass  # metadata and definitions

    def anchor(self, number: str, target: Element) -> Element:
        if number not in self.anchors:
            link = self.raw.links[int(number)]
            if not OWN_PAGE.fullmatch(link.href):
                raise ValueError(f"The link {link.href!r} must begin with /, ? or # and stay in this application.")
            anchor = SubElement(target, "a", {"href": link.href, "aria-label": printable(link.label)})
            SubElement(anchor, "title").text = printable(link.title)
            self.anchors[number] = anchor
        return self.anchors[number]


def _shape(path: Element, shape: str) -> Element:
    """A path, or the rectangle or circle that it was before matplotlib spelled it out."""
    look = _presentation(path)
    if shape == "target":
        shape, look = "rect", {"fill-opacity": "0"} | look
    if shape not in {"rect", "circle"}:
        return Element("path", {"d": NUMBER.sub(lambda m: _short(m[0]), " ".join(path.attrib["d"].split()))} | look)
    numbers = [float(number) for number in NUMBER.findall(path.attrib["d"])]
    left, right = min(numbers[::2]), max(numbers[::2])
    top, bottom = min(numbers[1::2]), max(numbers[1::2])
    if shape == "rect":
        box = {"x": left, "y": top, "width": right - left, "height": bottom - top}
    else:
        box = {"cx": (left + right) / 2, "cy": (top + bottom) / 2, "r": (right - left) / 2}
    return Element(shape, {name: _short(value) for name, value in box.items()} | look)


def _presentation(source: Element) -> dict[str, str]:
    """The declarations of a style attribute as attributes, colours as the names of the page's tokens."""
    pairs = [declaration.partition(": ") for declaration in source.get("style", "").split("; ")]
    look = {name: value for name, _, value in pairs if name in KEPT and (name, value) not in DEFAULTS}
    for name, value in look.items():
        if value.startswith("#"):
            look[name] = COLOURS[value]
        elif name in {"stroke-dasharray", "font-size"}:
            look[name] = value.replace(",", " ").removesuffix("px")
        elif name == "font-weight":
            look[name] = "600"  # one emphasis only; matplotlib's own font has none between regular and bold
    return look


def _short(number: str | float) -> str:
    """A tenth of a drawing unit is finer than any screen shows."""
    return f"{round(float(number), 1) + 0.0:g}"
