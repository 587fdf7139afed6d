"""What the endpoint counted since a rollout began, remembered from tick to tick."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from pydantic import TypeAdapter, ValidationError

from ml_platform.core.service_level.counters import Counters, added, increase


@dataclass(frozen=True)
class Counted:
    """The counters of each version, as last read and summed since the first reading.

    An endpoint that starts anew counts from zero; the sum goes on.

    Attributes:
        rollout: the line of the ledger that began the rollout.
        read: the last reading by version; None before the first.
        since: what was counted since the first reading, by version.
    """

    rollout: str
    read: Mapping[int, Counters] | None = None
    since: Mapping[int, Counters] = field(default_factory=dict)

    def after(self, found: Mapping[int, Counters]) -> Counted:
        """The sum with one more reading; of the first only the difference to later ones counts."""
        since = dict(self.since)
        before = found if self.read is None else self.read
        for version, counters in found.items():
            new = increase(before.get(version, Counters()), counters)
            since[version] = added(since.get(version, Counters()), new)
        return replace(self, read=dict(found), since=dict(since))

    def to_json(self) -> str:
        """As text, for the cursor of a sensor."""
        return _COUNT.dump_json(self).decode()

    @classmethod
    def from_json(cls, cursor: str | None, rollout: str) -> Counted:
        """Read a cursor; one that is of another rollout, or unreadable, begins anew."""
        try:
            known = _COUNT.validate_json(cursor or "{}")
        except ValidationError:
            return cls(rollout)
        return known if known.rollout == rollout else cls(rollout)


_COUNT = TypeAdapter(Counted)
