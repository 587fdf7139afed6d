"""Automation follows corrections by hand, and never does beside a run what that run does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from dagster import (
    AssetKey,
    AssetsDefinition,
    AssetSelection,
    BackfillPolicy,
    DagsterInstance,
    DailyPartitionsDefinition,
    Definitions,
    asset,
    define_asset_job,
    evaluate_automation_conditions,
)

from ml_platform.core import names
from ml_platform.lifecycle.automation import FOLLOW_INPUTS, automation_sensors
from ml_platform.lifecycle.landing_runs import RANGE_END, RANGE_START

PARTITIONS = DailyPartitionsDefinition("2013-01-01", end_date="2013-01-31")
DAYS = PARTITIONS.get_partition_keys()
LANDED = {names.TAG_TRIGGER: "landing"}
FOLLOWER = AssetKey("follower")


@pytest.fixture
def instance() -> Iterator[DagsterInstance]:
    with DagsterInstance.ephemeral() as made:
        yield made


def chain(during: Callable[[], None] = lambda: None) -> list[AssetsDefinition]:
    """Two inputs and an asset that follows them, which does something while it runs."""
    common: Any = {"partitions_def": PARTITIONS, "backfill_policy": BackfillPolicy.single_run()}

    @asset(**common)
    def first() -> None: ...

    @asset(**common)
    def second() -> None: ...

    @asset(deps=[first, second], automation_condition=FOLLOW_INPUTS, **common)
    def follower() -> None:
        during()

    return [first, second, follower]


def run(
    assets: list[AssetsDefinition],
    instance: DagsterInstance,
    *selected: str,
    days: list[str] = DAYS,
    tags: dict[str, str] | None = None,
) -> bool:
    """A run over a range, as a sensor or a person asks for it."""
    job = define_asset_job("some", AssetSelection.assets(*selected))
    where = {RANGE_START: days[0], RANGE_END: days[-1], **(tags or {})}
    one = Definitions(assets=assets, jobs=[job]).resolve_job_def("some")
    keys = [AssetKey(name) for name in selected]
    return one.execute_in_process(
        instance=instance, tags=where, asset_selection=keys, raise_on_error=False
    ).success


def break_off() -> None:
    raise RuntimeError("the step fails, of any day")


class Look:
    """Looks of the automation, one after another."""

    def __init__(self, assets: list[AssetsDefinition], instance: DagsterInstance) -> None:
        self.assets, self.instance = assets, instance
        self.cursor = evaluate_automation_conditions(assets, instance).cursor

    def next(self) -> set[str | None]:
        """The partitions of the follower that are asked for."""
        seen = evaluate_automation_conditions(self.assets, self.instance, cursor=self.cursor)
        self.cursor = seen.cursor
        return set(seen.get_requested_partitions(FOLLOWER))


@pytest.mark.parametrize("tags", [LANDED, {}])
def test_a_range_that_failed_is_not_repeated_day_by_day(
    instance: DagsterInstance, tags: dict[str, str]
) -> None:
    assets = chain(break_off)
    look = Look(assets, instance)

    assert not run(assets, instance, "first", "second", "follower", tags=tags)

    assert [look.next(), look.next()] == [set(), set()]


@pytest.mark.parametrize("tags", [LANDED, {}])
def test_a_look_while_the_events_of_a_range_are_written_asks_for_none_of_its_days(
    instance: DagsterInstance, tags: dict[str, str]
) -> None:
    asked: list[set[str | None]] = []
    assets = chain(lambda: asked.append(look.next()))
    look = Look(assets, instance)
    written = 0

    def now_and_then(event: Any, _cursor: str) -> None:
        nonlocal written
        if event.dagster_event and event.dagster_event.is_step_materialization:
            written += 1
            if written % 7 == 0:
                asked.append(look.next())

    store = instance.event_log_storage.store_event

    def telling(event: Any) -> None:
        store(event)
        now_and_then(event, "")

    instance.event_log_storage.store_event = telling  # type: ignore[method-assign]
    assert run(assets, instance, "first", "second", "follower", tags=tags)

    assert written == 3 * len(DAYS)
    assert [*asked, look.next()] == [set()] * (len(asked) + 1)
    assert len(asked) > 10


def test_of_inputs_that_land_apart_the_last_brings_what_follows_and_its_failure_ends_there(
    instance: DagsterInstance,
) -> None:
    assets = chain(break_off)
    look = Look(assets, instance)

    assert run(assets, instance, "first", tags=LANDED)
    assert look.next() == set()
    assert not run(assets, instance, "second", "follower", tags=LANDED)

    assert [look.next(), look.next()] == [set(), set()]


def test_a_correction_by_hand_is_followed_once(instance: DagsterInstance) -> None:
    assets = chain()
    look = Look(assets, instance)
    assert run(assets, instance, "first", "second", "follower", tags=LANDED)
    assert look.next() == set()

    assert run(assets, instance, "first", days=DAYS[3:6])

    assert look.next() == set(DAYS[3:6])
    assert look.next() == set()


def test_what_a_correction_by_hand_brought_along_is_not_asked_for_again(
    instance: DagsterInstance,
) -> None:
    assets = chain()
    look = Look(assets, instance)
    assert run(assets, instance, "first", "second", "follower", tags=LANDED)
    assert run(assets, instance, "first", days=DAYS[3:6])
    assert run(assets, instance, "follower", days=DAYS[3:6])

    assert look.next() == set()


def test_an_input_that_comes_late_by_hand_is_followed(instance: DagsterInstance) -> None:
    assets = chain()
    look = Look(assets, instance)
    assert run(assets, instance, "first", tags=LANDED)
    assert look.next() == set()

    assert run(assets, instance, "second", days=DAYS[:2])

    assert look.next() == set(DAYS[:2])


def test_no_sensor_looks_at_more_assets_than_dagster_allows_and_none_is_left_out() -> None:
    models = [f"model_{number}" for number in range(90)]

    sensors = automation_sensors(["flights"], models, 30)

    assert [each.name for each in sensors] == ["automation", "automation_2", "automation_3"]
