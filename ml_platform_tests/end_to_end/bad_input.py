"""The kinds of bad input: what is done, what is told, and that nothing is lost by it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest

from ml_platform.core import names
from ml_platform.core.verdict import Verdict
from ml_platform_tests.components.project import refusal_of
from ml_platform_tests.end_to_end.ground import Ground
from ml_platform_tests.end_to_end.loop import Loop

Change = Callable[[list[str]], "list[str] | str | bytes"]


@dataclass(frozen=True)
class Declaration:
    """A slip in a file beside a declaration: refused when it is loaded, with file, key, choices.

    Attributes:
        folder: of the declaration, below defs.
        old: what is written there.
        new: the slip.
        told: all of it is in the message.
        file: that holds the slip.
        place: the file that the message names.
    """

    folder: str
    old: str
    new: str
    told: tuple[str, ...]
    file: str = "defs.yaml"
    place: str = "defs.yaml"

    def check(self, ground: Ground, request: pytest.FixtureRequest) -> None:
        said = refusal_of(self.folder, self.old, self.new, self.file)
        for words in (f"{self.folder}/{self.place}", *self.told):
            assert words in said


@dataclass(frozen=True)
class Landed:
    """A landed file: refused as a whole, or its bad rows set aside, or taken in as it is.

    Attributes:
        change: makes the file out of the lines of a good one.
        refused: words of the message, if the file as a whole is not taken in.
        set_aside: how many rows go to quarantine.
        reason: the (column, check) that is recorded with each of them.
        rows: how many rows there are in the file.
        table: where it lands.
        declared: keys of the table's declaration that differ from the project's.
    """

    change: Change
    refused: str = ""
    set_aside: int = 0
    reason: tuple[str | None, str] = (None, "")
    rows: int = 20
    table: str = "flights"
    declared: Mapping[str, Any] = field(default_factory=dict)

    def check(self, ground: Ground, request: pytest.FixtureRequest) -> None:
        loop, day = self._loop(ground), ground.next_day()
        path = loop.land(self.table, day, as_bytes(self.change(ground.lines(self.table, day))))
        landed = path.read_bytes()
        loop.ingest(self.table, day=day)
        assert path.read_bytes() == landed
        readable = loop.finding(names.raw(self.table), names.READABLE, day)
        if self.refused:
            assert readable.verdict is Verdict.FAILED
            assert self.refused in readable.sentence
            assert loop.rows(f"{self.table}/raw", day) == []
        else:
            assert readable.verdict is Verdict.PASSED
            self._every_row_is_somewhere(loop, day)

    def _loop(self, ground: Ground) -> Loop:
        if not self.declared:
            return ground.loop
        return ground.loop.having(changes=ground.loop.changes | {self.table: self.declared})

    def _every_row_is_somewhere(self, loop: Loop, day: str) -> None:
        raw, good, bad = (
            loop.rows(f"{self.table}/{layer}", day) for layer in ("raw", "validated", "quarantine")
        )
        assert len(raw) == self.rows
        assert len(bad) == self.set_aside
        for row in bad:
            assert self.reason in [(r["column"], r["check"]) for r in row["_reasons"]]
        contract = loop.finding(names.validated(self.table), names.CONTRACT, day)
        blocked = self.set_aside > self.rows * loop.source(self.table).spec.block_above
        if blocked:
            assert good == []
            assert contract.verdict is Verdict.FAILED
            assert "partition blocked" in contract.sentence
        else:
            assert sorted(row["_row_number"] for row in good + bad) == list(range(1, self.rows + 1))
            assert contract.verdict is (Verdict.WARNED if bad else Verdict.PASSED)


@dataclass(frozen=True)
class Labels:
    """Outcomes that do not fit the events they are for: told by the check of the labels."""

    change: Change
    told: str
    labels: int
    set_aside: int = 0
    with_events: bool = True

    def check(self, ground: Ground, request: pytest.FixtureRequest) -> None:
        day = ground.next_day()
        ground.land_day(day)
        ground.loop.land("outcomes", day, as_bytes(self.change(ground.lines("outcomes", day))))
        ground.run_labels(day, with_events=self.with_events)
        model = ground.loop.model
        found = ground.loop.finding(model.path(names.LABELS), names.LABEL_JOIN, day)
        assert self.told in found.sentence
        assert len(ground.loop.rows(model.table(names.LABELS), day)) == self.labels
        assert len(ground.loop.rows("outcomes/quarantine", day)) == self.set_aside


@dataclass(frozen=True)
class Surroundings:
    """Something around the platform is out of order."""

    trouble: Callable[[Ground, pytest.FixtureRequest], None]

    def check(self, ground: Ground, request: pytest.FixtureRequest) -> None:
        self.trouble(ground, request)


Case = Declaration | Landed | Labels | Surroundings


def as_bytes(content: Sequence[str] | str | bytes) -> bytes:
    """A file's content out of lines, text or bytes."""
    if isinstance(content, bytes):
        return content
    text = content if isinstance(content, str) else "\n".join(content) + "\n"
    return text.encode()


def without(column: str) -> Change:
    """The lines without a column."""

    def change(lines: list[str]) -> list[str]:
        at = lines[0].split(",").index(column)
        return [",".join(w for i, w in enumerate(line.split(",")) if i != at) for line in lines]

    return change


def having(column: str, value: str, *numbers: int) -> Change:
    """The lines with another value in a column, in these rows (1, 2, ...), or in all."""

    def change(lines: list[str]) -> list[str]:
        at = lines[0].split(",").index(column)
        changed = [line.split(",") for line in lines]
        for number in numbers or range(1, len(lines)):
            changed[number][at] = value
        return [",".join(words) for words in changed]

    return change
