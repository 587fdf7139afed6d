"""What is said to a team whose declaration has a slip: the key, what was given, what would do.

Every declared model derives from `Declared`, which turns pydantic's words into the reader's.
Each message keeps its place (`loc`), from which Dagster finds the file and line.
"""

import difflib
import re
from collections.abc import Iterable, Mapping
from typing import Any, NoReturn, Self

from pydantic import BaseModel, ConfigDict, ModelWrapValidatorHandler, ValidationError
from pydantic import model_validator as pydantic_model_validator
from pydantic_core import ErrorDetails, InitErrorDetails

# YAML 1.1 reads the bare words on and off as booleans, also where they are keys.
_WORDS_YAML_EATS = {True: "on", False: "off"}


class SpecMistake(ValueError):
    """A message that is already in the reader's words."""


def did_you_mean(given: object, choices: Iterable[str]) -> str:
    """Return the nearest choice as a question to append to a message, or nothing.

    >>> did_you_mean("metrc", ["metric", "floors"])
    ', did you mean "metric"?'
    >>> did_you_mean("zzz", ["metric"])
    ''
    """
    nearest = difflib.get_close_matches(str(given), list(choices), n=1, cutoff=0.6)
    return f', did you mean "{nearest[0]}"?' if nearest else ""


def not_among(given: object, choices: Iterable[str], what: str) -> str:
    """Say that a word is none of the valid ones, and which is near.

    >>> not_among("dayly", ["hour", "day"], "every")
    'every: given "dayly", did you mean "day"? Valid choices: hour, day'
    """
    valid = list(choices)
    guess = did_you_mean(given, valid) or "."
    return f"{what}: given {_shown(given)}{guess} Valid choices: {', '.join(valid)}"


def refuse(message: str, given: object, *where: str | int) -> NoReturn:
    """Refuse a declaration at a key below the model that is being validated.

    Raises pydantic's ValidationError, so that the place survives nesting.
    """
    raise ValidationError.from_exception_data(where_title(where), [_detail(message, where, given)])


def where_title(where: Iterable[str | int]) -> str:
    """Return a place in a declaration as dotted text.

    >>> where_title(("retraining", "on", 0))
    'retraining.on.0'
    """
    return ".".join(str(part) for part in where if part != "[key]")


class Declared(BaseModel):
    """A frozen piece of a declaration that knows its keys and explains its mistakes."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    @pydantic_model_validator(mode="wrap")
    @classmethod
    def _explain(cls, given: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        try:
            return handler(_written_keys(given))
        except ValidationError as error:
            # Several slips are told at once; those of nested models are in words already.
            details = [_in_words(found, list(cls.model_fields)) for found in error.errors()]
        raise ValidationError.from_exception_data(cls.__name__, details)


def _written_keys(given: Any) -> Any:
    if not isinstance(given, Mapping):
        return given
    return {_WORDS_YAML_EATS.get(k, k) if isinstance(k, bool) else k: v for k, v in given.items()}


def _in_words(error: ErrorDetails, keys: list[str]) -> InitErrorDetails:
    cause = error.get("ctx", {}).get("error")
    message = str(cause) if isinstance(cause, SpecMistake) else _explained(error, keys)
    return _detail(message, error["loc"], error["input"])


def _detail(message: str, where: tuple[str | int, ...], given: object) -> InitErrorDetails:
    # "value_error" and no type of our own: Dagster rebuilds these errors by their type's name.
    return InitErrorDetails(
        type="value_error", loc=where, input=given, ctx={"error": SpecMistake(message)}
    )


def _explained(error: ErrorDetails, keys: list[str]) -> str:
    place, given = where_title(error["loc"]), error["input"]
    match error["type"]:
        case "extra_forbidden":
            return _unknown_key(place, keys)
        case "missing":
            return f"{place}: this key is missing and has no default"
        case "literal_error":
            return not_among(given, re.findall(r"'([^']*)'", error["ctx"]["expected"]), place)
        case "value_error":
            said = str(error["ctx"]["error"])
            return f"{place}: {said}" if place else said
        case "model_type" | "model_attributes_type":
            return f"expected the keys {', '.join(keys)}; given {_shown(given)}"
    wanted = re.sub(r"^(\w+ )?should", "it should", error["msg"])
    return f"{place}: given {_shown(given)}, {wanted}"


def _unknown_key(place: str, keys: list[str]) -> str:
    guess = did_you_mean(place, keys) or "."
    return f'"{place}" is not a key here{guess} Valid keys: {", ".join(keys)}'


def _shown(given: object) -> str:
    text = f'"{given}"' if isinstance(given, str) else repr(given)
    return text if len(text) <= 80 else text[:77] + "..."
