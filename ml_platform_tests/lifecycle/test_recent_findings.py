"""A check's history is read once by a process; afterwards only what is new, for all checks."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from dagster import AssetCheckEvaluation, AssetKey, DagsterInstance

from ml_platform.lifecycle import check_history, recent_findings
from ml_platform.lifecycle.check_history import Finding, findings, findings_after

CHECKS = [((f"model_{n}", "drift"), "columns") for n in range(5)]


@pytest.fixture
def instance(tmp_path: Path) -> Iterator[DagsterInstance]:
    with DagsterInstance.local_temp(str(tmp_path)) as opened:
        yield opened


@pytest.fixture
def events_read(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Every event that is made a finding of, in whatever way it was read."""
    read: list[object] = []
    made = check_history._of_event

    def counted(entry: object) -> Finding | None:
        read.append(entry)
        return made(entry)  # type: ignore[arg-type]

    monkeypatch.setattr(check_history, "_of_event", counted)
    return read


def evaluated(
    instance: DagsterInstance, asset: tuple[str, ...], day: int, passed: bool = True
) -> None:
    instance.report_runless_asset_event(
        AssetCheckEvaluation(AssetKey(list(asset)), "columns", passed, {}, partition=f"{day:04}")
    )


def asked(instance: DagsterInstance, limit: int) -> list[list[Finding]]:
    """What a tick asks for: the last findings of each check."""
    recent_findings.catch_up(instance)
    return [
        recent_findings.recent_findings(instance, asset, check, limit) for asset, check in CHECKS
    ]


def test_what_is_remembered_is_what_the_histories_hold(instance: DagsterInstance) -> None:
    for day in range(30):
        for number, (asset, _) in enumerate(CHECKS):
            if (day + number) % 3:
                evaluated(instance, asset, day, passed=day % 2 == 0)
        if day % 4 == 0:
            assert asked(instance, 7) == [findings(instance, a, c, 7) for a, c in CHECKS]
    # Whoever asks for more than before gets more than before.
    assert asked(instance, 15) == [findings(instance, a, c, 15) for a, c in CHECKS]


@pytest.mark.parametrize("days", [20, 200])
def test_a_tick_reads_what_is_new_however_long_the_history_is(
    instance: DagsterInstance, events_read: list[object], days: int
) -> None:
    for day in range(days):
        evaluated(instance, CHECKS[0][0], day)
    asked(instance, 10)
    evaluated(instance, CHECKS[0][0], days)
    events_read.clear()
    [found, *_] = asked(instance, 10)
    assert found[0].partition == f"{days:04}"
    assert len(found) == 10
    assert len(events_read) <= check_history.EVENTS_AGAIN + 1


def test_a_log_that_was_begun_anew_is_read_anew(tmp_path: Path) -> None:
    for passed in (True, False):
        with DagsterInstance.local_temp(str(tmp_path)) as opened:
            opened.wipe()
            evaluated(opened, CHECKS[0][0], 1, passed)
            [[found], *_] = asked(opened, 5)
            assert found.verdict.passed is passed


def test_an_instance_without_a_disk_is_read_as_it_is() -> None:
    with DagsterInstance.ephemeral() as opened:
        evaluated(opened, CHECKS[0][0], 1)
        assert asked(opened, 5)[0] == findings(opened, *CHECKS[0], 5)
        evaluated(opened, CHECKS[0][0], 2)
        assert len(asked(opened, 5)[0]) == 2


def test_evaluations_are_told_in_order_from_an_event_on(instance: DagsterInstance) -> None:
    for day in range(6):
        evaluated(instance, CHECKS[day % 2][0], day)
    told = findings_after(instance, 0, 4)
    rest = findings_after(instance, told[-1][0], 10)
    assert [f.partition for _, f in told + rest] == [f"{day:04}" for day in range(6)]
    assert findings_after(instance, 0, 1, newest=True) == rest[-1:]
    since = told[2][1].at
    assert all(f.at > since for _, f in findings_after(instance, 0, 10, since=since))
