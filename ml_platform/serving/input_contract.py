"""The model's signature as the endpoint enforces it: columns in, checked columns out.

All input columns must be there, a missing value as null. Key columns, columns that a rollout
routes by and `event_time` may come along: they are logged, never scored. Any other is refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ml_platform.serving.column_rules import LOGGED, TIME, ColumnRule, rule_of
from ml_platform.serving.errors import InvalidRequest
from ml_platform.serving.prediction import PredictionRequest

EVENT_TIME = "event_time"

Columns = Mapping[str, Sequence[Any]]


@dataclass(frozen=True, slots=True)
class InputContract:
    """What a request to one version of a model must hold.

    Attributes:
        inputs: the rules of the input columns, in the order of the signature.
        extra: the rules of the columns that may come along.
        checks: input column and the check of a single value of it.
        names: of the input columns.
        outputs: what the model gives: score, and decision where it decides.
    """

    inputs: Mapping[str, ColumnRule]
    extra: Mapping[str, ColumnRule]
    checks: tuple[tuple[str, Any], ...]
    names: frozenset[str]
    outputs: tuple[str, ...]

    @classmethod
    def of(cls, spec: Mapping[str, Any]) -> InputContract:
        """Return the contract that an artifact's `spec.json` states.

        Raises:
            ConfigError: an input column has a dtype no model can take.
        """
        inputs = {name: rule_of(dtype) for name, dtype in spec["input_columns"].items()}
        rollout = (spec["spec"].get("serving") or {}).get("rollout") or {}
        logged = dict.fromkeys((*spec["spec"].get("key", ()), *rollout.get("key", ())), LOGGED)
        known = {name: rule_of(dtype) for name, dtype in spec.get("key_columns", {}).items()}
        extra = {EVENT_TIME: TIME} | logged | known
        return cls(
            inputs=inputs,
            extra={name: rule for name, rule in extra.items() if name not in inputs},
            checks=tuple((name, rule.one) for name, rule in inputs.items()),
            names=frozenset(inputs),
            outputs=("score",) if spec["threshold"] is None else ("score", "decision"),
        )

    def allowing(self, others: InputContract) -> InputContract:
        """Return this contract, where the columns that come along with another may come too.

        A rollout may route by a column that only the new version declares.
        """
        known = {**others.extra, **self.extra}
        extra = {name: rule for name, rule in known.items() if name not in self.inputs}
        return replace(self, extra=extra)

    def request(
        self, columns: Columns, most_rows: int, client_request_id: str | None = None
    ) -> PredictionRequest:
        """Return the request that columns of one value per row make.

        Raises:
            InvalidRequest: 413 beyond `most_rows`; 422 where the columns do not fit, with the
                column at fault and what was expected of it.
        """
        if columns.keys() != self.names:
            self._refuse_other_columns(columns.keys())
        rows = _rows(columns)
        if rows > most_rows:
            raise InvalidRequest(413, None, f"{rows} rows; at most {most_rows} in one request")
        checked = self._one_row(columns) if rows == 1 else _checked(columns, self.inputs)
        extra = {} if len(columns) == len(checked) else _checked(columns, self.extra)
        return PredictionRequest(checked, rows, extra, client_request_id)

    def _one_row(self, columns: Columns) -> Columns:
        # Twice as fast as column by column; which of them is at fault is found out afterwards.
        try:
            return {name: [check(columns[name][0])] for name, check in self.checks}
        except ValueError:
            return _checked(columns, self.inputs)

    def _refuse_other_columns(self, names: Iterable[str]) -> None:
        given = set(names)
        absent = [name for name in self.inputs if name not in given]
        if absent:
            reason = "the model needs this column; where a value is missing, send null"
            raise InvalidRequest(422, absent[0], _and_others(reason, absent))
        unknown = sorted(given - self.inputs.keys() - self.extra.keys())
        if unknown:
            raise InvalidRequest(
                422, unknown[0][:100], _and_others("the model has no such column", unknown)
            )


def _rows(columns: Columns) -> int:
    lengths = set(map(len, columns.values()))
    if len(lengths) > 1:
        _refuse_ragged(columns)
    rows = lengths.pop()
    if not rows:
        raise InvalidRequest(422, None, "there is no row; send at least one")
    return rows


def _refuse_ragged(columns: Columns) -> None:
    (first, values), *others = columns.items()
    name = next(name for name, column in others if len(column) != len(values))
    reason = f'{len(columns[name])} values, where column "{first}" has {len(values)}'
    raise InvalidRequest(422, name, reason)


def _checked(columns: Columns, rules: Mapping[str, ColumnRule]) -> Columns:
    name = ""
    try:
        checked = {}
        for name, rule in rules.items():
            if name in columns:
                checked[name] = rule.column(columns[name])
        return checked
    except ValueError as error:
        raise InvalidRequest(422, name, str(error)) from None


def _and_others(reason: str, names: Sequence[str]) -> str:
    others = ", ".join(f'"{name[:40]}"' for name in names[1:6])
    if not others:
        return reason
    return f"{reason} (so too {others}{' and more' if len(names) > 6 else ''})"
