"""Looking things up in MLflow, absence being an answer and not an exception."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from mlflow import MlflowClient
    from mlflow.entities.model_registry import ModelVersion

T = TypeVar("T")

# MLflow says "does not exist" for a model or version, "invalid parameter" for an alias.
_ABSENT = ("RESOURCE_DOES_NOT_EXIST", "INVALID_PARAMETER_VALUE")


def or_none(look_up: Callable[[], T]) -> T | None:
    """Return what is looked up, or None where MLflow says there is no such thing."""
    from mlflow.exceptions import MlflowException

    try:
        return look_up()
    except MlflowException as error:
        if error.error_code in _ABSENT:
            return None
        raise


def every_version(client: MlflowClient, model: str) -> list[ModelVersion]:
    """Return all versions of a model, page by page; none for an unknown model."""
    found: list[ModelVersion] = []
    token = None
    while True:
        page = client.search_model_versions(f"name = '{model}'", page_token=token)
        found.extend(page)
        token = page.token
        if not token:
            return found


def registered_models(client: MlflowClient) -> list[str]:
    """Return the names of all registered models, page by page, sorted."""
    found: list[str] = []
    token = None
    while True:
        page = client.search_registered_models(page_token=token)
        found.extend(each.name for each in page)
        token = page.token
        if not token:
            return sorted(found)


def roles(client: MlflowClient, model: str) -> Mapping[int, tuple[str, ...]]:
    """Return the aliases of a model's versions (a search leaves them out)."""
    known = or_none(lambda: client.get_registered_model(model))
    held: defaultdict[int, tuple[str, ...]] = defaultdict(tuple)
    for alias, version in (known.aliases if known else {}).items():
        held[int(version)] += (alias,)
    return held


def create_model_once(client: MlflowClient, model: str) -> None:
    """Create the registered model unless it exists."""
    from mlflow.exceptions import MlflowException

    try:
        client.create_registered_model(model)
    except MlflowException as error:
        if error.error_code != "RESOURCE_ALREADY_EXISTS":
            raise
