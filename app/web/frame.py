"""What stands round every page: the bar of the person's role, and how figures are written in templates."""

import importlib.util
from functools import partial
from pathlib import Path
from typing import Any

from flask import Flask, Response, g, request, send_from_directory, session, url_for
from flask_bootstrap import Bootstrap5
from flask_login import current_user

from app.config import Settings
from app.contacts.rules import CHANNEL_NAMES
from app.counting.queries import untagged_by_channel
from app.ledger.claim_queries import waiting as claims_waiting
from app.people.rules import LEAST_CHARACTERS, ROLE_NAMES
from app.values import figures, money, periods
from app.web import work
from app.web.access import allow

# One bar, seven words at most, ordered by use. A person with several roles switches between bars.
BARS: dict[str, list[tuple[str, str]]] = {
    "agent": [("Log a call", "lead.contact_new"), ("Ranking", "everyone.ranking"), ("Reasons", "everyone.reasons")],
    "lead": [
        ("Inbox", "lead.inbox"),
        ("Log a call", "lead.contact_new"),
        ("Contacts", "lead.contacts"),
        ("Import", "lead.imports"),
        ("Ranking", "everyone.ranking"),
        ("Reasons", "everyone.reasons"),
        ("Changes", "team.changes"),
    ],
    "team": [
        ("Ranking", "everyone.ranking"),
        ("Reasons", "everyone.reasons"),
        ("Initiatives", "team.initiatives"),
        ("Meetings", "team.meetings"),
        ("Savings", "sponsor.savings"),
        ("Changes", "team.changes"),
        ("The ask", "sponsor.ask"),
    ],
    "sponsor": [
        ("Savings", "sponsor.savings"),
        ("Initiatives", "team.initiatives"),
        ("Ranking", "everyone.ranking"),
        ("Meetings", "team.meetings"),
        ("Changes", "team.changes"),
        ("The ask", "sponsor.ask"),
    ],
    "finance": [
        ("Queue", "sponsor.queue"),
        ("Savings", "sponsor.savings"),
        ("Ledger", "sponsor.ledger"),
        ("Changes", "team.changes"),
        ("Initiatives", "team.initiatives"),
        ("Ranking", "everyone.ranking"),
        ("The ask", "sponsor.ask"),
    ],
    "admin": [("Settings", "admin.settings"), ("Audit", "admin.audit")],
}
HOMES = ("lead", "team", "sponsor", "finance", "agent", "admin")


def install(app: Flask, settings: Settings) -> None:
    """Give templates their frame, their filters and the files that come from packages."""
    app.config["BOOTSTRAP_SERVE_LOCAL"] = True
    Bootstrap5(app)
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update(
        number=figures.number,
        share=figures.share,
        points=figures.points,
        duration=figures.minutes_and_seconds,
        day=figures.day,
        day_short=figures.day_short,
        moment=partial(figures.moment, timezone=settings.timezone),
        money=money.money_text,
        money_cents=partial(money.money_text, cents=True),
        money_in_brackets=money.money_in_brackets,
        money_short=money.money_short,
        local_day=partial(figures.local_day, timezone=settings.timezone),
        size=figures.size,
        week=periods.week_name,
        channel=CHANNEL_NAMES.__getitem__,
        role=ROLE_NAMES.__getitem__,
    )
    app.jinja_env.globals.update(
        counted=figures.counted,
        period_text=figures.period,
        organisation=settings.organisation,
        password_hint=f"At least {LEAST_CHARACTERS} characters. A short sentence works well.",
    )
    app.context_processor(_bar)
    app.add_url_rule("/static/htmx.min.js", "htmx", allow("public")(_htmx))


def worn_role() -> str:
    """The role whose bar and home are shown; the permissions are those of all roles held."""
    chosen = str(session.get("role", ""))
    if chosen in current_user.roles:
        return chosen
    return next((role for role in HOMES if role in current_user.roles), "agent")


def _bar() -> dict[str, Any]:
    frame: dict[str, Any] = {"bar": [], "worn": None, "theme": theme(), "current_user": None}
    if "without_person" in g or not current_user.is_authenticated:
        return frame
    worn = worn_role()
    items = [
        {"label": label, "href": url_for(endpoint), "is_here": _is_here(endpoint, worn), "count": _waiting(endpoint)}
        for label, endpoint in BARS[worn]
    ]
    return {**frame, "bar": items, "worn": worn, "current_user": current_user}


def _waiting(endpoint: str) -> int:
    """How much waits behind this word of the bar."""
    if endpoint == "sponsor.queue":
        return claims_waiting(work.reading())
    return sum(untagged_by_channel(work.reading()).values()) if endpoint == "lead.inbox" else 0


def _is_here(endpoint: str, worn: str) -> bool:
    """Whether the page is this word of the bar, or one below it."""
    here = request.endpoint or ""
    if here in {other for _, other in BARS[worn]}:
        return here == endpoint
    if endpoint == "admin.settings":
        return here.startswith("admin.")
    return here.startswith(endpoint.removesuffix("s"))


def _htmx() -> Response:
    found = importlib.util.find_spec("js_lib_htmx")
    if found is None or found.origin is None:
        message = "The package django-js-lib-htmx is not installed."
        raise RuntimeError(message)
    folder = next(Path(found.origin).parent.rglob("htmx.min.js")).parent
    return send_from_directory(folder, "htmx.min.js", max_age=86400)


def theme() -> str:
    """Light or dark where the reader chose; empty where the reader's system decides."""
    chosen = str(request.cookies.get("theme", ""))
    return chosen if chosen in {"light", "dark"} else ""
