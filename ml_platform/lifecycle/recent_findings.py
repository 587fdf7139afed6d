"""What checks found lately, kept by the process that asks again and again.

Sensors ask for the last findings of the same checks every few seconds, a model at a time. Each of
them is read once from the history of its check; afterwards only what was recorded since is read,
by one question for all checks of all models.
"""

from __future__ import annotations

import os
from collections import OrderedDict
from dataclasses import dataclass, field
from threading import Lock

from dagster import DagsterInstance

from ml_platform.lifecycle.check_history import (
    EVENTS_AGAIN,
    Finding,
    findings,
    findings_after,
    gaps_after,
)

_Check = tuple[tuple[str, ...], str]
# Beyond it, reading the history of each check anew costs less than reading all that was recorded.
_EVENTS_READ = 5_000
_MOST_INSTANCES = 4


@dataclass
class _Memory:
    """What is known of one instance's checks.

    Attributes:
        event: the number of the newest event that was read, and what it told.
        last: its finding; a log that has another one there is another log.
        known: the last findings of a check, newest first, with how many were asked for.
    """

    event: int = 0
    last: Finding | None = None
    known: dict[_Check, tuple[int, list[Finding]]] = field(default_factory=dict)
    lock: Lock = field(default_factory=Lock)

    def catch_up(self, instance: DagsterInstance) -> None:
        """Read what was recorded since, or forget everything where that is too much."""
        begin = max(0, self.event - EVENTS_AGAIN)
        news = findings_after(instance, begin, _EVENTS_READ) if self.known else []
        same_log = self.last is None or (self.event, self.last) in news
        gaps = gaps_after(instance, begin, _EVENTS_READ) if self.known else []
        if not self.known or not same_log or max(len(news), len(gaps)) >= _EVENTS_READ:
            self.known.clear()
            newest = findings_after(instance, 0, 1, newest=True)
            self.event, self.last = newest[0] if newest else (0, None)
            return
        for event, finding in news:
            self._add(finding)
            self.event, self.last = event, finding
        for _, gap in gaps:
            self._add(gap)

    def findings(
        self, instance: DagsterInstance, asset: tuple[str, ...], check: str, limit: int
    ) -> list[Finding]:
        """The last findings of a check, from its history where they are not known yet."""
        asked, found = self.known.get((asset, check), (0, []))
        if asked < limit:
            found = findings(instance, asset, check, limit)
            self.known[asset, check] = limit, found
        return found[:limit]

    def _add(self, finding: Finding) -> None:
        asked, found = self.known.get((finding.asset, finding.check), (0, []))
        if not asked or finding in found:
            return
        # One run judges a partition once: what it says of it again is in place of the former.
        kept = [f for f in found if not _same_judgement(f, finding)]
        newest = sorted([*kept, finding], key=lambda f: f.at, reverse=True)
        self.known[finding.asset, finding.check] = asked, newest[:asked]


def _same_judgement(one: Finding, other: Finding) -> bool:
    return bool(one.run_id) and (one.run_id, one.partition) == (other.run_id, other.partition)


_memories: OrderedDict[str, _Memory] = OrderedDict()
_lock = Lock()


def recent_findings(
    instance: DagsterInstance, asset: tuple[str, ...], check: str, limit: int
) -> list[Finding]:
    """`findings`, of which only what is new is read where the process asked before.

    To be asked after `catch_up`, which reads what is new for all checks at once.
    """
    memory = _memory_of(instance)
    if memory is None:
        return findings(instance, asset, check, limit)
    with memory.lock:
        return memory.findings(instance, asset, check, limit)


def catch_up(instance: DagsterInstance) -> None:
    """Read what checks found since the last call, before `recent_findings` are asked for."""
    memory = _memory_of(instance)
    if memory is not None:
        with memory.lock:
            memory.catch_up(instance)


def _memory_of(instance: DagsterInstance) -> _Memory | None:
    """What is remembered of an instance; None for one that lives in this process alone."""
    if not instance.is_persistent:
        return None
    place = str(instance.get_ref().to_dict())
    with _lock:
        memory = _memories.setdefault(place, _Memory())
        _memories.move_to_end(place)
        while len(_memories) > _MOST_INSTANCES:
            _memories.popitem(last=False)
    return memory


def _forget() -> None:
    """Locks of the process that this one was forked from may be held for ever."""
    global _lock
    _lock = Lock()
    _memories.clear()


os.register_at_fork(after_in_child=_forget)
