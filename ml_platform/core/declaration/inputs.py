"""What ``preprocess.py`` says that a model takes and makes: INPUTS and FEATURES."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ml_platform.core.declaration.column_names import input_column_mistakes
from ml_platform.core.spec_errors import not_among

INPUT_TYPES = ("string", "int", "long", "double", "boolean", "timestamp")
"""The words of Spark for what a request, the log and the lake all carry without a loss."""
# Words of other libraries, and of Spark for what is not carried, and what to write for them.
_INSTEAD = {
    **dict.fromkeys(("str", "object", "text", "varchar"), "string"),
    **dict.fromkeys(("integer", "int32", "int16", "int8", "short", "byte"), "int"),
    **dict.fromkeys(("smallint", "tinyint"), "int"),
    **dict.fromkeys(("bigint", "int64"), "long"),
    **dict.fromkeys(("float", "float64", "float32", "decimal", "number"), "double"),
    **dict.fromkeys(("bool",), "boolean"),
    **dict.fromkeys(("date", "datetime", "datetime64[us]", "datetime64[ns]"), "timestamp"),
}
# XGBoost refuses these in the name of a feature.
_NOT_IN_FEATURES = "[]<"


def inputs_mistakes(inputs: Any) -> Iterator[str]:
    """What is wrong with INPUTS.

    >>> list(inputs_mistakes({"hour": "int", "late": "bool"}))
    ['"late": given "bool", write "boolean". Valid types: string, int, long, double, boolean, \
timestamp']
    """
    if not isinstance(inputs, Mapping) or not inputs:
        yield (
            f"given {_shown(inputs)}; expected a dictionary from each input column to its type, "
            'such as {"country": "string", "items": "int"}'
        )
        return
    named = [name for name in inputs if isinstance(name, str)]
    yield from (f"given {name!r}; a column's name is text" for name in inputs if name not in named)
    yield from input_column_mistakes(named)
    for name in named:
        if inputs[name] not in INPUT_TYPES:
            yield _type_mistake(name, inputs[name])


def features_mistakes(features: Any) -> Iterator[str]:
    """What is wrong with FEATURES.

    >>> list(features_mistakes(("hour", "price<10")))
    ['given "price<10"; the name of a feature may not hold [, ] or <, which XGBoost refuses']
    """
    if isinstance(features, str) or not isinstance(features, Sequence) or not features:
        yield (
            f"given {_shown(features)}; expected the names of the matrix's columns, in order, "
            'such as ("country", "items")'
        )
        return
    for name in features:
        if not isinstance(name, str) or not name:
            yield f"given {name!r}; the name of a feature is text"
        elif any(sign in name for sign in _NOT_IN_FEATURES):
            yield (
                f'given "{name}"; the name of a feature may not hold [, ] or <, which XGBoost '
                "refuses"
            )
    for name in dict.fromkeys(features):
        if list(features).count(name) > 1:
            yield f'"{name}" is listed more than once'


def _type_mistake(name: str, given: Any) -> str:
    instead = _INSTEAD.get(str(given).lower())
    if instead is None:
        return not_among(given, INPUT_TYPES, f'"{name}"')
    # A date is a midnight; a number of 32 bits is another number in a request, which has 64.
    return f'"{name}": given "{given}", write "{instead}". Valid types: {", ".join(INPUT_TYPES)}'


def _shown(given: Any) -> str:
    text = repr(given)
    return text if len(text) <= 60 else text[:57] + "..."
