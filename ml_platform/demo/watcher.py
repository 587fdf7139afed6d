"""Watching the loop from outside: runs, ledger and registry, read only."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from datetime import date

from dagster import DagsterInstance, DagsterRunStatus, RunsFilter

from ml_platform.core import names
from ml_platform.core.errors import UserError
from ml_platform.core.ledger import EntryKind, LedgerEntry
from ml_platform.demo.answered import moved_requests
from ml_platform.lifecycle.landing import RANGE_END, RANGE_START
from ml_platform.lifecycle.policy_facts import IN_PROGRESS
from ml_platform.stores.lake import Lake
from ml_platform.stores.ledger import Ledger
from ml_platform.stores.settings import Settings

_POLL_SECONDS = 0.25
STEP_SECONDS = 3600.0
"""An order of magnitude beyond the longest step on two slow cores: a loop that stands still is told
by its alerts long before."""


class Watcher:
    """Waits for what the sensors do.

    Args:
        settings: of the engine that runs.
        instance: Dagster's.
        model: the model watched.
        alive: raises when a process of the engine has died.
        told: called with what is happening now.
    """

    def __init__(
        self,
        settings: Settings,
        instance: DagsterInstance,
        model: str,
        alive: Callable[[], None],
        told: Callable[[str], None],
    ) -> None:
        self._instance = instance
        self._model = model
        self.alive = alive
        self.told = told
        self._lake = Lake(settings.lake_root)
        self._ledger = Ledger(self._lake)

    def taken_in(self, table: str, partition: date, since: float, wanted: int = 1) -> None:
        """Wait until a landed file has been taken in, or refused, by a finished run.

        Args:
            table: the source table.
            partition: the day.
            since: only runs made after this moment (seconds since the epoch) count.
            wanted: so many finished runs.
        """
        self._until(
            f"{table} of {partition}: runs on Spark",
            lambda: self._finished(table, partition.isoformat(), since) >= wanted,
        )

    def champion(self) -> None:
        """Wait for the first champion."""
        self._until("training the first model", lambda: bool(self._entries(EntryKind.PROMOTION)))

    def decided(self, as_of: date) -> None:
        """Wait until the policy has decided as of a day, and what it asked for is done."""
        day = as_of.isoformat()
        self._until(
            f"deciding as of {day}",
            lambda: any(e.as_of >= day for e in self._entries(EntryKind.DECISION)),
        )
        self.no_retraining()

    def answered(self, request: LedgerEntry) -> None:
        """Wait until a person's request was decided on and carried out."""
        self._until(
            "the retraining that was asked for",
            lambda: any(
                entry.refers_to == request.entry_id for entry in self._ledger.entries(self._model)
            ),
        )
        # The run is requested in the same tick; give the queue the moment it needs.
        self._until(
            "the gate judges the candidate",
            lambda: any(
                entry.cause == "requested"
                for entry in self._entries(EntryKind.REFUSAL) + self._entries(EntryKind.PROMOTION)
            ),
        )
        self.no_retraining()

    def no_retraining(self) -> None:
        """Wait until no retraining is queued or running."""
        self._until(
            "retraining, judging, promoting",
            lambda: not self._running(names.TAG_RETRAINING_OF, self._model),
        )

    def moved(self, answered: Collection[str]) -> None:
        """Wait until every answered request is in the inference log."""
        self._until(
            "the last answered requests move to the lake",
            lambda: moved_requests(self._lake, self._model).issuperset(answered),
        )

    def idle(self) -> None:
        """Wait until nothing is queued or running."""
        self._until(
            "the last runs",
            lambda: not self._instance.get_runs(RunsFilter(statuses=IN_PROGRESS), limit=1),
        )

    def _running(self, tag: str, value: str) -> bool:
        return bool(
            self._instance.get_runs(RunsFilter(statuses=IN_PROGRESS, tags={tag: value}), limit=1)
        )

    def _finished(self, table: str, partition: str, since: float) -> int:
        over = [DagsterRunStatus.SUCCESS, DagsterRunStatus.FAILURE, DagsterRunStatus.CANCELED]
        records = self._instance.get_run_records(
            RunsFilter(statuses=over, tags={names.TAG_TRIGGER: "landing"}), limit=40
        )
        return sum(
            table in record.dagster_run.tags.get(names.TAG_TABLES, "").split(", ")
            and record.create_timestamp.timestamp() >= since
            and _covers(record.dagster_run.tags, partition)
            for record in records
        )

    def _entries(self, kind: EntryKind) -> list[LedgerEntry]:
        return [e for e in self._ledger.entries(self._model) if e.kind is kind]

    def _until(self, what: str, done: Callable[[], bool], limit: float = STEP_SECONDS) -> None:
        begun = time.monotonic()
        self.told(what)
        while not done():
            self.alive()
            if time.monotonic() - begun > limit:
                raise UserError(f"waited {limit:.0f} s for: {what}; see the logs of the runs")
            time.sleep(_POLL_SECONDS)


def _covers(tags: dict[str, str], partition: str) -> bool:
    first = tags.get(RANGE_START)
    if first:
        return first <= partition <= tags[RANGE_END]
    return tags.get("dagster/partition") == partition
