"""What a change of a model's inputs will do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ml_platform.core.declaration.plan.consequence import Consequence
from ml_platform.core.declaration.plan.standing import Champion, DeclaredModel, RunningModel

_OF_KIND: Mapping[str, frozenset[str]] = {
    "int": frozenset({"tinyint", "smallint", "int", "bigint"}),
    "double": frozenset({"float", "double"}),
}
"""Types of the lake that a declared number may have there; of others one is not told by type."""


def of_inputs(
    subject: str, model: DeclaredModel, there: RunningModel, champion: Champion
) -> Iterator[Consequence]:
    """Consequences of inputs that were added, removed, renamed or retyped."""
    added = [each for each in model.inputs if each not in champion.inputs]
    removed = [each for each in champion.inputs if each not in model.inputs]
    version = f"version {champion.version}"
    for name in removed:
        kind = champion.inputs[name]
        same = [each for each in added if model.inputs[each] == kind]
        if len(same) == len(removed) == len(added) == 1:
            yield Consequence(
                subject,
                f'Input "{name}" seems to be renamed "{same[0]}": to the log and to clients it is '
                f"another one. {version} goes on with {name}, the next version is asked for "
                f"{same[0]}.",
            )
        else:
            yield Consequence(
                subject,
                f'Input "{name}" is removed: {version} goes on with it, and clients send it until '
                "the next version is champion.",
            )
    if not (len(added) == len(removed) == 1 and _same_type(model, champion, added, removed)):
        for name in added:
            yield Consequence(
                subject,
                f'Input "{name}" ({model.inputs[name]}) is added: {version} goes on without it; '
                "clients must send it once the next version is champion, and rows logged before "
                "hold null for it.",
            )
    yield from _retyped(subject, model, there, champion)


def _same_type(
    model: DeclaredModel, champion: Champion, added: list[str], removed: list[str]
) -> bool:
    return model.inputs[added[0]] == champion.inputs[removed[0]]


def _retyped(
    subject: str, model: DeclaredModel, there: RunningModel, champion: Champion
) -> Iterator[Consequence]:
    for name, kind in model.inputs.items():
        former = champion.inputs.get(name) or _other_type(there.features.get(name), kind)
        if former and former != kind:
            yield Consequence(
                subject,
                f'Input "{name}" becomes {kind}, and features and log hold it as {former}: no new '
                "day could be written.",
                f"give the new one another name, such as {name}_{kind}.",
            )


def _other_type(on_record: str | None, kind: str) -> str | None:
    """The type of a column on record where a declared one does not fit it."""
    fitting = _OF_KIND.get(kind)
    if on_record is None or fitting is None or on_record in fitting:
        return None
    return on_record
