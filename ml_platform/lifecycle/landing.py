"""Landing: a sensor that sees files land and asks for the runs that take them in."""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from time import time

from dagster import (
    AssetKey,
    AssetSelection,
    DagsterRunStatus,
    DefaultSensorStatus,
    RunRequest,
    RunsFilter,
    SensorDefinition,
    SensorEvaluationContext,
    SensorResult,
    SkipReason,
    sensor,
)

from ml_platform.core import names
from ml_platform.core.landing import (
    Handled,
    IngestionRun,
    LandedFile,
    ModelFlow,
    behind_backlog,
    plan_ingestion,
    split_run,
)
from ml_platform.lifecycle.model import Model
from ml_platform.lifecycle.source import Source

RANGE_START, RANGE_END = "dagster/asset_partition_range_start", "dagster/asset_partition_range_end"
OVER = (DagsterRunStatus.SUCCESS, DagsterRunStatus.FAILURE, DagsterRunStatus.CANCELED)
_HASHED_UP_TO = 256 * 2**20


def landing_sensor(
    sources: Sequence[Source], models: Sequence[Model], tick_seconds: int
) -> SensorDefinition:
    """The sensor ``landing`` over all source tables and the models that consume them."""
    flows = [_flow(model) for model in models]
    settle = {source.spec.name: source.spec.landing.settle_seconds for source in sources}
    targets = list(_all_keys(sources, models))
    partitions = sorted({p for source in sources for p in source.partitions.get_partition_keys()})

    @sensor(
        name="landing",
        asset_selection=AssetSelection.assets(*targets),
        minimum_interval_seconds=tick_seconds,
        default_status=DefaultSensorStatus.RUNNING,
        description=(
            "Watches the landing folders. Files of one partition are taken in by one run together "
            "with the model stages whose inputs are then complete; a backlog becomes one run over "
            "the range; a range that fails is repeated day by day."
        ),
    )
    def landing(context: SensorEvaluationContext) -> SensorResult | SkipReason:
        state = _State.read(context.cursor)
        repeated = _next_of_backlog(context, state)
        seen, unreadable = _look(sources, state.handled)
        due = plan_ingestion(seen, state.handled, flows, partitions, time(), settle)
        plan = behind_backlog(due, going=bool(state.backlog))
        for file in plan.taken:
            state.handled[file.name] = Handled(file.fingerprint, file.sha256)
        if plan is not due:
            state.backlog += plan.runs
        runs = [*repeated, *plan.runs]
        if not runs:
            context.update_cursor(state.write())
            waiting = [*unreadable, *plan.waiting]
            return SkipReason("; ".join(waiting) or f"{len(seen)} files, all taken in")
        return SensorResult(run_requests=[run_request(run) for run in runs], cursor=state.write())

    return landing


def landed_files(source: Source) -> Iterator[LandedFile]:
    """Every file that lies in the landing folder of a source, in order of partition."""
    pattern = source.spec.landing.path
    before, after = pattern.split("{partition}", 1)
    named = re.compile(re.escape(before) + r"(?P<partition>[^/]+)" + re.escape(after))
    root = source.landing_root
    for path in sorted(root.glob(pattern.replace("{partition}", "*"))):
        found = named.fullmatch(path.relative_to(root).as_posix())
        if found and path.is_file():
            seen = path.stat()
            yield LandedFile(
                source.spec.name, found["partition"], str(path), seen.st_size, seen.st_mtime
            )


def run_request(run: IngestionRun) -> RunRequest:
    """The Dagster run for an ingestion."""
    tags = {
        names.TAG_TRIGGER: "landing",
        names.TAG_TABLES: ", ".join(sorted(run.tables)),
    }
    if len(run.partitions) > 1:
        tags |= {RANGE_START: run.partitions[0], RANGE_END: run.partitions[-1]}
    return RunRequest(
        run_key=run.key,
        partition_key=run.partitions[0] if len(run.partitions) == 1 else None,
        asset_selection=[AssetKey(list(path)) for path in _paths(run)],
        tags=tags,
    )


