"""Whether a table keeps up with the tables that are read together with it, in data time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from ml_platform.core.check_outcome import CheckOutcome, not_evaluated
from ml_platform.core.duration import format_duration
from ml_platform.core.partition_time import moment_of
from ml_platform.core.verdict import Verdict


def freshness_outcome(
    newest: str | None, others: Mapping[str, str], since: str, max_delay: timedelta
) -> CheckOutcome:
    """Judge how far the newest partition lies behind those of other tables.

    The clock is the data's own: what landed last anywhere says what time it is. So history that
    is loaded late is not late, and a platform to which nothing lands at all is not judged here.

    Args:
        newest: The table's newest partition; None if it has none.
        others: Newest partition of each other table that has any.
        since: Oldest partition of the others; a table that has none is late from then on.
        max_delay: How far it may lie behind the newest of them.
    """
    if not others:
        return not_evaluated("no other table of its models has landed: nothing says how late it is")
    ahead = max(others, key=lambda table: (moment_of(others[table]), table))
    leads = f"{ahead} has landed through {others[ahead]}"
    delay = max(moment_of(others[ahead]) - moment_of(newest or since), timedelta(0))
    numbers = {"delay_days": delay / timedelta(days=1)}
    found = f"landed through {newest}" if newest else "nothing has landed"
    if not delay:
        return CheckOutcome(Verdict.PASSED, f"{found}; {leads}", numbers)
    sentence = f"{found}, {format_duration(delay)} behind: {leads}"
    verdict = Verdict.PASSED if delay <= max_delay else Verdict.FAILED
    return CheckOutcome(verdict, f"{sentence} ({format_duration(max_delay)} allowed)", numbers)
