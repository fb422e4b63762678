"""The measurement plan of an initiative: what is fixed before anybody measures, and what could be seen with it."""

from collections.abc import Sequence
from itertools import pairwise

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.counting import drivers
from app.initiatives import queries as initiatives
from app.initiatives.actions import Unfit
from app.initiatives.queries import Known
from app.measurement import foresight, plan_actions, plan_queries, register, relabelled
from app.measurement.plan_actions import PlanOvertaken
from app.measurement.plan_queries import Measured, PlanVersion
from app.measurement.plans import Boundary, PlanTerms
from app.measurement.steps import Relabelling
from app.reasons import queries as reasons
from app.values.errors import Missing, Refused
from app.values.money import Money
from app.web import work
from app.web.access import SUPERVISORS, allow
from app.web.fields import put_faults, row_id
from app.web.forms import Form
from app.web.team import plan_words
from app.web.team.blueprint import pages
from app.web.team.plan_forms import PlanForm, proposed, typed
from app.web.team.projection import rate_facts

FREEZERS = ("team", "sponsor")


@pages.get("/initiatives/<int:initiative_id>/plan")
@allow(*SUPERVISORS)
def initiative_plan(initiative_id: int) -> ResponseReturnValue:
    """One version of the plan: the last one, or the one that is asked for."""
    return _page(initiative_id)


@pages.get("/initiatives/<int:initiative_id>/plan/effect")
@allow(*SUPERVISORS)
def initiative_plan_effect(initiative_id: int) -> ResponseReturnValue:
    """What effect could be seen with a version; a part of its page, or a page of its own without a script."""
    known, versions = _known(initiative_id)
    version = _asked(known, versions)
    if version is None:
        raise Missing(f"{known.code} has no measurement plan yet. Its page says who may write one.")
    seen, trouble = None, ""
    try:
        seen = foresight.foresee(work.reading(), version.terms, work.today())
    except Refused as error:
        trouble = error.sentence
    least = seen.minimum_detectable if seen else None
    is_part = "HX-Request" in request.headers
    return render_template(
        "team/plan_effect_part.html" if is_part else "team/plan_effect.html",
        is_part=is_part,
        known=known,
        version=version,
        seen=seen,
        trouble=trouble,
        promise=plan_words.promise(known, least),
    )


@pages.route("/initiatives/<int:initiative_id>/plan/edit", methods=["GET", "POST"])
@allow("team")
def initiative_plan_edit(initiative_id: int) -> ResponseReturnValue:
    """Write the plan; whoever comes second is shown what is there now and keeps what they typed."""
    known, versions = _known(initiative_id)
    last = versions[-1] if versions else None
    tree = reasons.tree(work.reading())
    form = PlanForm(data=typed(last.terms, last.mark) if last else proposed(known))
    form.offer(tree, last.terms if last else _of_initiative(known), drivers.names(work.reading()))
    overtaken = None
    if form.validate_on_submit():
        try:
            number = _write(initiative_id, form)
        except Unfit as error:
            put_faults(form, error.faults)
        except PlanOvertaken as error:
            overtaken, form.seen.data = error, error.now.mark
        else:
            _keep_detectable(initiative_id, number)
            flash(f"The plan of {known.code} is kept.")
            return redirect(url_for("team.initiative_plan", initiative_id=initiative_id))
    page = render_template(
        "team/plan_edit.html",
        form=form,
        known=known,
        last=last,
        overtaken=overtaken,
        differences=plan_words.differences(overtaken.now.terms, form.terms(), tree) if overtaken else (),
    )
    return page, 409 if overtaken else 422 if form.errors else 200


@pages.post("/initiatives/<int:initiative_id>/plan/freeze")
@allow(*FREEZERS)
def initiative_plan_freeze(initiative_id: int) -> ResponseReturnValue:
    """Freeze the version that was seen."""
    form = Form()
    number, seen = row_id(request.form.get("number", "")) or 0, request.form.get("seen", "")
    by, at, today = work.me(), work.now(), work.today()
    _keep_detectable(initiative_id, number)
    try:
        work.write(
            lambda session: plan_actions.freeze(session, initiative_id, number, by=by, at=at, today=today, seen=seen)
        )
    except Missing:
        raise
    except PlanOvertaken as error:
        form.form_errors.append(f"{error.sentence} Read it again, then freeze it.")
    except Refused as error:
        form.form_errors.append(error.sentence)
    else:
        flash(f"Version {number} of the plan is frozen. Nothing of it changes any more.")
        return redirect(url_for("team.initiative_plan", initiative_id=initiative_id))
    return _page(initiative_id, form), 422


