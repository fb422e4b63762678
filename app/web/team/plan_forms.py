"""The form of a measurement plan."""

from collections.abc import Iterable

from wtforms import BooleanField, HiddenField, SelectField
from wtforms.widgets import TextArea

from app.contacts.rules import CHANNEL_NAMES
from app.initiatives.queries import Known
from app.measurement.plans import CREDITING_MONTHS, SHAPES, Boundary, Phase, PlanTerms
from app.measurement.series import GRAINS
from app.reasons.rules import Tree
from app.values.errors import Refused
from app.web.fields import DayField, ParsedField, ShareField, WholeField, day_from_text, share_from_text, share_text
from app.web.forms import Form
from app.web.team.initiative_forms import Choices

NO_DRIVER = ""
METHODS = {"2": "Method 2, for days", "1": "Method 1, also for weeks and months"}


class PhasesField(ParsedField):
    """The parts of a go-live, a line each: the day and the share that is covered from then on."""

    widget = TextArea()

    def parse(self, text: str) -> tuple[Phase, ...]:
        """Lines like “2026-09-01 25 %”."""
        return tuple(_phase(line) for line in text.splitlines() if line.strip())

    def written(self, value: tuple[Phase, ...]) -> str:
        """The same lines."""
        return "\n".join(f"{one.from_on} {share_text(one.share_bp)} %" for one in value)


class PlanForm(Form):
    """How an initiative will be measured; `seen` is the mark of the version that the form was opened with."""

    reason_ids = Choices("Reasons that go away")
    sink_ids = Choices("Where these contacts might be re-labelled")
    channels = Choices("Channels", choices={key: name.capitalize() for key, name in CHANNEL_NAMES.items()})
    announced_on = DayField("Announced to customers on")
    go_live_on = DayField("Go-live", needed="Choose the day of the go-live, or the one that is planned.")
    full_on = DayField("Live everywhere from")
    shape = SelectField("How it comes", choices={key: words[0].upper() + words[1:] for key, words in SHAPES.items()})
    phases = PhasesField("Parts")
    driver = SelectField("Driver")
    grain = SelectField("Measured by", choices={one: one.capitalize() for one in GRAINS})
    method = SelectField("Method", choices=METHODS)
    control_ids = Choices("Control reasons")
    crediting_months = WholeField("Months it counts", needed=f"Write a number of months, like {CREDITING_MONTHS}.")
    first_year_only = BooleanField("Counts in its first year only")
    agreed_share_bp = ShareField("Agreed share, %")
    seen = HiddenField()

    def offer(self, tree: Tree, present: PlanTerms, drivers: Iterable[str]) -> None:
        """Drivers and reasons to choose; the chosen ones come first, of the sinks then “Other” and the neighbours."""
        names = dict.fromkeys((*drivers, *([present.driver] if present.driver else [])))
        self.driver.choices = {NO_DRIVER: "None", **{name: name for name in names}}
        targets = present.boundary.reason_ids
        near = {one for target in targets for one in _neighbours(tree, target)}
        others = {node.id for node in tree.in_use() if tree.is_other(node.id)}
        for field, chosen, first in (
            (self.reason_ids, targets, frozenset[int]()),
            (self.sink_ids, present.boundary.sink_ids, near | others),
            (self.control_ids, present.control_ids, frozenset[int]()),
        ):
            field.choices = _choices(tree, chosen, first)

    def terms(self) -> PlanTerms:
        """What was decided."""
        return PlanTerms(
            boundary=Boundary(_ids(self.reason_ids), _ids(self.sink_ids), frozenset(self.channels.data or ())),
            go_live_on=self.go_live_on.data,
            full_on=self.full_on.data,
            announced_on=self.announced_on.data,
            shape=self.shape.data,
            phases=self.phases.data or (),
            grain=self.grain.data,
            method=self.method.data,
            driver=self.driver.data or None,
            control_ids=_ids(self.control_ids),
            crediting_months=self.crediting_months.data,
            first_year_only=self.first_year_only.data,
            agreed_share_bp=self.agreed_share_bp.data,
        )


def typed(terms: PlanTerms, mark: str) -> dict[str, object]:
    """A plan as the form holds it."""
    return {
        "reason_ids": sorted(map(str, terms.boundary.reason_ids)),
        "sink_ids": sorted(map(str, terms.boundary.sink_ids)),
        "channels": sorted(terms.boundary.channels),
        "announced_on": terms.announced_on,
        "go_live_on": terms.go_live_on,
        "full_on": terms.full_on,
        "shape": terms.shape,
        "phases": terms.phases or None,
        "grain": terms.grain,
        "method": terms.method,
        "driver": terms.driver or NO_DRIVER,
        "control_ids": sorted(map(str, terms.control_ids)),
        "crediting_months": terms.crediting_months,
        "first_year_only": terms.first_year_only,
        "agreed_share_bp": terms.agreed_share_bp,
        "seen": mark,
    }


def proposed(known: Known) -> dict[str, object]:
    """What an initiative says of itself, as the form of its first plan holds it."""
    plan = known.plan
    promised_on = known.promised.terms.starts_on if known.promised else None
    go_live_on = plan.go_live_on or plan.due_on or promised_on
    terms = PlanTerms(
        Boundary(plan.reason_ids, channels=plan.channels),
        go_live_on or known.made_at.date(),
        full_on=plan.full_go_live_on,
        announced_on=plan.announced_on,
    )
    return {**typed(terms, ""), "go_live_on": go_live_on}


def _ids(field: Choices) -> frozenset[int]:
    return frozenset(map(int, field.data or ()))


def _neighbours(tree: Tree, reason_id: int) -> Iterable[int]:
    """The reasons beside this one."""
    above = tree.parent(reason_id)
    return (node.id for node in tree.children(above) if node.id != tree.resolve(reason_id)) if above else ()


def _choices(tree: Tree, chosen: frozenset[int], first: Iterable[int]) -> dict[str, str]:
    offered = {node.id for node in tree.in_use()} | chosen
    ahead = set(first)
    ordered = sorted(offered, key=lambda one: (one not in chosen, one not in ahead, tree.text(one)))
    return {str(one): tree.text(one) for one in ordered}


def _phase(line: str) -> Phase:
    day, _, share = line.strip().partition(" ")
    if not share.strip():
        raise Refused(f"“{line.strip()}” is no part. Write its day and its share, like 2026-09-01 25 %.")
    return Phase(day_from_text(day), share_from_text(share.strip()))
