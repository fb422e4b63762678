"""The forms about an initiative."""

import uuid
from collections.abc import Iterable, Mapping

from wtforms import HiddenField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.widgets import CheckboxInput, ListWidget

from app.contacts.rules import CHANNEL_NAMES
from app.initiatives.projection import Terms
from app.initiatives.rules import TOUCHPOINTS, Plan
from app.people.queries import Person
from app.values.money import Money
from app.web.fields import AmountField, DayField, ShareField, WholeField
from app.web.forms import Form

NOBODY = ""


class Choices(SelectMultipleField):
    """Several of a list, as check boxes."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class PlanForm(Form):
    """What people say about an initiative; `seen` is the version that the form was opened with."""

    name = StringField("Name")
    description = TextAreaField("What will be done")
    touchpoint = SelectField("Where the fix is made", choices={one: one[0].upper() + one[1:] for one in TOUCHPOINTS})
    owner_id = SelectField("Owner")
    sponsor_id = SelectField("Sponsor")
    due_on = DayField("To be live by")
    reason_ids = Choices("Reasons")
    channels = Choices("Channels", choices={key: name.capitalize() for key, name in CHANNEL_NAMES.items()})
    member_ids = Choices("People")
    announced_on = DayField("Announced to customers on")
    go_live_on = DayField("Went live on")
    full_go_live_on = DayField("Live everywhere from")
    key = HiddenField(default=lambda: uuid.uuid4().hex)
    seen = HiddenField()

    def offer(self, reasons: Mapping[int, str], people: Iterable[Person], present: Plan) -> None:
        """Reasons and people to choose; who is chosen already stays to choose."""
        everybody = list(people)
        here = [one for one in everybody if not one.is_disabled]
        chosen_first = sorted(reasons.items(), key=lambda one: (one[0] not in present.reason_ids, one[1]))
        self.reason_ids.choices = {str(identity): text for identity, text in chosen_first}
        self.member_ids.choices = {
            str(one.id): f"{one.name}, {one.department}" if one.department else one.name
            for one in everybody
            if not one.is_disabled or one.id in present.member_ids
        }
        sponsors = [one for one in here if "sponsor" in one.roles]
        for field, offered, chosen in (
            (self.owner_id, here, present.owner_id),
            (self.sponsor_id, sponsors, present.sponsor_id),
        ):
            names = {str(one.id): one.name for one in everybody if one in offered or one.id == chosen}
            field.choices = {NOBODY: "Nobody yet", **names}

    def plan(self) -> Plan:
        """What was decided."""
        return Plan(
            name=self.name.data or "",
            description=self.description.data or "",
            touchpoint=self.touchpoint.data,
            reason_ids=frozenset(map(int, self.reason_ids.data or ())),
            channels=frozenset(self.channels.data or ()),
            owner_id=int(self.owner_id.data) if self.owner_id.data else None,
            sponsor_id=int(self.sponsor_id.data) if self.sponsor_id.data else None,
            member_ids=frozenset(map(int, self.member_ids.data or ())),
            due_on=self.due_on.data,
            announced_on=self.announced_on.data,
            go_live_on=self.go_live_on.data,
            full_go_live_on=self.full_go_live_on.data,
        )


class TermsForm(Form):
    """What is promised."""

    share_low_bp = ShareField("Low, %", needed="Write the share that goes away if it goes badly.")
    share_likely_bp = ShareField("Likely, %", needed="Write the share that probably goes away.")
    share_high_bp = ShareField("High, %", needed="Write the share that goes away if all goes well.")
    starts_on = DayField("Starts on", needed="Choose the day on which contacts begin to fall.")
    ramp_days = WholeField("Ramp, days", needed="Write how many days it takes to full effect; 0 for at once.")
    cost_to_do = AmountField("Cost to do", needed="Write what it costs once; 0 for nothing.")
    running_cost_year = AmountField("Running cost a year", needed="Write what it costs every year; 0 for nothing.")

    def terms(self, currency: str) -> Terms:
        """What was decided."""
        return Terms(
            share_low_bp=self.share_low_bp.data,
            share_likely_bp=self.share_likely_bp.data,
            share_high_bp=self.share_high_bp.data,
            starts_on=self.starts_on.data,
            ramp_days=self.ramp_days.data,
            cost_to_do_minor=self.cost_to_do.data.amount_minor,
            running_cost_year_minor=self.running_cost_year.data.amount_minor,
            currency=currency,
        )


class MoveForm(Form):
    """The next stage; `seen` and `projection` are the stage and the projection that the page showed."""

    to = HiddenField()
    seen = HiddenField()
    projection = HiddenField()
    go_live_on = DayField("Went live on")
    note = StringField("Note")


def typed_plan(plan: Plan, version: int) -> dict[str, object]:
    """A plan as the form holds it."""
    return {
        "name": plan.name,
        "description": plan.description,
        "touchpoint": plan.touchpoint,
        "owner_id": str(plan.owner_id or NOBODY),
        "sponsor_id": str(plan.sponsor_id or NOBODY),
        "due_on": plan.due_on,
        "reason_ids": sorted(map(str, plan.reason_ids)),
        "channels": sorted(plan.channels),
        "member_ids": sorted(map(str, plan.member_ids)),
        "announced_on": plan.announced_on,
        "go_live_on": plan.go_live_on,
        "full_go_live_on": plan.full_go_live_on,
        "seen": str(version),
    }


def typed_terms(terms: Terms) -> dict[str, object]:
    """Terms as the form holds them."""
    return {
        "share_low_bp": terms.share_low_bp,
        "share_likely_bp": terms.share_likely_bp,
        "share_high_bp": terms.share_high_bp,
        "starts_on": terms.starts_on,
        "ramp_days": terms.ramp_days,
        "cost_to_do": Money(terms.cost_to_do_minor, terms.currency),
        "running_cost_year": Money(terms.running_cost_year_minor, terms.currency),
    }
