from __future__ import annotations

from datetime import date, timedelta
from math import nan
from typing import Any

import numpy as np
import pytest

from ml_platform.core.quality_over_time.judgement import History, Judged, Series, judge
from ml_platform.core.source_spec import SourceSpec
from ml_platform.core.verdict import Verdict

VOLUME: Series = ("volume", "")
NULLS: Series = ("null_spike", "temp")


def _spec(every: str = "day", **quality: Any) -> SourceSpec:
    return SourceSpec.model_validate(
        {
            "name": "weather",
            "landing": {"format": "csv", "path": "weather/{partition}.csv"},
            "partitions": {"every": every, "start": "2013-01-01"},
            "contract": "contract.Weather",
            "quality": quality,
        }
    )


def _days(number: int) -> list[str]:
    return [str(date(2013, 1, 1) + timedelta(days=day)) for day in range(number)]


def _history(days: int, rows: float = 1_000.0) -> History:
    return History({VOLUME: dict.fromkeys(_days(days), rows)})


def _judged(partition: str, history: History, value: float = 1_000.0, **quality: Any) -> Judged:
    [found] = judge(_spec(**quality), partition, 1_000, {VOLUME: value}, history)
    return found


def test_with_too_few_partitions_before_it_nothing_is_judged() -> None:
    found = _judged("2013-01-14", _history(14))

    assert (found.verdict, found.before, found.band) == (Verdict.NOT_EVALUATED, 13, None)
    assert _judged("2013-01-15", _history(14)).verdict is Verdict.PASSED


def test_later_partitions_say_nothing_of_an_earlier_one() -> None:
    found = _judged("2013-02-01", History({VOLUME: dict.fromkeys(_days(300), 1_000.0)}))

    assert found.before == 31


def test_half_of_the_rows_is_too_few_and_half_more_too_many() -> None:
    verdicts = [_judged("2013-01-29", _history(28), n).verdict for n in (500, 800, 1_200, 1_500)]

    assert verdicts == [Verdict.FAILED, Verdict.PASSED, Verdict.PASSED, Verdict.FAILED]


def test_what_is_declared_as_too_small_to_matter_is_let_through() -> None:
    found = _judged("2013-01-29", _history(28), 500, smallest_changes={"volume": 0.6})

    assert found.verdict is Verdict.PASSED


def test_what_could_not_be_measured_is_not_evaluated() -> None:
    assert _judged("2013-01-29", _history(28), nan).verdict is Verdict.NOT_EVALUATED


def test_a_new_column_waits_for_its_own_history() -> None:
    measured = {VOLUME: 1_000.0, NULLS: 0.9}
    found = list(judge(_spec(), "2013-01-29", 1_000, measured, _history(28)))

    assert [each.verdict for each in found] == [Verdict.PASSED, Verdict.NOT_EVALUATED]


def test_more_measures_share_the_same_budget() -> None:
    generator = np.random.default_rng(0)
    days = {day: float(generator.integers(500, 1_500)) for day in _days(40)}
    history = History({VOLUME: days})
    many = {VOLUME: 1.0, **{("null_spike", f"c{i}"): 0.0 for i in range(40)}}

    alone = next(judge(_spec(), "2013-03-01", 1_000, {VOLUME: 1.0}, history))
    among = next(judge(_spec(), "2013-03-01", 1_000, many, history))

    assert alone.band is not None
    assert among.band is not None
    assert among.band.upper > alone.band.upper


def test_hours_need_two_days_before_they_are_judged() -> None:
    hours = [f"2013-01-{1 + h // 24:02}-{h % 24:02}:00" for h in range(49)]
    history = History({VOLUME: dict.fromkeys(hours, 60.0)})
    spec = _spec("hour")

    [early] = judge(spec, hours[47], 60, {VOLUME: 60.0}, history)
    [late] = judge(spec, hours[48], 60, {VOLUME: 60.0}, history)

    assert (early.verdict, late.verdict) == (Verdict.NOT_EVALUATED, Verdict.PASSED)


def test_what_was_judged_is_history_to_what_comes_after_it() -> None:
    known = _history(10)
    for day in _days(30)[9:]:
        known = known.with_new(day, [_said(500.0, Verdict.NOT_EVALUATED)])

    assert known.before(VOLUME, "2013-01-12") == {
        **dict.fromkeys(_days(9), 1_000.0),
        "2013-01-10": 500.0,
        "2013-01-11": 500.0,
    }


