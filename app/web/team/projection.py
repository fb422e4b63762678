"""What an initiative is projected to save: how it was worked out, month by month, and writing it down."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.contacts.rules import CHANNEL_NAMES
from app.costing.rules import BASIS_NAMES
from app.initiatives import actions
from app.initiatives import queries as initiatives
from app.initiatives.actions import Unfit
from app.initiatives.basis import Basis, basis
from app.initiatives.queries import Known, Version
from app.reasons import queries as reasons
from app.values import csv_text
from app.values.errors import Missing, Refused
from app.values.money import Money
from app.values.periods import next_month
from app.web import work
from app.web.access import SUPERVISORS, allow
from app.web.fields import put_faults
from app.web.team.blueprint import pages
from app.web.team.initiative_forms import TermsForm, typed_terms

FIRST_GUESS_BP = (1000, 2000, 3000)
USUAL_RAMP_DAYS = 28
CSV_COLUMNS = (
    "month", "from", "up_to_not_including", "contacts", "saving_minor", "running_cost_minor", "net_minor", "currency",
)  # fmt: skip


@pages.get("/initiatives/<int:initiative_id>/projection")
@allow(*SUPERVISORS)
def initiative_projection(initiative_id: int) -> ResponseReturnValue:
    """One projection with everything that it was made from."""
    known, version = _asked(initiative_id)
    return render_template(
        "team/initiative_projection.html",
        known=known,
        version=version,
        tree=reasons.tree(work.reading()),
        rates=[rate_facts(rate) for rate in version.rates],
        cost_to_do=Money(version.terms.cost_to_do_minor, version.terms.currency),
        running_cost=Money(version.terms.running_cost_year_minor, version.terms.currency),
        base_cost=None if version.base.cost_minor is None else Money(version.base.cost_minor, version.terms.currency),
    )


@pages.get("/initiatives/<int:initiative_id>/projection.csv")
@allow(*SUPERVISORS)
def initiative_projection_csv(initiative_id: int) -> ResponseReturnValue:
    """The months of the projection."""
    known, version = _asked(initiative_id)
    name = f"{known.code}-projection-{version.number}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(_csv(version), mimetype="text/csv", headers=headers)


@pages.route("/initiatives/<int:initiative_id>/projection/new", methods=["GET", "POST"])
@allow("team")
def initiative_projection_new(initiative_id: int) -> ResponseReturnValue:
    """Write a projection down on the volume and cost of the last year."""
    known = initiatives.initiative(work.reading(), initiative_id)
    form = TermsForm(data=typed_terms(known.latest.terms) if known.latest else _first_guess(work.today()))
    if form.validate_on_submit():
        terms = form.terms(work.settings().currency)
        by, at, today = work.me(), work.now(), work.today()
        try:
            work.write(lambda session: actions.project(session, initiative_id, terms, by=by, at=at, today=today))
        except Unfit as error:
            put_faults(form, error.faults)
        except Refused as error:
            form.form_errors.append(error.sentence)
        else:
            flash(f"The projection of {known.code} is written down.")
            return redirect(url_for("team.initiative", initiative_id=initiative_id))
    stands_on, trouble = _stands_on(known)
    page = render_template(
        "team/initiative_projection_new.html",
        form=form,
        known=known,
        stands_on=stands_on,
        trouble=trouble,
        currency=work.settings().currency,
    )
    return page, 422 if form.errors else 200


def _asked(initiative_id: int) -> tuple[Known, Version]:
    known = initiatives.initiative(work.reading(), initiative_id)
    wanted = request.args.get("version", "")
    found = next((one for one in known.versions if str(one.number) == wanted), None) if wanted else known.promised
    if found is None:
        message = f"{known.code} has no such projection. Its page shows the ones that there are."
        raise Missing(message)
    return known, found


def _first_guess(today: date) -> dict[str, object]:
    low, likely, high = FIRST_GUESS_BP
    return {
        "share_low_bp": low,
        "share_likely_bp": likely,
        "share_high_bp": high,
        "starts_on": next_month(next_month(today)),
        "ramp_days": USUAL_RAMP_DAYS,
    }


def _stands_on(known: Known) -> tuple[Basis | None, str]:
    """What the next projection would stand on, or the sentence that says why there is nothing."""
    if not known.plan.reason_ids:
        return None, "No reason is in scope yet, so nothing can be projected. Put one in scope first."
    try:
        currency = work.settings().currency
        return basis(work.reading(), known.plan.reason_ids, known.plan.channels, currency, work.today()), ""
    except Refused as error:
        return None, error.sentence


def rate_facts(rate: Mapping[str, Any]) -> dict[str, object]:
    """A rate that was kept, as its page shows it."""
    return {
        "channel": CHANNEL_NAMES.get(str(rate["channel"]), rate["channel"]),
        "amount": Money(int(rate["amount_minor"]), str(rate["currency"])),
        "basis": BASIS_NAMES[str(rate["basis"])],
        "valid_from": date.fromisoformat(str(rate["valid_from"])),
        "stated_by": rate["stated_by"],
    }


def _csv(version: Version) -> Iterator[str]:
    yield csv_text.line(CSV_COLUMNS)
    for month in version.months:
        yield csv_text.line(
            (
                f"{month.period.start:%Y-%m}",
                month.period.start,
                month.period.end,
                month.contacts,
                month.saving.amount_minor if month.saving else None,
                month.running_cost.amount_minor,
                month.net.amount_minor if month.net else None,
                version.terms.currency,
            )
        )
