"""What was measured of one initiative, look by look."""

from flask import Response

from app.initiatives import queries as initiatives
from app.measurement import plan_queries
from app.measurement.plan_queries import Measured
from app.web import work
from app.web.programs import answers, asked
from app.web.programs.asked import AskedNothing
from app.web.programs.told import Measurements, MeasurementTold, Money


def answer(initiative_id: int) -> Response:
    """Every look, the oldest first; raises Missing where there is no such initiative."""
    asked.read(AskedNothing)
    session = work.reading()
    initiatives.initiative(session, initiative_id)
    found = [_told(one) for one in plan_queries.measurements(session, initiative_id)]
    return answers.read(Measurements(initiative=initiative_id, measurements=found).model_dump_json())


def _told(row: Measured) -> MeasurementTold:
    return MeasurementTold(
        id=row.id,
        month=row.month,
        number=row.number,
        measured_at=row.measured_at,
        measured_by=row.measured_by,
        state=row.state,
        method_version=row.method_version,
        avoided=row.avoided,
        net=Money.minor(row.net_minor, row.currency),
        low=Money.minor(row.low_minor, row.currency),
        high=Money.minor(row.high_minor, row.currency),
        booked=Money.minor(row.booked_minor, row.currency),
        figures=dict(row.figures),
    )
