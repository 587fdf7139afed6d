"""What is known about a model when a decision is due: plain values, kept to be replayed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from pydantic import TypeAdapter

from ml_platform.core.estimator_params import ParamValue
from ml_platform.core.verdict import Verdict


class CheckName(StrEnum):
    """The checks that decisions are made from.

    `CONTRACT` is about the rows of a table, and about a landed file as a whole: that it can be
    read and has its columns. `QUALITY` is about a partition beside those before it: its volume,
    missing values, duplicates, categories and columns together. `FRESHNESS` is about a table as of
    now. `VOLUME` is recorded with decisions made before `QUALITY` was.
    """

    CONTRACT = "contract"
    VOLUME = "volume"
    QUALITY = "quality"
    FRESHNESS = "freshness"
    DRIFT = "drift"
    MULTIVARIATE_DRIFT = "multivariate_drift"
    SCORE_DRIFT = "score_drift"
    LABEL_DRIFT = "label_drift"
    EXPECTED_LABEL_RATE = "expected_label_rate"
    UNSEEN = "unseen"
    PERFORMANCE = "performance"
    ESTIMATED_PERFORMANCE = "estimated_performance"
    CONCEPT_DRIFT = "concept_drift"


DATA_QUALITY = frozenset(
    {CheckName.CONTRACT, CheckName.VOLUME, CheckName.QUALITY, CheckName.FRESHNESS}
)
"""What pages, and blocks the data it is about; it never retrains."""

# What a calm day is judged by where the facts do not say what was asked for.
_FIRST_WATCHED = (
    CheckName.DRIFT,
    CheckName.SCORE_DRIFT,
    CheckName.UNSEEN,
    CheckName.PERFORMANCE,
)


@dataclass(frozen=True)
class CheckFact:
    """What one check said about one partition.

    `subject` tells apart checks of one name (the contract of flights, the contract of weather).
    `model_version` is the version that was judged, where the check judges one.
    `summary` is the finding as a phrase that fits into a sentence, with its numbers:
    "covariate drift in 3 of 12 columns (dewp, temp, pressure)". `brief` is the same in fewer
    words, where there are fewer.
    """

    name: CheckName
    partition: str
    verdict: Verdict
    evidence: Mapping[str, float | str] = field(default_factory=dict)
    summary: str = ""
    subject: str = ""
    model_version: str | None = None
    brief: str = ""

    @property
    def said(self) -> str:
        """The summary, or else the check, its verdict and the partition."""
        subject = f" of {self.subject}" if self.subject else ""
        verdict = self.verdict.value.replace("_", " ")
        return self.summary or f"{self.name.replace('_', ' ')}{subject} {verdict}"


@dataclass(frozen=True)
class Request:
    """A person's wish for a retraining, as recorded in the ledger under `entry_id`."""

    entry_id: str
    by: str
    why: str
    params: Mapping[str, ParamValue] = field(default_factory=dict)


@dataclass(frozen=True)
class Facts:
    """Everything a decision about one model depends on, besides its policy and the ledger.

    `as_of` is the newest partition seen. `champion_since` is the partition as of which the
    champion was promoted: what is found up to and including it concerns its predecessor.
    `checks` holds the facts of the last partitions, oldest first; where a partition was judged
    again, the last fact counts. `retraining_running` is true from the request of a retraining
    until its end. `unseen_labelled_rows` counts labelled rows that hold the unseen values.
    `learnable_through` is the last labelled partition that a training would learn from, its
    hold-out left out. `watched` names the checks that were asked for a calm day's account: facts
    recorded before a check existed do not miss it. `rollout_running` names the version that is on
    its way to become champion. `obstacle` says which step fails and why, where there is no champion
    and something keeps its rows from coming.
    """

    model: str
    as_of: str
    labelled_rows: int
    min_rows: int
    champion_version: str | None = None
    champion_since: str | None = None
    champion_trained_through: str | None = None
    previous_champion_version: str | None = None
    checks: tuple[CheckFact, ...] = ()
    retraining_running: bool = False
    requests: tuple[Request, ...] = ()
    unseen_labelled_rows: int = 0
    learnable_through: str | None = None
    watched: tuple[CheckName, ...] = _FIRST_WATCHED
    rollout_running: str | None = None
    obstacle: str = ""

    def history(self, name: CheckName) -> tuple[CheckFact, ...]:
        """Return the facts of one check, one per partition and subject, oldest partition first."""
        latest = {(fact.partition, fact.subject): fact for fact in self.checks if fact.name == name}
        return tuple(sorted(latest.values(), key=lambda fact: fact.partition))

    def of_champion(self, name: CheckName) -> tuple[CheckFact, ...]:
        """Return the evaluated facts of one check that concern the present champion."""
        return tuple(f for f in self.history(name) if f.verdict.evaluated and self._concerns(f))

    def before_champion(self, name: CheckName) -> tuple[CheckFact, ...]:
        """Return the evaluated facts of one check that concern its predecessors."""
        return tuple(f for f in self.history(name) if f.verdict.evaluated and not self._concerns(f))

    def newest(self, name: CheckName) -> CheckFact | None:
        """Return the newest evaluated fact of one check about the present champion, if any."""
        history = self.of_champion(name)
        return history[-1] if history else None

    def never_evaluated(self) -> tuple[CheckName, ...]:
        """Return the watched checks that no evaluated fact about the present champion answers."""
        return tuple(name for name in self.watched if self.newest(name) is None)

    def _concerns(self, fact: CheckFact) -> bool:
        """Whether the champion was judged: by its version, or else by when it was promoted."""
        if fact.model_version is not None and self.champion_version is not None:
            return fact.model_version == self.champion_version
        return fact.partition > (self.champion_since or "")

    def to_json(self) -> dict[str, Any]:
        """Return the facts as plain JSON values, to be recorded beside the decision."""
        recorded: dict[str, Any] = _FACTS.dump_python(self, mode="json")
        return recorded

    @classmethod
    def from_json(cls, recorded: Mapping[str, Any]) -> "Facts":
        """Read facts back; the inverse of `to_json`."""
        return _FACTS.validate_python(recorded)


_FACTS = TypeAdapter(Facts)
