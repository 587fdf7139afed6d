"""A headless Chromium before Dagster's UI, over a small real state or over a copy of one's own."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from dagster import DagsterInstance
from playwright.sync_api import Page, expect, sync_playwright

import ml_platform
from ml_platform.demo.flights_landing import FlightsLanding
from ml_platform.engine.supervisor import Supervisor
from ml_platform.stores.settings import Settings
from ml_platform_tests.browser.small_state import break_a_file, land_whole_days

PICTURES = Path(ml_platform.__file__).parents[1] / "docs" / "images"
PICTURES_OF = "PICTURES_OF"
"""Variable: a home folder, such as the one a demo left, to take the README's pictures of."""
LONGEST_MS = 120_000
"""Long enough for a machine that does other work as well."""
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

Picture = Callable[[str], None]


@pytest.fixture(scope="session")
def chromium() -> str:
    names = ("chromium", "chromium-browser", "google-chrome")
    found = next(filter(None, map(shutil.which, names)), None)
    if found is None:
        pytest.skip("there is no Chromium here; on Debian: apt-get install chromium")
    return found


# Stopped when the tests of this folder are over: its daemon would slow down all that follow.
@pytest.fixture(scope="package")
def engine(chromium: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Supervisor]:
    """A running platform, asked for only where there is a browser to look at it."""
    home = tmp_path_factory.mktemp("browser") / "home"
    shown = os.environ.get(PICTURES_OF)
    if shown:
        shutil.copytree(shown, home)
    settings = Settings.from_env({"ML_PLATFORM_HOME": str(home), "ML_PLATFORM_TICK_SECONDS": "2"})
    if not shown:
        land_whole_days(FlightsLanding(settings.landing_root))
    with Supervisor(settings, spark=not shown) as started:
        if not shown:
            with DagsterInstance.from_config(str(settings.dagster_home)) as instance:
                break_a_file(started, instance)
        yield started


@pytest.fixture(scope="package")
def instance(engine: Supervisor) -> Iterator[DagsterInstance]:
    with DagsterInstance.from_config(str(engine.settings.dagster_home)) as opened:
        yield opened


@pytest.fixture
def page(engine: Supervisor, chromium: str) -> Iterator[Page]:
    """Dagster's UI in a window of its own, large enough to read the graph."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        context = browser.new_context(
            base_url=engine.addresses["dagster"],
            viewport={"width": 1600, "height": 900},
            timezone_id="UTC",
        )
        context.set_default_timeout(LONGEST_MS)
        expect.set_options(timeout=LONGEST_MS)
        yield context.new_page()
        browser.close()


@pytest.fixture
def picture(page: Page, tmp_path: Path) -> Picture:
    """Saves what is seen: for the README if its pictures are asked for, else to look at once."""
    folder = PICTURES if os.environ.get(PICTURES_OF) else tmp_path

    def save(name: str) -> None:
        page.screenshot(path=folder / f"{name}.png", animations="disabled")

    return save