@pages.post("/initiatives/<int:initiative_id>/plan/discard")
@allow("team")
def initiative_plan_discard(initiative_id: int) -> ResponseReturnValue:
    """Throw the draft away that was seen."""
    form = Form()
    number, seen = row_id(request.form.get("number", "")) or 0, request.form.get("seen", "")
    by, at = work.me(), work.now()
    try:
        work.write(lambda session: plan_actions.discard(session, initiative_id, number, by=by, at=at, seen=seen))
    except Missing:
        raise
    except PlanOvertaken as error:
        form.form_errors.append(f"{error.sentence} Read it again before you throw it away.")
    except Refused as error:
        form.form_errors.append(error.sentence)
    else:
        flash("The draft is thrown away. What was frozen stays.")
        return redirect(url_for("team.initiative_plan", initiative_id=initiative_id))
    return _page(initiative_id, form), 422


def _page(initiative_id: int, form: Form | None = None) -> str:
    known, versions = _known(initiative_id)
    version = _asked(known, versions)
    db, timezone = work.reading(), work.settings().timezone
    tree = reasons.tree(db)
    currency = work.settings().currency
    measured = plan_queries.measurements(db, initiative_id)
    return render_template(
        "team/plan.html",
        known=known,
        version=version,
        versions=versions,
        is_last=version is not None and version is versions[-1],
        form=form,
        may_freeze=FREEZERS,
        finding=plan_words.finding(version, versions, timezone),
        promise=plan_words.promise(known, version.minimum_detectable if version else None),
        facts=plan_words.told(version.terms, tree) if version else {},
        tree=tree,
        rates=[rate_facts(rate) for rate in version.terms.rates] if version else (),
        measured=[one for one in reversed(measured) if version and one.plan_id == version.id],
        changes=register.touching(db, version.terms) if version else (),
        steps=_steps(version, measured) if version else (),
        changed=_changed(versions),
        lateness={one.number: plan_words.lateness(one, timezone, work.now()) for one in versions},
        money=lambda minor, of: None if minor is None else Money(minor, of or currency),
    )


def _steps(version: PlanVersion, measured: Sequence[Measured]) -> list[tuple[str, Relabelling]]:
    """The steps that keep the last look from being verified, with what has to be confirmed."""
    own = [one for one in measured if one.plan_id == version.id]
    sentences = [one["sentence"] for one in own[-1].figures["findings"] if one["code"] == "step"] if own else []
    if not sentences:
        return []
    boundary = version.terms.boundary
    open_ones = relabelled.unconfirmed(
        work.reading(), boundary.reason_ids | boundary.sink_ids, register.looked_at(version.terms)
    )
    return [
        (sentence, one)
        for sentence in sentences
        for one in open_ones
        if sentence.startswith(f"On {one.on} {one.what},")
    ]


def _known(initiative_id: int) -> tuple[Known, list[PlanVersion]]:
    db = work.reading()
    return initiatives.initiative(db, initiative_id), plan_queries.versions(db, initiative_id)


def _asked(known: Known, versions: list[PlanVersion]) -> PlanVersion | None:
    wanted = request.args.get("version", "")
    if not wanted:
        return versions[-1] if versions else None
    found = next((one for one in versions if str(one.number) == wanted), None)
    if found is None:
        raise Missing(f"The plan of {known.code} has no such version. Its page shows the ones that there are.")
    return found


def _changed(versions: list[PlanVersion]) -> dict[int, str]:
    """What each version changed of the one before it, by its number."""
    tree = reasons.tree(work.reading())
    found = {}
    for before, after in pairwise(versions):
        lines = plan_words.differences(before.terms, after.terms, tree)
        found[after.number] = "; ".join(f"{one.label}: {one.typed}, before: {one.now}" for one in lines)
    return found


def _of_initiative(known: Known) -> PlanTerms:
    """The scope of an initiative as a boundary, to order the reasons by."""
    return PlanTerms(Boundary(known.plan.reason_ids), work.today())


def _write(initiative_id: int, form: PlanForm) -> int:
    terms, by, at, seen = form.terms(), work.me(), work.now(), form.seen.data or ""
    return work.write(lambda session: plan_actions.write_plan(session, initiative_id, terms, by=by, at=at, seen=seen))


def _keep_detectable(initiative_id: int, number: int) -> None:
    """Work out what effect could be seen and keep it beside the draft; where it cannot be said, nothing is kept."""
    version = next((one for one in _known(initiative_id)[1] if one.number == number), None)
    if version is None or version.frozen_at:
        return
    try:
        share = foresight.foresee(work.reading(), version.terms, work.today()).minimum_detectable
    except Refused:
        return
    work.write(lambda session: plan_actions.keep_detectable(session, initiative_id, number, share, seen=version.mark))
