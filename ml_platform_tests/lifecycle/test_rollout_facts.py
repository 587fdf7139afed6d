"""What a rollout is decided on, read from the log and the labels."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pyarrow as pa
import pytest

from ml_platform.core import names
from ml_platform.core.rollout.facts import RolloutFacts
from ml_platform.core.rollout.running import running
from ml_platform.core.rollout.signal import Signal
from ml_platform.lifecycle.rollout_facts import gather_facts
from ml_platform_tests.lifecycle.answered import BEGAN, PARTITION, at, log_of, traffic
from ml_platform_tests.lifecycle.rollout_home import QUICK, RolloutHome, declared


@pytest.fixture
def home(rollout_home: RolloutHome) -> RolloutHome:
    return rollout_home


def facts_of(home: RolloutHome) -> RolloutFacts:
    standing = running(home.past)
    assert standing is not None
    return gather_facts(
        home.model, home.lake, home.registry, standing, "not asked", datetime.now(UTC)
    )


def test_a_request_of_several_rows_is_one_observation(home: RolloutHome) -> None:
    home.begin(2, 1, BEGAN)
    traffic(log_of(home), range(10), "shadow", apart=0.1)
    facts = facts_of(home)
    apart = facts.reading(Signal.DIVERGENCE)
    assert (facts.step_requests, facts.champion_requests) == (10, 10)
    assert apart.challenger.total == pytest.approx(10)
    assert apart.challenger.mean == pytest.approx(0.1)
    assert facts.reading(Signal.SLOW_SHARE).champion.total == 10
    assert facts.newest_request == pytest.approx(at(0.1), abs=timedelta(milliseconds=1))
    assert facts.reading(Signal.ERROR_RATE).missing == "not asked"


def test_batch_rows_probes_and_requests_from_before_the_rollout_do_not_count(
    home: RolloutHome,
) -> None:
    home.begin(2, 1, BEGAN)
    log = log_of(home)
    log.request(1, 2, "shadow", at(-5), (0.3,))
    log.request(2, 2, "shadow", at(5), (0.3,), source="batch")
    log.request(3, 9, "shadow", at(5), (0.3,))
    log.request(4, 1, "champion", at(5), (0.3,), status="probe", took=900.0)
    log.write()
    assert facts_of(home).step_requests == 0
    assert facts_of(home).champion_requests == 0
    assert facts_of(home).reading(Signal.SLOW_SHARE).champion.total == 0
    assert facts_of(home).readings[1].challenger.total == 0


def labels(home: RolloutHome, known: dict[int, tuple[float, datetime]]) -> None:
    table = pa.table(
        {
            "flight": pa.array(known, pa.int64()),
            "carrier": ["AA"] * len(known),
            "label": pa.array([label for label, _ in known.values()], pa.int32()),
            "labelled_at": pa.array(
                [moment for _, moment in known.values()], pa.timestamp("us", tz="UTC")
            ),
            "partition": [PARTITION] * len(known),
        }
    )
    home.lake.table(home.model.table(names.LABELS)).replace_arrow(table, [PARTITION])


@pytest.fixture
def judged(home: RolloutHome) -> RolloutHome:
    model = declared({**QUICK, "max_loss": 0.02})
    return RolloutHome(home.home, model, home.instance)


def test_in_the_shadow_losses_are_compared_row_by_row(judged: RolloutHome) -> None:
    judged.begin(2, 1, BEGAN)
    traffic(log_of(judged), range(10), "shadow", apart=0.2)
    # Both rows of the first six requests are known.
    labels(judged, {number * 100 + row: (1, at(50)) for number in range(6) for row in (0, 1)})
    found = facts_of(judged).reading(Signal.LOSS)
    excess = ((1 - 0.5) ** 2 - (1 - 0.3) ** 2 + (1 - 0.7) ** 2 - (1 - 0.5) ** 2) / 2
    assert found.compared == 6
    assert 2 * found.challenger.mean - 1 == pytest.approx(excess)


def test_a_canary_is_compared_with_other_requests_of_the_same_time(judged: RolloutHome) -> None:
    judged.begin(2, 1, BEGAN)
    log = log_of(judged)
    for number in range(50):
        log.request(2 * number, 2, "challenger", at(number), (0.2,))
        log.request(2 * number + 1, 1, "champion", at(number), (0.5,))
    log.write()
    labels(judged, {number * 100: (0, at(60)) for number in range(100)})
    found = facts_of(judged).reading(Signal.LOSS)
    assert found.compared == 50
    assert 2 * found.challenger.mean - 1 == pytest.approx(0.2**2 - 0.5**2)


def test_of_a_label_that_was_corrected_the_first_counts(judged: RolloutHome) -> None:
    judged.begin(2, 1, BEGAN)
    log = log_of(judged)
    log.request(1, 1, "champion", at(1), (0.5,))
    log.request(1, 2, "shadow", at(1), (1.0,))
    log.write()
    labels(judged, {100: (1, at(50))})
    before = facts_of(judged).reading(Signal.LOSS)
    table = judged.lake.table(judged.model.table(names.LABELS))
    first = table.read_arrow()
    later = first.set_column(2, "label", pa.array([0], pa.int32())).set_column(
        3, "labelled_at", pa.array([at(55)], pa.timestamp("us", tz="UTC"))
    )
    table.replace_arrow(pa.concat_tables([later, first]), [PARTITION])
    assert facts_of(judged).reading(Signal.LOSS) == before


def test_without_labels_the_loss_is_not_evaluated(judged: RolloutHome) -> None:
    judged.begin(2, 1, BEGAN)
    traffic(log_of(judged), range(3), "shadow")
    assert facts_of(judged).reading(Signal.LOSS).missing == "no labels of its requests yet"