def _paths(run: IngestionRun) -> Iterator[tuple[str, ...]]:
    for table in sorted(run.tables):
        yield from (names.raw(table), names.validated(table), names.quarantine(table))
    for model in sorted(run.models):
        yield from (names.of_model(model, stage) for stage in names.DAILY)
    for model in sorted(run.labelled):
        yield from (names.of_model(model, stage) for stage in names.ON_LABELS)


def _all_keys(sources: Sequence[Source], models: Sequence[Model]) -> Iterator[AssetKey]:
    everything = IngestionRun(
        ("",),
        frozenset(source.spec.name for source in sources),
        frozenset(model.name for model in models),
        frozenset(model.name for model in models),
        (),
    )
    return (AssetKey(list(path)) for path in _paths(everything))


def _flow(model: Model) -> ModelFlow:
    sources = model.spec.sources
    return ModelFlow(model.name, frozenset({sources.primary, *sources.lookups}), sources.labels)


def _with_digest(file: LandedFile, handled: Mapping[str, Handled]) -> LandedFile:
    """Read the content only of what is new or was written again."""
    known = handled.get(file.name)
    if file.size > _HASHED_UP_TO or (known and known.fingerprint == file.fingerprint):
        return file
    with Path(file.path).open("rb") as content:
        return replace(file, sha256=hashlib.file_digest(content, "sha256").hexdigest())


def _look(
    sources: Sequence[Source], handled: Mapping[str, Handled]
) -> tuple[list[LandedFile], list[str]]:
    """The files that lie there, and in words those that cannot be read: they hold up no others."""
    seen: list[LandedFile] = []
    unreadable = []
    for source in sources:
        for file in landed_files(source):
            try:
                seen.append(_with_digest(file, handled))
            except OSError as error:
                unreadable.append(f"{file.path} cannot be read: {error.strerror}")
    return seen, unreadable


def _next_of_backlog(context: SensorEvaluationContext, state: "_State") -> list[IngestionRun]:
    """The run to launch now for the backlog: one at a time, since later days look back.

    A range that failed is repeated day by day. A day that failed stays as it is: its checks tell
    why, and it is taken in when it lands again. What a person cancelled stays cancelled.
    """
    while state.backlog:
        run = state.backlog[0]
        records = context.instance.get_run_records(
            RunsFilter(tags={"dagster/run_key": run.key}), limit=1
        )
        if not records:
            return [run]
        status = records[0].dagster_run.status
        if status not in OVER:
            return []
        failed = status is DagsterRunStatus.FAILURE and len(run.partitions) > 1
        state.backlog[:1] = split_run(run) if failed else ()
    return []


class _State:
    """What the sensor remembers between ticks: files taken in, and the backlog."""

    def __init__(self, handled: dict[str, Handled], backlog: list[IngestionRun]) -> None:
        self.handled = handled
        self.backlog = backlog

    @classmethod
    def read(cls, cursor: str | None) -> "_State":
        kept = json.loads(cursor) if cursor else {"handled": {}, "backlog": []}
        handled = {name: Handled(*pair) for name, pair in kept["handled"].items()}
        return cls(handled, [_range(row) for row in kept["backlog"]])

    def write(self) -> str:
        handled = {name: [h.fingerprint, h.sha256] for name, h in self.handled.items()}
        backlog = [{k: list(v) for k, v in asdict(run).items()} for run in self.backlog]
        return json.dumps({"handled": handled, "backlog": backlog})


def _range(row: Mapping[str, list[str]]) -> IngestionRun:
    return IngestionRun(
        tuple(row["partitions"]),
        frozenset(row["tables"]),
        frozenset(row["models"]),
        frozenset(row["labelled"]),
        tuple(row["fingerprints"]),
    )
