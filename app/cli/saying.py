"""How commands speak: one JSON object or plain lines on standard output, everything else on standard error."""

import functools
import json
from collections.abc import Callable, Mapping
from typing import Any, NoReturn, ParamSpec, TypeVar, cast

import click
from flask import current_app
from flask.cli import with_appcontext

from app import schema
from app.config import Settings
from app.db import Database, is_busy
from app.people.rules import Actor
from app.values.errors import Refused

COMMAND_LINE = Actor(None, "command line")
Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")

json_option = click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else.")


def database() -> Database:
    """The installation's database; raises Refused where its schema is not the one that this program needs."""
    found = database_as_it_is()
    schema.require_head(found)
    return found


def database_as_it_is() -> Database:
    """The installation's database, whatever its schema: for the commands that bring it up, down or back."""
    return cast("Database", current_app.extensions["database"])


def settings() -> Settings:
    """What this installation decided."""
    return cast("Settings", current_app.extensions["settings"])


def fail(sentence: str) -> NoReturn:
    """Say what is wrong on standard error and end with status 1."""
    click.echo(sentence, err=True)
    raise SystemExit(1)


def plainly(command: Callable[Parameters, Result]) -> Callable[Parameters, Result]:
    """Run the command inside the application, and turn a refusal into one sentence and exit status 1."""

    @functools.wraps(command)
    def spoken(*args: Parameters.args, **kwargs: Parameters.kwargs) -> Result:
        try:
            return command(*args, **kwargs)
        except Refused as error:
            fail(error.sentence)
        except Exception as error:
            if is_busy(error):
                fail("The database is busy. Nothing was changed; run the command again.")
            raise

    return cast("Callable[Parameters, Result]", with_appcontext(spoken))


def answer(facts: Mapping[str, Any], *, as_json: bool) -> None:
    """Print the facts: as one JSON object, or a line each."""
    if as_json:
        click.echo(json.dumps(facts, ensure_ascii=False, default=str))
        return
    for name, value in facts.items():
        click.echo(f"{name.replace('_', ' ')}: {'' if value is None else value}")
