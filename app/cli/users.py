"""flask users: add people, make sign-in links, list who is here."""

from typing import Any

import click
from sqlalchemy.orm import Session

from app import clock
from app.cli import saying
from app.people import actions, departments, links, queries
from app.people.links import Link
from app.people.queries import Person
from app.people.rules import ROLES, Profile
from app.values.errors import Refused
from app.values.lines import one_line


@click.group("users", help="Add people, make sign-in links, list who is here.")
def commands() -> None:
    """Group of the commands about people."""


@commands.command("add", help="Add a person and print a link that signs them in once, within three days.")
@click.argument("email")
@click.option("--name", help="The name that colleagues know; the front of the e-mail where it is left out.")
@click.option("--role", "roles", multiple=True, required=True, type=click.Choice(ROLES), help="May be given often.")
@click.option("--department", help="Added where there is none of that name.")
@saying.json_option
@saying.plainly
def add(email: str, name: str | None, roles: tuple[str, ...], department: str | None, *, as_json: bool) -> None:
    """Add a person with roles."""

    def work(session: Session) -> tuple[Person, Link]:
        now = clock.now()
        profile = Profile(
            name=name or email.partition("@")[0],
            roles=frozenset(roles),
            department_id=None if department is None else _department_id(session, department),
        )
        person = actions.add_person(session, email, profile, by=saying.COMMAND_LINE, at=now)
        return person, links.make(session, person.id, by=saying.COMMAND_LINE, at=now)

    person, link = saying.database().write(work)
    _answer(person, link, as_json=as_json)


@commands.command("link", help="Print a new link for a person: also the way back in when a password is forgotten.")
@click.argument("email")
@saying.json_option
@saying.plainly
def make_link(email: str, *, as_json: bool) -> None:
    """Make a link for a person who is here."""

    def work(session: Session) -> tuple[Person, Link]:
        person = queries.person_by_email(session, email)
        if person is None:
            raise Refused(f"Nobody here has the e-mail {email}. flask users list shows everybody.")
        return person, links.make(session, person.id, by=saying.COMMAND_LINE, at=clock.now())

    person, link = saying.database().write(work)
    _answer(person, link, as_json=as_json)


@commands.command("list", help="List everybody with roles and department.")
@saying.json_option
@saying.plainly
def show(*, as_json: bool) -> None:
    """List who is here."""
    with saying.database().reading() as session:
        found = queries.people(session, with_disabled=True)
    if as_json:
        saying.answer({"users": [_facts(person) for person in found]}, as_json=True)
        return
    for person in found:
        state = " (disabled)" if person.is_disabled else ""
        click.echo(f"{person.email}  {person.name}  {', '.join(sorted(person.roles))}{state}")


def _department_id(session: Session, name: str) -> int:
    known = {one.name.lower(): one.id for one in queries.departments(session)}
    found = known.get(one_line(name).lower())
    return found or departments.add_department(session, name, by=saying.COMMAND_LINE, at=clock.now())


def _facts(person: Person) -> dict[str, Any]:
    return {
        "id": person.id,
        "email": person.email,
        "name": person.name,
        "roles": sorted(person.roles),
        "department": person.department,
        "disabled": person.is_disabled,
    }


def _answer(person: Person, link: Link, *, as_json: bool) -> None:
    facts = {
        "email": person.email,
        "name": person.name,
        "roles": sorted(person.roles) if as_json else ", ".join(sorted(person.roles)),
        "department": person.department,
        "link": f"{saying.settings().address}/link/{link.token}",
        "expires_at": link.expires_at.isoformat(),
    }
    saying.answer(facts, as_json=as_json)