def test_what_failed_is_no_history_even_where_the_partition_was_good_before() -> None:
    known = _history(10).with_new("2013-01-10", [_said(500.0, Verdict.FAILED)])

    assert known.before(VOLUME, "2013-01-12") == dict.fromkeys(_days(9), 1_000.0)


def test_a_fault_that_lasts_fails_on_every_day_of_it() -> None:
    # Of both kinds: half of the rows are gone, and a column that was full is null in every row.
    _, verdicts = _lived(100, fault_from=30)

    assert {verdicts[day] for day in _days(30)[14:]} == {Verdict.PASSED}
    assert {verdicts[day] for day in _days(100)[30:]} == {Verdict.FAILED}


def test_a_change_that_is_declared_is_usual_after_a_while() -> None:
    history, _ = _lived(40, fault_from=30)
    declared = {"smallest_changes": {"volume": 0.6, "null_spike": 1.0}}

    history, verdicts = _lived(110, fault_from=30, since=30, history=history, **declared)
    assert {verdicts[day] for day in _days(110)[30:]} == {Verdict.PASSED}

    # The declaration may go then, and the old state would be the fault.
    after = list(judge(_spec(), _days(111)[-1], 500, _measured(500, 1.0), history))
    assert {each.verdict for each in after} == {Verdict.PASSED}
    back = next(judge(_spec(), _days(111)[-1], 1_000, _measured(1_000, 0.0), history))
    assert back.verdict is Verdict.FAILED


def _said(value: float, verdict: Verdict) -> Judged:
    return Judged(*VOLUME, value, None, verdict, 10)


def _measured(rows: float, nulls: float) -> dict[Series, float]:
    return {VOLUME: rows, NULLS: nulls}


def _lived(
    days: int,
    fault_from: int,
    since: int = 0,
    history: History | None = None,
    **quality: Any,
) -> tuple[History, dict[str, Verdict]]:
    """Days judged one after another; the worst of a day's verdicts must be that of both."""
    known, verdicts = history or History({}), {}
    for place, day in list(enumerate(_days(days)))[since:]:
        faulty = place >= fault_from
        rows = (500.0 if faulty else 1_000.0) + place % 5
        lines = list(judge(_spec(**quality), day, int(rows), _measured(rows, float(faulty)), known))
        known = known.with_new(day, lines)
        [verdicts[day]] = {line.verdict for line in lines}
    return known, verdicts


@pytest.mark.parametrize("weekend", [1.0, 0.7])
def test_ordinary_years_stay_within_the_budget_of_alarms(weekend: float) -> None:
    # Three tables over a year: volumes that waver, six columns of nulls, three of text.
    generator = np.random.default_rng(11)
    alarms = 0
    for _ in range(3):
        days = _days(365)
        series = _ordinary(generator, days, weekend)
        history = History({})
        for day in days:
            measured = {name: values[day] for name, values in series.items()}
            found = list(judge(_spec(), day, int(measured[VOLUME]), measured, history))
            history = history.with_new(day, found)
            alarms += any(each.verdict is Verdict.FAILED for each in found)

    assert alarms <= 3 * 2


def _ordinary(
    generator: np.random.Generator, days: list[str], weekend: float
) -> dict[Series, dict[str, float]]:
    factor = np.array([weekend if date.fromisoformat(day).weekday() > 4 else 1.0 for day in days])
    rows = np.round(1_000 * factor * np.exp(generator.normal(0, 0.1, len(days))))
    series = {VOLUME: dict(zip(days, rows.tolist(), strict=True))}
    for column in range(6):
        rate = np.clip(generator.beta(2, 2 + 8 * column, len(days)), 0, 1)
        nulls = generator.binomial(rows.astype(int), rate) / rows
        series["null_spike", f"n{column}"] = dict(zip(days, nulls.tolist(), strict=True))
    for column in range(3):
        distinct = generator.poisson(10 ** (column + 1), len(days)).astype(float)
        series["category_explosion", f"t{column}"] = dict(zip(days, distinct, strict=True))
    return series
