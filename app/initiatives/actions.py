"""What is done to initiatives: started, changed, sized, moved on."""

from dataclasses import replace
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.initiatives import projection, queries, records, rules
from app.initiatives.basis import basis
from app.initiatives.projection import Terms
from app.initiatives.queries import Known
from app.initiatives.records import Doing, Since
from app.initiatives.rules import Mover, Plan
from app.initiatives.tables import Initiative
from app.people import queries as people
from app.people import trail
from app.people.rules import Actor
from app.reasons import queries as reasons
from app.values.errors import Refused, Stale
from app.values.lines import one_line


class Unfit(Refused):
    """Some fields hold what cannot be; `faults` has a sentence for each."""

    def __init__(self, faults: dict[str, str]) -> None:
        super().__init__(" ".join(faults.values()))
        self.faults = faults


class Overtaken(Stale):
    """Somebody changed the initiative since the form was opened; nothing was saved."""

    def __init__(self, changes: tuple[Since, ...], now: Known) -> None:
        names = " and ".join(dict.fromkeys(change.by for change in changes)) or "Somebody"
        super().__init__(f"{names} changed {now.code} since you opened it. Nothing was saved yet, and nothing is lost.")
        self.changes = changes
        self.now = now


def start(session: Session, plan: Plan, *, by: Actor, at: datetime, today: date, form_key: str | None = None) -> int:
    """A new initiative, an idea at first; its id. The same form sent again makes no second one."""
    sent_before = select(Initiative.id).where(Initiative.form_key == form_key)
    if form_key and (there := session.scalar(sent_before)):
        return there
    plan = _tidy(plan)
    _refuse_faults(session, plan, "idea", today)
    scalars = records.scalars(plan)
    row = Initiative(stage="idea", version=1, form_key=form_key, made_at=at, moved_at=at, **scalars)
    try:
        with session.begin_nested():
            session.add(row)
            session.flush()
    except IntegrityError:
        if there := session.scalar(sent_before):
            return there
        raise
    records.write_sets(session, row.id, plan)
    records.add_step(session, row.id, "idea", Doing(by, at, today), "")
    after = {"version": 1, **records.facts(plan)}
    trail.record(session, "initiative.started", records.subject(row.id), by=by, at=at, after=after)
    return row.id


def change(  # noqa: PLR0913
    session: Session, initiative_id: int, plan: Plan, *, seen: int, by: Actor, at: datetime, today: date
) -> None:
    """Another plan, by somebody who saw version `seen`; raises Overtaken where a newer one is there.

    A projection that is not frozen follows the scope: it is written down again for the new reasons and channels.
    """
    row = records.locked(session, initiative_id)
    before = queries.initiative(session, initiative_id)
    plan = _tidy(plan)
    changed = rules.changed_fields(before.plan, plan)
    if not changed:
        return
    if row.version != seen:
        raise Overtaken(records.changes_since(session, initiative_id, seen), before)
    _refuse_faults(session, plan, row.stage, today)
    is_rescoped = plan.scope != before.plan.scope
    if is_rescoped and not rules.scope_is_open(row.stage):
        message = "Reasons and channels were approved with the projection. Start another initiative for other ones."
        raise Unfit({"reason_ids": message})
    records.overwrite(session, row, plan, at)
    old, new = records.facts(before.plan), records.facts(plan)
    trail.record(
        session,
        "initiative.changed",
        records.subject(initiative_id),
        by=by,
        at=at,
        before={name: old[name] for name in changed},
        after={"version": row.version, **{name: new[name] for name in changed}},
    )
    if is_rescoped and before.latest:
        _project(session, row, before.latest.terms, Doing(by, at, today))


def project(session: Session, initiative_id: int, terms: Terms, *, by: Actor, at: datetime, today: date) -> None:
    """Write a projection down on the volume, cost and rates of the last year; an idea is then being sized.

    What was frozen stays. The same terms on the same volume again add nothing.
    """
    row = records.locked(session, initiative_id)
    if faults := projection.faults(terms):
        raise Unfit(faults)
    if row.stage in {"closed", "dropped"}:
        message = f"{rules.code(row.id)} is {rules.STAGE_NAMES[row.stage].lower()}: nothing more is projected for it."
        raise Refused(message)
    doing = Doing(by, at, today)
    _project(session, row, terms, doing)
    if row.stage == "idea" and queries.initiative(session, initiative_id).plan.reason_ids:
        records.enter(session, row, "sizing", doing, "A projection was written down.")


