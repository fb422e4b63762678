"""Who a program is: the token that it shows, what that may do, and how often. Cookies count for nothing here."""

from collections.abc import Callable
from math import ceil
from typing import Any, TypeVar, cast

from flask import current_app, g, request
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import RequestEntityTooLarge

from app.db import is_busy
from app.people import tokens
from app.people.tokens import SCOPES, VALID, Token
from app.values.figures import counted
from app.web import work
from app.web.programs import problems
from app.web.programs.pace import Pace

View = TypeVar("View", bound=Callable[..., Any])
PUBLIC = "public"
LARGEST_BODY_BYTES = 4_000_000
REQUESTS_A_MINUTE = 3000


def allow_programs(*scopes: str) -> Callable[[View], View]:
    """Say which scopes open the route, each of them alone; `allow_programs("public")` needs no token."""
    unknown = set(scopes) - {*SCOPES, PUBLIC}
    if unknown or not scopes:
        message = f"No such scope: {unknown or 'none given'}"
        raise ValueError(message)

    def mark(view: View) -> View:
        view.allowed_scopes = frozenset(scopes)  # type: ignore[attr-defined]
        return view

    return mark


def scopes_of(endpoint: str) -> frozenset[str]:
    """The scopes that open an endpoint; none where nothing was declared."""
    found: frozenset[str] = getattr(current_app.view_functions.get(endpoint), "allowed_scopes", frozenset())
    return found


def set_pace(state: BlueprintSetupState) -> None:
    """Begin to count the requests of an application."""
    state.app.extensions["pace"] = Pace(REQUESTS_A_MINUTE)


def program() -> Token:
    """The token behind the request."""
    return cast("Token", g.program)


def let_in() -> ResponseReturnValue | None:
    """Check every request of a program before it is answered; a route that says no scope is open to nobody."""
    request.max_content_length = LARGEST_BODY_BYTES
    if (request.content_length or 0) > LARGEST_BODY_BYTES:
        raise RequestEntityTooLarge
    scopes = scopes_of(request.endpoint or "")
    if PUBLIC in scopes:
        return None
    token, sentence = _shown()
    if token is None:
        return _unknown(sentence)
    if scopes.isdisjoint(token.scopes):
        return _too_narrow(scopes)
    wait_seconds = ceil(cast("Pace", current_app.extensions["pace"]).wait_seconds(token.id))
    if wait_seconds:
        said = f"This token asks too often. Wait {counted(wait_seconds, 'second')}, or send contacts in lists."
        return problems.answer(429, said, headers={"Retry-After": str(wait_seconds)})
    g.program = token
    _note(token)
    return None


def _shown() -> tuple[Token | None, str]:
    """The valid token of the request; else a sentence that says what is wrong."""
    given = request.headers.get("Authorization", "")
    scheme, _, text = given.partition(" ")
    if scheme.lower() != "bearer" or not text.strip():
        return None, "This needs a token: send the header “Authorization: Bearer TOKEN”."
    token = tokens.shown(work.reading(), text.strip())
    if token is None:
        return None, "This token is not known here. Look whether all of it was copied."
    state = token.state(work.now())
    return (token, "") if state == VALID else (None, f"This token is {state}. An administrator can make a new one.")


def _unknown(sentence: str) -> ResponseReturnValue:
    error = ', error="invalid_token"' if "Authorization" in request.headers else ""
    return problems.answer(401, sentence, headers={"WWW-Authenticate": f'Bearer realm="tracker"{error}'})


def _too_narrow(scopes: frozenset[str]) -> ResponseReturnValue:
    listed = " or ".join(sorted(scopes))
    headers = {"WWW-Authenticate": f'Bearer realm="tracker", error="insufficient_scope", scope="{" ".join(scopes)}"'}
    return problems.answer(403, f"This token may not do that: it takes the scope {listed}.", headers=headers)


def _note(token: Token) -> None:
    """Keep that the token is in use; where the database is busy the next request does it."""
    at = work.now()
    if not tokens.is_to_be_noted(token, at):
        return
    try:
        work.write(lambda session: tokens.note_use(session, token.id, at=at))
    except Exception as error:
        if not is_busy(error):
            raise
