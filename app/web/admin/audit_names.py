"""The names behind the numbers that the trail keeps: people, departments, reasons."""

from collections.abc import Callable, Mapping
from functools import cached_property

from sqlalchemy.orm import Session

from app.people import queries as people
from app.reasons import queries as reasons

# Which facts of a change hold numbers, as they are told, and of what.
PERSON, DEPARTMENT, REASON = "person", "department", "reason"
NUMBERED = {
    "owner id": PERSON,
    "sponsor id": PERSON,
    "member ids": PERSON,
    "department id": DEPARTMENT,
    "parent id": REASON,
    "merged into id": REASON,
    "reason id": REASON,
    "reason ids": REASON,
}


class Names:
    """Present names by number; each kind is read once, and only where the trail asks for it."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def told(self, fact: str, value: str | None) -> str | None:
        """The value of a fact, each number in it with the name that it has today; other values as they are."""
        kind = NUMBERED.get(fact)
        if kind is None or value is None:
            return value
        names = self._known[kind]()
        return ", ".join(f"{names[one]} ({one})" if one in names else one for one in value.split(", "))

    @property
    def _known(self) -> Mapping[str, Callable[[], Mapping[str, str]]]:
        return {
            PERSON: lambda: self._people,
            DEPARTMENT: lambda: self._departments,
            REASON: lambda: self._reasons,
        }

    @cached_property
    def _people(self) -> Mapping[str, str]:
        return {str(one.id): one.name for one in people.people(self._session, with_disabled=True)}

    @cached_property
    def _departments(self) -> Mapping[str, str]:
        return {str(one.id): one.name for one in people.all_departments(self._session)}

    @cached_property
    def _reasons(self) -> Mapping[str, str]:
        tree = reasons.tree(self._session)
        return {str(one): tree.text(one) for one in tree.nodes}
