"""flask reasons: bring a tree in from a file, write it out, let one reason read as another."""

from dataclasses import asdict
from datetime import datetime
from pathlib import Path

import click
from sqlalchemy.orm import Session

from app import clock
from app.cli import saying
from app.counting import queries as counting
from app.people import queries as people
from app.reasons import actions, exchange, queries, rules
from app.reasons.exchange import Brought
from app.reasons.rules import Tree
from app.values.errors import Refused

FILE = click.Path(dir_okay=False, path_type=Path)


@click.group("reasons", help="Bring the tree of reasons in or out, merge two of them.")
def commands() -> None:
    """Group of the commands about reasons."""


@commands.command("import", help="Add the reasons that FILE lists (CSV with columns path, owner, is_other).")
@click.argument("file", type=FILE)
@saying.json_option
@saying.plainly
def bring_in(file: Path, *, as_json: bool) -> None:
    """Bring a list of reasons in; all of it or nothing."""
    lines = exchange.read(_text(file))
    now = clock.now()
    today = now.astimezone(saying.settings().timezone).date()

    def work(session: Session) -> Brought:
        return exchange.bring_in(session, lines, by=saying.COMMAND_LINE, at=now, valid_from=today)

    saying.answer(asdict(saying.database().write(work)), as_json=as_json)


@commands.command("export", help="Write the reasons in use to FILE as CSV.")
@click.argument("file", type=FILE)
@saying.json_option
@saying.plainly
def write_out(file: Path, *, as_json: bool) -> None:
    """Write the tree as it stands today."""
    with saying.database().reading() as session:
        tree = queries.tree(session)
        owners = {one.id: one.name for one in people.all_departments(session)}
    try:
        file.write_text("".join(exchange.written(tree, owners)), encoding="utf-8", newline="")
    except OSError as error:
        message = f"{file} cannot be written: {error.strerror}. Nothing was written."
        raise Refused(message) from error
    saying.answer({"reasons": len(tree.in_use()), "file": str(file)}, as_json=as_json)


@commands.command("merge", help="Let the reason OLD read as the reason INTO in every tree from --from on.")
@click.argument("old")
@click.argument("into")
@click.option("--from", "start", type=click.DateTime(formats=["%Y-%m-%d"]), required=True, metavar="D")
@click.option("--dry-run", is_flag=True, help="Say what would happen and change nothing.")
@saying.json_option
@saying.plainly
def merge(old: str, into: str, start: datetime, *, dry_run: bool, as_json: bool) -> None:
    """Merge two reasons; contacts and totals keep the reason that was given."""

    def work(session: Session) -> tuple[int, int]:
        tree = queries.tree(session)
        old_id, into_id = _named(tree, old), _named(tree, into)
        moved = counting.contacts_and_days(session, tree.below(old_id))
        actions.merge(session, old_id, into_id, by=saying.COMMAND_LINE, at=clock.now(), valid_from=start.date())
        if dry_run:
            session.rollback()
        return moved

    contacts, days = saying.database().write(work)
    saying.answer({"contacts_moved": contacts, "days_touched": days}, as_json=as_json)


def _named(tree: Tree, path: str) -> int:
    parent, found = None, None
    for name in rules.split_path(path):
        found = tree.named(parent, name)
        if found is None:
            break
        parent = tree.resolve(found)
    if found is None:
        message = f"There is no reason “{path}”. Write its path as the ranking does, like “Delivery > Late”."
        raise Refused(message)
    return found


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except OSError as error:
        message = f"{file} cannot be read: {error.strerror}. Nothing was changed."
        raise Refused(message) from error
    except UnicodeDecodeError as error:
        message = f"{file} is no UTF-8 text. Save it as CSV in UTF-8. Nothing was changed."
        raise Refused(message) from error
