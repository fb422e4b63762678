"""The form about one person."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from wtforms import EmailField, HiddenField, SelectField, SelectMultipleField, StringField
from wtforms.validators import InputRequired, Length
from wtforms.widgets import CheckboxInput, ListWidget

from app.people.queries import DepartmentName, Person
from app.people.rules import ROLE_NAMES, Profile
from app.web.forms import Form


class PersonForm(Form):
    """Name, e-mail, roles and department; `seen` is the state that the page was opened with."""

    name = StringField("Name", [InputRequired("Write the name."), Length(max=120)])
    email = EmailField("E-mail", [InputRequired("Write the e-mail address."), Length(max=254)])
    department = SelectField("Department")
    roles = SelectMultipleField(
        "Roles",
        choices={role: name[0].upper() + name[1:] for role, name in ROLE_NAMES.items()},
        option_widget=CheckboxInput(),
        widget=ListWidget(prefix_label=False),
    )
    seen = HiddenField()

    def offer_departments(self, departments: Sequence[DepartmentName], *, present: Person | None) -> None:
        """Departments in use, and the one that the person is in."""
        offered = {"": "None"} | {str(one.id): one.name for one in departments}
        if present is not None and present.department_id is not None:
            offered.setdefault(str(present.department_id), f"{present.department} (retired)")
        self.department.choices = offered

    def profile(self) -> Profile:
        """What was decided."""
        return Profile(
            name=self.name.data,
            roles=frozenset(self.roles.data),
            department_id=int(self.department.data) if self.department.data else None,
            email=self.email.data,
        )

    def what_was_seen(self) -> Mapping[str, Any]:
        """The state that the page was opened with."""
        try:
            seen = json.loads(self.seen.data or "{}")
        except (ValueError, RecursionError):
            return {}
        return seen if isinstance(seen, dict) else {}
