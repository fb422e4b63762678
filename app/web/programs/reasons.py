"""The tree of reasons, as it stands now."""

from flask import Response

from app.people import queries as people
from app.reasons import queries
from app.web import work
from app.web.programs import answers, asked
from app.web.programs.asked import AskedNothing
from app.web.programs.told import Reasons, ReasonTold


def answer() -> Response:
    """All reasons, from the top down."""
    asked.read(AskedNothing)
    session = work.reading()
    tree = queries.tree(session)
    departments = {one.id: one.name for one in people.all_departments(session)}
    usable = {node.id for node in tree.in_use()}
    found = [
        ReasonTold(
            id=node.id,
            path=tree.text(node.id),
            name=node.name,
            level=tree.level(node.id),
            parent_id=tree.parent(node.id),
            department=departments.get(tree.owner(node.id) or 0),
            is_other=tree.is_other(node.id),
            is_retired=node.id not in usable,
        )
        for node in tree.walk()
    ]
    return answers.read(Reasons(reasons=found).model_dump_json())
