"""An entry of the catalogue of checks."""

from __future__ import annotations

from dataclasses import dataclass

from ml_platform.core.alerts import Severity
from ml_platform.core.facts import CheckName


@dataclass(frozen=True)
class Check:
    """One asset check, as everything that has to do with checks knows it.

    Attributes:
        name: as Dagster and the alerts have it; no two checks share one.
        stage: the last part of the asset's path: "validated", "drift".
        demand: what it asks for, in a sentence.
        severity: how grave a failure is; a warning is never graver than a warning.
        blocking: whether a failure holds up what follows.
        ends_by_partition: whether only the partition that failed can end the trouble; of the others
            the next partition that passes does.
        told_by: who tells people of it in its place, in words; empty where it is told itself.
        fact: what the policy calls it; None where nothing is decided from it.
        of_model: whether its asset belongs to a model, and not to a source table.
    """

    name: str
    stage: str
    demand: str
    severity: Severity = Severity.WARNING
    blocking: bool = False
    ends_by_partition: bool = False
    told_by: str = ""
    fact: CheckName | None = None
    of_model: bool = True

    @property
    def told(self) -> bool:
        """Whether people hear of it by itself."""
        return not self.told_by
