import json
import re
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from ml_platform_tests.deploy.exposed import DEPLOY, asked_for, exposed

DASHBOARD: dict[str, Any] = json.loads((DEPLOY / "grafana" / "ml_platform.json").read_text())
PANELS: list[dict[str, Any]] = DASHBOARD["panels"]
QUERIES = [target["expr"] for panel in PANELS for target in panel.get("targets", ())]


def test_each_query_asks_for_what_metrics_exposes(tmp_path: Path) -> None:
    known = exposed(tmp_path)
    for query in QUERIES:
        found = asked_for(query)
        assert found, query
        for name, labels in found:
            assert name in known, query
            assert labels <= known[name], query


def test_queries_group_by_labels_that_exist(tmp_path: Path) -> None:
    labels = set().union(*exposed(tmp_path).values())
    for query in QUERIES:
        for grouped in re.findall(r"sum by \(([^)]*)\)", query):
            assert {label.strip() for label in grouped.split(",")} <= labels, query


@pytest.mark.parametrize("opened", ["()", "{}", "[]"])
def test_what_a_query_opens_it_closes(opened: str) -> None:
    for query in QUERIES:
        assert query.count(opened[0]) == query.count(opened[1]), query


def test_everything_that_is_counted_is_shown_somewhere(tmp_path: Path) -> None:
    shown = {name for query in QUERIES for name, _ in asked_for(query)}
    parts = ("_count", "_sum", "_bucket")
    families = {re.sub(f"({'|'.join(parts)})$", "", name) for name in exposed(tmp_path)}
    families -= {"ml_platform_model_info"}  # the table of versions has the same labels
    missing = {family for family in families if not any(n.startswith(family) for n in shown)}
    assert not missing


def test_panels_have_their_own_place_and_number() -> None:
    assert len({panel["id"] for panel in PANELS}) == len(PANELS)
    for one, other in combinations([panel["gridPos"] for panel in PANELS], 2):
        apart_x = one["x"] + one["w"] <= other["x"] or other["x"] + other["w"] <= one["x"]
        apart_y = one["y"] + one["h"] <= other["y"] or other["y"] + other["h"] <= one["y"]
        assert apart_x or apart_y, (one, other)
        assert one["x"] + one["w"] <= 24


def test_no_panel_is_tied_to_one_installation() -> None:
    sources = [panel["datasource"]["uid"] for panel in PANELS if panel["type"] != "row"]
    assert set(sources) == {"${datasource}"}
    variables = {variable["name"] for variable in DASHBOARD["templating"]["list"]}
    used = {name for query in QUERIES for name in re.findall(r"\$(\w+)", query)}
    assert used - {"__rate_interval"} <= variables
    assert "id" not in DASHBOARD
