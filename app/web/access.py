"""Who may see which page: every route says it with `allow`, and a request to one that does not is refused."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import Flask, abort, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import LoginManager, UserMixin, current_user

from app.people import queries
from app.people.rules import ROLES
from app.web import work

View = TypeVar("View", bound=Callable[..., Any])
EVERYBODY = ROLES
SUPERVISORS = ("lead", "team", "sponsor", "finance", "admin")
NOBODY_NEEDED = "public"
PROGRAMS = "programs"  # the folder whose routes are opened by tokens and not by roles: its bearer.py checks each


@dataclass(frozen=True)
class SignedIn(UserMixin):
    """The person behind the request."""

    id: int
    name: str
    email: str
    roles: frozenset[str]
    session_version: int

    def get_id(self) -> str:
        """What the session cookie holds: a changed password makes it worthless."""
        return f"{self.id}:{self.session_version}"

    def may(self, *roles: str) -> bool:
        """Whether one of the roles is held."""
        return not self.roles.isdisjoint(roles)


def allow(*roles: str) -> Callable[[View], View]:
    """Say which roles may see the route; `allow("public")` is for everybody, signed in or not."""
    unknown = set(roles) - {*ROLES, NOBODY_NEEDED}
    if unknown or not roles:
        message = f"No such role: {unknown or 'none given'}"
        raise ValueError(message)

    def mark(view: View) -> View:
        view.allowed_roles = frozenset(roles)  # type: ignore[attr-defined]
        return view

    return mark


def roles_of(endpoint: str) -> frozenset[str]:
    """The roles that may see an endpoint; empty where nothing was declared."""
    found: frozenset[str] = getattr(current_app.view_functions.get(endpoint), "allowed_roles", frozenset())
    return found


def install(app: Flask) -> None:
    """Check every request before its page runs."""
    login = LoginManager()
    login.init_app(app, add_context_processor=False)
    login.session_protection = None
    login.user_loader(_person_of_session)
    app.before_request(_check)
    app.teardown_appcontext(work.close_reading)


def _person_of_session(cookie: str) -> SignedIn | None:
    number, _, version = cookie.partition(":")
    if not (number.isdecimal() and version.isdecimal()):
        return None
    person = queries.person(work.reading(), int(number))
    if person is None or person.is_disabled or person.session_version != int(version):
        return None
    return SignedIn(person.id, person.name, person.email, person.roles, person.session_version)


def _check() -> ResponseReturnValue | None:
    if request.endpoint is None or is_public(request.endpoint) or request.blueprint == PROGRAMS:
        return None
    if not current_user.is_authenticated:
        return _ask_to_sign_in()
    if not current_user.may(*roles_of(request.endpoint)):
        abort(403)
    return None


def is_public(endpoint: str | None) -> bool:
    """Whether everybody may see the endpoint, signed in or not; what does not exist is nobody's."""
    if endpoint is None or endpoint == "static" or endpoint.startswith("bootstrap."):
        return True
    return NOBODY_NEEDED in roles_of(endpoint)


def safe_address(given: str | None) -> str | None:
    """An address of this site to go on to; none for anything that could lead elsewhere."""
    if not given or not given.startswith("/") or given.startswith("//"):
        return None
    return given if given.isprintable() and not {"\\", " "} & set(given) else None


def way_back() -> str | None:
    """The page of this site on which the request was started, as far as the browser says."""
    said = request.headers.get("HX-Current-URL") or request.referrer or ""
    return safe_address(said.removeprefix(request.host_url.rstrip("/")))


def _ask_to_sign_in() -> ResponseReturnValue:
    if request.method in {"GET", "HEAD"} and "HX-Request" not in request.headers:
        return redirect(url_for("everyone.login", next=request.full_path.rstrip("?")))
    return abort(401)