def move(  # noqa: PLR0913
    session: Session,
    initiative_id: int,
    to: str,
    *,
    by: Actor,
    at: datetime,
    today: date,
    seen_stage: str | None = None,
    seen_projection: int | None = None,
    go_live_on: date | None = None,
    note: str = "",
    has_signed_month: bool = False,
) -> None:
    """Take an initiative to another stage; raises Refused with everything that is missing.

    `seen_stage` is where the person saw it: sent twice, nothing more happens; moved elsewhere meanwhile, Stale is
    raised. `seen_projection` is the number of the projection that is approved: only that one is frozen. `go_live_on` is
    the day of the go-live, for `to="live"`; `has_signed_month` is what the ledger knows, for `to="validated"`.
    """
    row = records.locked(session, initiative_id)
    if row.stage == to:
        return
    if seen_stage not in {None, row.stage}:
        now = rules.STAGE_NAMES[row.stage].lower()
        message = f"{rules.code(row.id)} was moved meanwhile: it is {now} now. Nothing was changed; look at it again."
        raise Stale(message)
    known = queries.initiative(session, initiative_id)
    if to == "approved" and known.latest and seen_projection not in {None, known.latest.number}:
        message = (
            f"{known.latest.made_by} wrote another projection of {known.code} down meanwhile. Nothing was approved; "
            "read the new figures, then approve them."
        )
        raise Stale(message)
    plan = replace(known.plan, go_live_on=go_live_on) if to == "live" and go_live_on else known.plan
    standing = replace(known.standing, go_live_on=plan.go_live_on, has_signed_month=has_signed_month)
    if sentences := rules.missing(standing, to, _mover(session, by, today)):
        raise Refused(" ".join(sentences))
    if to == "dropped" and not note.strip():
        message = "Say why it is dropped, so that nobody has to try it again to find out."
        raise Refused(message)
    doing = Doing(by, at, today)
    change(session, initiative_id, plan, seen=row.version, by=by, at=at, today=today)
    if to == "approved":
        records.freeze_latest_projection(session, row.id, doing)
    records.enter(session, row, to, doing, note.strip())


def take_signature_back(session: Session, initiative_id: int, note: str, *, by: Actor, at: datetime) -> None:
    """Finance has taken back the last month that it had signed: a validated initiative is live and measured again."""
    row = records.locked(session, initiative_id)
    stage = rules.without_signed_month(row.stage)
    if stage != row.stage:
        records.enter(session, row, stage, Doing(by, at, at.date()), note)


def _project(session: Session, row: Initiative, terms: Terms, doing: Doing) -> None:
    known = queries.initiative(session, row.id)
    stands_on = basis(session, known.plan.reason_ids, known.plan.channels, terms.currency, doing.today)
    latest = known.latest
    if latest is None or (latest.terms, latest.base) != (terms, stands_on.base):
        records.add_projection(session, row, terms, stands_on, doing)


def _tidy(plan: Plan) -> Plan:
    return replace(plan, name=one_line(plan.name), description=plan.description.strip())


def _refuse_faults(session: Session, plan: Plan, stage: str, today: date) -> None:
    faults = rules.faults(plan, stage, today)
    here = {person.id for person in people.people(session, with_disabled=True)}
    for field, ids in (
        ("owner_id", {plan.owner_id}),
        ("sponsor_id", {plan.sponsor_id}),
        ("member_ids", plan.member_ids),
    ):
        if ids - here - {None}:
            faults[field] = "Choose people from the list; one of these is not here."
    if plan.reason_ids - reasons.tree(session).nodes.keys():
        faults["reason_ids"] = "Choose reasons from the list; one of these does not exist."
    if faults:
        raise Unfit(faults)


def _mover(session: Session, by: Actor, today: date) -> Mover:
    person = None if by.id is None else people.person(session, by.id)
    return Mover(by.id, person.roles if person else frozenset(), today)
