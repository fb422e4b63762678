"""The forms about reasons."""

from datetime import date, datetime

from sqlalchemy.orm import Session
from wtforms import BooleanField, HiddenField, SelectField, StringField
from wtforms.validators import InputRequired

from app.people.queries import DepartmentRow
from app.people.rules import Actor
from app.reasons import actions
from app.reasons.rules import LEVELS, Node, Tree
from app.web.fields import DayField
from app.web.forms import Form

AT_THE_TOP, NOBODY = "", ""
NEEDED = "Write the reason in the customer's words, like “Where is my order?”."


class ReasonForm(Form):
    """A reason's name, place and owner."""

    name = StringField("Name", [InputRequired(NEEDED)])
    parent_id = SelectField("Below")
    department_id = SelectField("Owner")

    def offer(self, tree: Tree, departments: list[DepartmentRow], *, present: Node | None = None) -> None:
        """Places that leave room for one more level, and departments in use; the present ones stay to choose."""
        own = frozenset() if present is None else tree.below(present.id)
        places = {
            str(node.id): tree.text(node.id)
            for node in tree.walk()
            if node.id not in own and tree.level(node.id) < LEVELS
        }
        self.parent_id.choices = {AT_THE_TOP: "At the top", **places}
        kept = None if present is None else present.department_id
        owners = {str(one.id): one.name for one in departments if not one.is_retired or one.id == kept}
        self.department_id.choices = {NOBODY: "Nobody yet", **owners}

    @property
    def parent(self) -> int | None:
        """The reason above."""
        return int(self.parent_id.data) if self.parent_id.data else None

    @property
    def department(self) -> int | None:
        """The owner."""
        return int(self.department_id.data) if self.department_id.data else None


class ChangeForm(ReasonForm):
    """Everything that can be said of a reason; `seen` is the newest fact when the form was opened."""

    is_other = BooleanField("Says nothing about its cause (“Other”)")
    is_retired = BooleanField("Retired: keeps its contacts, is offered no longer")
    valid_from = DayField("Holds from", needed="Choose the day from which this holds.")
    seen = HiddenField()


def typed(tree: Tree, node: Node) -> dict[str, object]:
    """A reason as the form holds it."""
    above = None if node.parent_id is None else tree.resolve(node.parent_id)
    return {
        "name": node.name,
        "parent_id": AT_THE_TOP if above is None else str(above),
        "department_id": NOBODY if node.department_id is None else str(node.department_id),
        "is_other": node.is_other,
        "is_retired": node.is_retired,
    }


def apply(session: Session, form: ChangeForm, node: Node, tree: Tree, *, by: Actor, at: datetime) -> None:
    """Say what differs from how the reason was, each as a fact of its own."""
    day: date = form.valid_from.data
    was = typed(tree, node)
    if form.name.data.strip() != node.name:
        actions.rename(session, node.id, form.name.data, by=by, at=at, valid_from=day)
    if form.parent_id.data != was["parent_id"]:
        actions.move(session, node.id, form.parent, by=by, at=at, valid_from=day)
    if form.department != node.department_id:
        actions.set_owner(session, node.id, form.department, by=by, at=at, valid_from=day)
    if form.is_other.data != node.is_other:
        actions.mark_other(session, node.id, is_other=form.is_other.data, by=by, at=at, valid_from=day)
    if form.is_retired.data != node.is_retired:
        actions.retire(session, node.id, is_retired=form.is_retired.data, by=by, at=at, valid_from=day)
