"""What is declared under defs/, as far as a command has to know it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import ml_platform
from ml_platform.core.errors import ConfigError

DECLARATIONS = Path(ml_platform.__file__).parent / "defs" / "models"


def declared_models(folder: Path | None = None) -> Mapping[str, Mapping[str, Any]]:
    """The name of every declared model and the attributes it is declared with.

    Raises:
        ConfigError: a defs.yaml is no YAML, or not made of keys.
    """
    return {found["name"]: found for _, found in declarations_in(folder or DECLARATIONS)}


def declarations_in(folder: Path) -> list[tuple[Path, Mapping[str, Any]]]:
    """Every defs.yaml of a folder that declares a name, with its attributes.

    Raises:
        ConfigError: a defs.yaml is no YAML, or not made of keys.
    """
    found = [(path, _attributes(path)) for path in sorted(folder.glob("*/defs.yaml"))]
    return [(path, attributes) for path, attributes in found if "name" in attributes]


def known_model(name: str) -> str:
    """The name itself, once it is known that such a model is declared.

    Raises:
        ConfigError: no such model; the message names those there are.
    """
    return known("model", name, declared_models())


def known(kind: str, name: str, declared: Iterable[str]) -> str:
    """The name itself, once it is known to be declared.

    Args:
        kind: what it names: model or source.
        name: as given.
        declared: all names there are.

    Raises:
        ConfigError: it is not among them; the message names those there are.
    """
    from ml_platform.core.spec_errors import did_you_mean

    names = list(declared)
    if name in names:
        return name
    guess = did_you_mean(name, names)
    listed = ", ".join(names) or "none"
    raise ConfigError(f'There is no {kind} "{name}"{guess or "."} Declared {kind}s: {listed}.')


def check_params(model: str, params: Mapping[str, Any]) -> None:
    """Return if the declared estimator of a model takes these parameters.

    Raises:
        ConfigError: it does not; the message names each slip and what would do.
    """
    mistakes = list(_mistakes(declared_models()[model], params))
    if mistakes:
        raise ConfigError("\n".join(mistakes))


def _mistakes(declared: Mapping[str, Any], params: Mapping[str, Any]) -> Iterator[str]:
    from pydantic import ValidationError

    from ml_platform.core.estimator_params import param_mistakes
    from ml_platform.core.model_spec import EstimatorSpec
    from ml_platform.core.task import BINARY_CLASSIFICATION, TASKS

    try:
        kind = EstimatorSpec.model_validate(declared.get("estimator")).kind
    except ValidationError as error:
        raise ConfigError(
            f"The estimator of {declared['name']} is not declared in order: "
            f"{error.errors()[0]['msg']}. 'dg check yaml' shows the place."
        ) from error
    # A task that is not known is told where the declaration is loaded.
    task = TASKS.get(str(declared.get("task")), BINARY_CLASSIFICATION)
    return (message for _, message in param_mistakes(kind, task.name, params, "--param"))


def _attributes(path: Path) -> Mapping[str, Any]:
    from ruamel.yaml import YAML, YAMLError

    try:
        document = YAML(typ="safe").load(path) or {}
    except (YAMLError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} is not valid YAML{_place(error)}.") from error
    attributes = document.get("attributes") or {} if isinstance(document, Mapping) else None
    if not isinstance(attributes, Mapping):
        raise ConfigError(f"{path} must hold the keys type and attributes, and keys below those.")
    return attributes


def _place(error: Exception) -> str:
    mark, problem = getattr(error, "problem_mark", None), getattr(error, "problem", None)
    return f": line {mark.line + 1}, {problem}" if mark is not None else f": {error}"
