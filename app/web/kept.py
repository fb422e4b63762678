"""What was typed into a form that could not be saved, to be shown and sent once more."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from flask import request
from werkzeug.exceptions import HTTPException
from wtforms.fields.core import UnboundField

from app.web.forms import Form

CHANGING = frozenset({"POST", "PUT", "PATCH", "DELETE"})
LONG = 80
NOT_TYPED = frozenset({"key", "seen", "version"})  # what a form knows of itself and of the state that it shows


@dataclass(frozen=True)
class Field:
    """One value as it was typed; `kind` says how it is shown: text, lines, password, file, or not at all."""

    name: str
    value: str
    kind: str
    label: str = ""


@dataclass(frozen=True)
class Kept:
    """A form that was sent: where to, and what was in it."""

    address: str
    fields: tuple[Field, ...]

    @property
    def has_files(self) -> bool:
        """Whether files have to be chosen again: a page cannot give them back."""
        return any(field.kind == "file" for field in self.fields)

    @property
    def has_passwords(self) -> bool:
        """Whether passwords have to be typed again: a page must not show them."""
        return any(field.kind == "password" for field in self.fields)


def kept() -> Kept | None:
    """The form of this request; none where there was none, where it cannot be read any more, or where it is not ours.

    A form that another site sent is not offered again: nobody here typed it, and a press of the button would send it.
    """
    if request.method not in CHANGING or not _is_from_here():
        return None
    try:
        labels = _labels({*request.form, *request.files})
        sent = [(name, value) for name, value in request.form.items(multi=True) if name != "csrf_token"]
        typed = [_typed(name, value, labels.get(name) or _in_words(name)) for name, value in sent]
        files = [
            Field(name, file.filename, "file", labels.get(name) or _in_words(name))
            for name, file in request.files.items(multi=True)
            if file.filename
        ]
    except HTTPException:
        return None
    return Kept(request.full_path.rstrip("?"), (*typed, *files)) if typed or files else None


def _is_from_here() -> bool:
    """Whether one of our pages sent the request, as far as the browser says."""
    said = request.headers.get("Sec-Fetch-Site")
    if said is not None:
        return said in {"same-origin", "none"}
    origin = request.headers.get("Origin")
    return origin is None or urlsplit(origin).netloc == request.host


def _labels(names: Collection[str]) -> Mapping[str, str]:
    """What the form that was sent calls its fields: of all forms the one that shares most of these names with it.

    Only what every visitor may know: whose session ended is not asked who they were.
    """
    known = [
        {
            name: str(field.args[0])
            for name in dir(form)
            if isinstance(field := getattr(form, name), UnboundField) and field.args
        }
        for form in Form.__subclasses__()
    ]
    return max(known, key=lambda labels: (len(labels.keys() & set(names)), -len(labels)), default={})


def _in_words(name: str) -> str:
    return name.replace("_", " ").replace("-", " ").capitalize()


def _typed(name: str, value: str, label: str) -> Field:
    if "password" in name:
        return Field(name, "", "password", label)
    if name in NOT_TYPED:
        return Field(name, value, "hidden")
    is_long = len(value) > LONG or "\n" in value
    return Field(name, value, "lines" if is_long else "text", label)
