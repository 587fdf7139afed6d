"""When a partition follows its inputs by itself.

Landings are turned into whole runs by the landing sensor, which also decides what becomes of those
that fail. These conditions are for all else: a partition materialised by hand, a correction,
labels that change, an input that comes late.
"""

from collections.abc import Iterator, Sequence
from functools import reduce

from dagster import (
    AssetKey,
    AssetSelection,
    AutomationCondition,
    AutomationConditionSensorDefinition,
    DefaultSensorStatus,
)

from ml_platform.core import names
from ml_platform.lifecycle.foreign_update import ForeignUpdate

_ASSETS_A_SENSOR = 400
"""Dagster lets one sensor look at 500 whose conditions are not all its own."""

_UPDATED = AutomationCondition.any_deps_match(
    ForeignUpdate() | AutomationCondition.will_be_requested()
).with_label("any_deps_updated")

# Not `eager`: it looks at the latest partition only, where a late or corrected day is as good as
# the newest; it asks for what is missing, which is on its way, or was refused, by landing; and it
# takes most partitions of a range for updates that nobody follows (see `foreign_update`).
_EVERY_PARTITION = (
    _UPDATED.since_last_handled()
    & ~AutomationCondition.any_deps_missing()
    & ~AutomationCondition.any_deps_in_progress()
    & ~AutomationCondition.in_progress()
)

# Not `all_deps_blocking_checks_passed`: what was not evaluated did not pass, and holds up nothing.
_NO_BLOCKING_CHECK_FAILED = ~AutomationCondition.any_deps_match(
    AutomationCondition.any_checks_match(
        AutomationCondition.check_failed() | AutomationCondition.execution_failed(),
        blocking_only=True,
    ).with_label("any_blocking_check_failed")
).with_label("any_deps_blocking_check_failed")

FOLLOW_INPUTS = (_EVERY_PARTITION & _NO_BLOCKING_CHECK_FAILED).with_label("follow_inputs")


def follow_inputs_except(*ignored: tuple[str, ...]) -> AutomationCondition:
    """Follow all inputs but these: history that is looked back at, a model resolved at run time.

    Args:
        ignored: asset paths whose updates ask for nothing.
    """
    keys = AssetSelection.assets(*(list(path) for path in ignored))
    return FOLLOW_INPUTS.ignore(keys)


def automation_sensors(
    tables: Sequence[str], models: Sequence[str], tick_seconds: int
) -> list[AutomationConditionSensorDefinition]:
    """The sensor ``automation``, and further ones where there are more assets than one may hold.

    Args:
        tables: all source tables.
        models: all models.
        tick_seconds: between two looks.
    """
    following = list(_following(tables, models))
    cuts = range(_ASSETS_A_SENSOR, len(following), _ASSETS_A_SENSOR)
    further = [AssetSelection.assets(*following[cut : cut + _ASSETS_A_SENSOR]) for cut in cuts]
    # The first looks at whatever else a project defines, too.
    first = reduce(AssetSelection.__sub__, further, AssetSelection.all())
    return [_sensor(number, each, tick_seconds) for number, each in enumerate([first, *further], 1)]


def _following(tables: Sequence[str], models: Sequence[str]) -> Iterator[AssetKey]:
    for table in tables:
        yield from (
            AssetKey(list(path)) for path in (names.validated(table), names.quarantine(table))
        )
    for model in models:
        for stage in (*names.DAILY, names.LABELS, names.PERFORMANCE):
            yield AssetKey(list(names.of_model(model, stage)))


def _sensor(
    number: int, target: AssetSelection, tick_seconds: int
) -> AutomationConditionSensorDefinition:
    return AutomationConditionSensorDefinition(
        "automation" if number == 1 else f"automation_{number}",
        target=target,
        default_status=DefaultSensorStatus.RUNNING,
        minimum_interval_seconds=tick_seconds,
        emit_backfills=False,
        # Dagster's daemon knows its own conditions only.
        use_user_code_server=True,
        description="Lets corrections and late inputs flow on to what follows them.",
    )
