"""Dagster's door: everything under ``defs/``, with the resources of this environment."""

from pathlib import Path

from dagster import Definitions, in_process_executor, load_from_defs_folder

from ml_platform.resources.environment import resources_for
from ml_platform.stores.settings import Settings

defs = Definitions.merge(
    load_from_defs_folder(path_within_project=Path(__file__).parent),
    Definitions(
        resources=resources_for(Settings.from_env()),
        # One run is one process and one Spark session.
        executor=in_process_executor,
    ),
)
