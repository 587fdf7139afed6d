"""A JSON Schema (2020-12) of the CSV that a model takes, made from its contract."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping
from typing import Any

from ml_platform.serving.column_rules import ValueKind
from ml_platform.serving.input_contract import InputContract

_CELLS: Mapping[ValueKind, str] = {
    ValueKind.NUMBER: "(-?[0-9]{1,15}([.][0-9]{1,6})?)?",
    ValueKind.WHOLE: "[0-9]{0,2}",
    ValueKind.BOOLEAN: "(true|false|1|0)?",
    ValueKind.TEXT: "[A-Za-z0-9]{0,40}",
    ValueKind.TIME: "([12][0-9]{3}-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8]))?",
}


def csv_schema(contract: InputContract) -> dict[str, Any]:
    """Return the schema: a plain part of what RFC 4180 allows, which the endpoint takes whole."""
    cells = ",".join(_CELLS[rule.kind] for rule in contract.inputs.values())
    return {
        "type": "string",
        "description": "A header with the columns' names, then one line per row; an empty cell "
        "is missing. Columns may come in any order, cells be quoted, numbers be longer.",
        "pattern": f"^{_escaped(_header(contract))}\n({cells}\n){{1,20}}$",
    }


def _header(contract: InputContract) -> str:
    written = io.StringIO()
    csv.writer(written, lineterminator="").writerow(contract.inputs)
    return written.getvalue()


def _escaped(text: str) -> str:
    # re.escape escapes more than ECMA 262, the dialect of JSON Schema, lets be escaped.
    return re.sub(r"([\\^$.|?*+()\[\]{}])", r"\\\1", text)
