"""What a change of models will do: what the live version keeps, and what the next one takes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from ml_platform.core.declaration.plan.consequence import Consequence
from ml_platform.core.declaration.plan.inputs import of_inputs
from ml_platform.core.declaration.plan.settings import of_settings
from ml_platform.core.declaration.plan.standing import (
    Champion,
    DeclaredModel,
    RunningModel,
    RunningTable,
)
from ml_platform.core.figures import counted


def of_models(
    declared: Sequence[DeclaredModel],
    running: Mapping[str, RunningModel],
    tables: Mapping[str, RunningTable],
    retired: frozenset[str],
) -> Iterator[Consequence]:
    """Consequences for all models, those that are gone last.

    Args:
        declared: as declared now.
        running: those on record in the home, by name.
        tables: in the lake, by name.
        retired: tables and models that a person gives up.
    """
    names = {each.spec.name for each in declared}
    for model in declared:
        there = running.get(model.spec.name)
        if there is None or not (there.champion or there.partitions):
            yield _new(model, tables.get(model.spec.sources.primary))
        else:
            yield from _changed(model, there)
    for name in sorted(set(running) - names - retired):
        added = [each for each in declared if each.spec.name not in running]
        yield _gone(name, running[name], added)


def _new(model: DeclaredModel, primary: RunningTable | None) -> Consequence:
    subject, table = f"model {model.spec.name}", model.spec.sources.primary
    if primary is None or not primary.partitions:
        return Consequence(
            subject, f"It is new: it begins with the first partition of {table} that lands."
        )
    count = counted(len(primary.partitions), "partition")
    return Consequence(
        subject,
        f"It is new, and {table} holds {count}, from {primary.partitions[0]} to "
        f"{primary.partitions[-1]}: they will be backfilled by themselves, range by range, "
        "the newest first, while new files are taken in.",
    )


def _changed(model: DeclaredModel, there: RunningModel) -> Iterator[Consequence]:
    subject, champion = f"model {model.spec.name}", there.champion
    if champion is None:
        return
    yield from _of_what_is_frozen(subject, model, champion, there.log)
    yield from _of_code(subject, model, champion)
    yield from of_inputs(subject, model, there, champion)
    yield from of_settings(subject, model.spec, champion)


def _of_what_is_frozen(
    subject: str, model: DeclaredModel, champion: Champion, log: bool
) -> Iterator[Consequence]:
    """The parts that tables on record are made of: with others they would be those of another."""
    former, new = champion.spec, model.spec
    frozen = [
        ("key", ", ".join(former.key), ", ".join(new.key)),
        ("task", former.task, new.task),
        ("sources.primary", former.sources.primary, new.sources.primary),
    ]
    for place, was, now in frozen:
        if was != now and log:
            yield Consequence(
                subject,
                f"{place}: {was} becomes {now}, and the inference log, the labels and the "
                f"performance on record are of {was}: nothing could be logged or joined.",
                f"leave {place} as it is, or declare a second model with another name and retire "
                "this one once that is champion.",
            )


def _of_code(subject: str, model: DeclaredModel, champion: Champion) -> Iterator[Consequence]:
    version = f"version {champion.version}"
    if champion.request_code is None:
        yield _not_kept(subject, "preprocess.py", version, model.spec.name)
    elif champion.request_code != model.request_code:
        yield Consequence(
            subject,
            "preprocess.py, or what it imports, was edited: the next training takes it, and "
            f"{version} keeps its own in batch and online.",
        )
    if champion.batch_code is None:
        yield _not_kept(subject, "features.py", version, model.spec.name)
    elif champion.batch_code != model.batch_code:
        yield Consequence(
            subject,
            "features.py, or what it imports, was edited: the features of each day that lands are "
            f"made by it, {version} goes on being fed by its own, and the next training makes the "
            "days it learns from anew.",
        )


def _not_kept(subject: str, file: str, version: str, model: str) -> Consequence:
    return Consequence(
        subject,
        f"{version} is of a release that did not keep {file} with it: an edit changes what it "
        f"answers. `ml-platform retrain {model}` makes a version that is whole.",
    )


def _gone(name: str, there: RunningModel, added: Sequence[DeclaredModel]) -> Consequence:
    champion = there.champion
    alike = [
        each.spec.name
        for each in added
        if champion and each.spec.sources.primary == champion.spec.sources.primary
    ]
    partitions = counted(there.partitions, "partition")
    answering = f"version {champion.version} still answers online" if champion else "none answers"
    if alike:
        return Consequence(
            f"model {name}",
            f"It seems to be renamed {alike[0]}, which would begin without versions, labels and "
            f"history: those of {partitions} stay behind, and {answering}.",
            f"call it {name} again, or `ml-platform plan --retire {name}`.",
        )
    return Consequence(
        f"model {name}",
        f"It is no longer declared: its tables of {partitions} stay in the lake and nothing is "
        f"scored in batch any more; {answering}.",
        f"declare it again, or `ml-platform plan --retire {name}`.",
    )
