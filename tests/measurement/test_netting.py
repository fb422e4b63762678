"""From the headline claim to the net: a case worked out by hand, and what must hold for every claim."""

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from app.measurement.netting import (
    DISBENEFITS,
    HEADLINE,
    HOURS,
    MINUTES,
    ONE_OFF,
    OVERLAP,
    RATES,
    RELABELLED,
    REPEATS,
    RUNNING,
    SHIFT,
    Claim,
    Costs,
    Netting,
    PricedChannel,
    Returned,
    net,
)

CALLS = PricedChannel(Fraction(1000), Fraction(600), Fraction(660), Fraction(670_000))
MAILS = PricedChannel(Fraction(-300), Fraction(400), Fraction(400), Fraction(-120_000))
NO_COSTS = Costs()


def make_claim(**fields: object) -> Claim:
    usual: dict[str, object] = {
        "channels": {"phone": CALLS, "email": MAILS},
        "with_sinks": None,
        "returned": None,
        "share": Fraction(1),
        "share_note": "",
        "costs": NO_COSTS,
    }
    return Claim(**{**usual, **fields})  # type: ignore[arg-type]


def by_step(found: Netting) -> dict[str, Fraction]:
    return {line.step: line.minor for line in found.lines}


def test_every_step_of_a_claim_worked_out_by_hand() -> None:
    claim = make_claim(
        with_sinks=Fraction(500_000),
        returned=Returned(4000, Fraction(5, 100), Fraction(6, 100), Fraction(600), 3500),
        share=Fraction(3, 4),
        share_note="measured",
        costs=Costs(Fraction(10_000), Fraction(20_000), Fraction(30_000), Fraction(5_000)),
    )
    found = net(claim, Fraction(100_000), Fraction(120_000))
    # 1,000 calls at 6.00; 300 mails more at 4.00; calls of this reason take longer: 0.60 each; the rate rose for
    # 100.00 in all. 5,500.00 gross against 5,000.00 together with the neighbours; one in a hundred of 4,000 came back
    # at 6.00: 240.00; a quarter of the 4,760.00 left belongs to others.
    assert by_step(found) == {
        HEADLINE: 600_000,
        SHIFT: -120_000,
        MINUTES: 60_000,
        RATES: 10_000,
        RELABELLED: -50_000,
        REPEATS: -24_000,
        OVERLAP: -119_000,
        DISBENEFITS: -10_000,
        RUNNING: -20_000,
        ONE_OFF: -30_000,
        HOURS: -5_000,
    }
    assert found.net == 292_000
    assert [found.low, found.high] == [292_000 - 75_000, 292_000 + 90_000]


def test_a_neighbour_that_fell_too_is_no_further_saving() -> None:
    assert by_step(net(make_claim(with_sinks=Fraction(900_000)), Fraction(0), Fraction(0)))[RELABELLED] == 0


def test_fewer_who_come_back_are_no_further_saving() -> None:
    returned = Returned(4000, Fraction(6, 100), Fraction(5, 100), Fraction(600), 3500)
    assert by_step(net(make_claim(returned=returned), Fraction(0), Fraction(0)))[REPEATS] == 0


def test_calls_that_became_mails_are_taken_off_at_what_a_mail_costs() -> None:
    # the example of 7,445 calls fewer and 4,963 mails more, at 6.00 and 4.00: 44,670 less 19,852
    calls = PricedChannel(Fraction(7445), Fraction(600), Fraction(600), Fraction(7445 * 600))
    mails = PricedChannel(Fraction(-4963), Fraction(400), Fraction(400), Fraction(-4963 * 400))
    found = net(make_claim(channels={"phone": calls, "email": mails}), Fraction(0), Fraction(0))
    assert [found.headline, found.net] == [4_467_000, 4_467_000 - 1_985_200]


figures = st.fractions(min_value=-(10**7), max_value=10**7, max_denominator=1000)
prices = st.fractions(min_value=0, max_value=5000, max_denominator=1000)
shares = st.fractions(min_value=0, max_value=1, max_denominator=1000)
channels = st.builds(PricedChannel, figures, prices, prices, figures)
claims = st.builds(
    Claim,
    st.dictionaries(st.sampled_from(("phone", "email", "chat")), channels, min_size=1),
    st.none() | figures,
    st.none() | st.builds(Returned, st.integers(0, 10**6), shares, shares, prices, st.integers(0, 10**6)),
    shares,
    st.just(""),
    st.builds(Costs, prices, prices, prices, prices),
)


@given(claims, prices, prices)
def test_the_headline_less_all_nettings_is_the_net(claim: Claim, below: Fraction, above: Fraction) -> None:
    found = net(claim, below, above)
    assert found.headline + sum((line.minor for line in found.lines[1:]), Fraction(0)) == found.net
    assert found.low <= found.net <= found.high


@given(claims)
def test_lines_in_whole_cents_add_up_to_the_net_in_whole_cents(claim: Claim) -> None:
    found = net(claim, Fraction(0), Fraction(0))
    assert sum(found.whole_minors) == round(found.net)
    assert all(abs(shown - line.minor) <= 1 for shown, line in zip(found.whole_minors, found.lines, strict=True))


@given(claims)
def test_nothing_that_is_taken_off_ever_adds(claim: Claim) -> None:
    steps = by_step(net(claim, Fraction(0), Fraction(0)))
    assert all(steps[step] <= 0 for step in (SHIFT, RELABELLED, REPEATS, DISBENEFITS, RUNNING, ONE_OFF, HOURS))
