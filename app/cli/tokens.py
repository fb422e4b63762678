"""flask tokens: what programs show in place of a sign-in."""

from typing import Any

import click
from sqlalchemy.orm import Session

from app import clock
from app.cli import saying
from app.people import tokens
from app.people.tokens import MOST_DAYS, SCOPES, USUAL_DAYS, Made, Token
from app.values.errors import Refused


@click.group("tokens", help="Make tokens for programs, list them, revoke one.")
def commands() -> None:
    """Group of the commands about tokens."""


@commands.command("add", help="Make a token for the program NAME, and print it this once.")
@click.argument("name")
@click.option(
    "--scope", "scopes", multiple=True, required=True, type=click.Choice(list(SCOPES)), help="May be given often."
)
@click.option("--days", type=click.IntRange(1, MOST_DAYS), default=USUAL_DAYS, show_default=True, help="Valid so long.")
@saying.json_option
@saying.plainly
def add(name: str, scopes: tuple[str, ...], days: int, *, as_json: bool) -> None:
    """Make a token; its text is known nowhere else."""

    def work(session: Session) -> Made:
        return tokens.make(session, name, scopes, days, by=saying.COMMAND_LINE, at=clock.now())

    made = saying.database().write(work)
    facts = {
        "id": made.id,
        "name": name,
        "scopes": list(scopes) if as_json else ", ".join(scopes),
        "expires_at": made.expires_at.isoformat(),
        "token": made.text,
    }
    saying.answer(facts, as_json=as_json)


@commands.command("list", help="List all tokens, the newest first; never their text.")
@saying.json_option
@saying.plainly
def show(*, as_json: bool) -> None:
    """List all tokens."""
    with saying.database().reading() as session:
        found = [_facts(one) for one in tokens.tokens(session)]
    if as_json:
        saying.answer({"tokens": found}, as_json=True)
        return
    for one in found:
        click.echo(f"{one['id']}  {one['name']}  {', '.join(one['scopes'])}  {one['state']}")


@commands.command("revoke", help="Let the token with this NAME open nothing any more.")
@click.argument("name")
@saying.json_option
@saying.plainly
def revoke(name: str, *, as_json: bool) -> None:
    """Revoke the valid token of a program."""

    def work(session: Session) -> Token:
        at = clock.now()
        for one in tokens.tokens(session):
            if one.name == name and one.state(at) == tokens.VALID:
                tokens.revoke(session, one.id, by=saying.COMMAND_LINE, at=at)
                return one
        raise Refused(f"There is no valid token “{name}”. flask tokens list shows all of them.")

    saying.answer({"revoked": saying.database().write(work).name}, as_json=as_json)


def _facts(token: Token) -> dict[str, Any]:
    return {
        "id": token.id,
        "name": token.name,
        "scopes": list(token.scopes),
        "state": token.state(clock.now()),
        "made_by": token.made_by,
        "made_at": token.made_at.isoformat(),
        "expires_at": token.expires_at.isoformat(),
        "last_used_at": None if token.last_used_at is None else token.last_used_at.isoformat(),
    }
