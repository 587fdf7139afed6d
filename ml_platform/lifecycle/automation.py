"""When a partition follows its inputs by itself.

Landings are turned into whole runs by the landing sensor. These conditions are for all else:
a partition materialised by hand, a correction, labels that change, an input that comes late.
"""

from dagster import AssetSelection, AutomationCondition

# `eager` looks at the latest partition only; a late or corrected day is as good as the newest.
_EVERY_PARTITION = AutomationCondition.eager().without(AutomationCondition.in_latest_time_window())

FOLLOW_INPUTS = (
    _EVERY_PARTITION & AutomationCondition.all_deps_blocking_checks_passed()
).with_label("follow_inputs")


def follow_inputs_except(*ignored: tuple[str, ...]) -> AutomationCondition:
    """Follow all inputs but these: history that is looked back at, a model resolved at run time.

    Args:
        ignored: asset paths whose updates ask for nothing.
    """
    keys = AssetSelection.assets(*(list(path) for path in ignored))
    return (
        _EVERY_PARTITION.ignore(keys)
        & AutomationCondition.all_deps_blocking_checks_passed().ignore(keys)
    ).with_label("follow_inputs")
