"""What the tests ask of a running Dagster: over its UI's own API, as a person's browser does."""

import json
import time
import urllib.request
from dataclasses import dataclass

LAUNCH = """mutation($job: String!) { launchRun(executionParams: {runConfigData: {}, selector: {
  repositoryLocationName: "ml_platform", repositoryName: "__repository__", jobName: $job}}) {
  __typename ... on LaunchRunSuccess { run { runId } } } }"""
TERMINATE = "mutation($run: String!) { terminateRun(runId: $run) { __typename } }"
RUN = """query($run: ID!) { runOrError(runId: $run) { ... on Run {
  status tags { key value } eventConnection { events { __typename
    ... on MessageEvent { message } } } } } }"""
ENDED = {"SUCCESS", "FAILURE", "CANCELED"}


@dataclass(frozen=True)
class DagsterClient:
    address: str

    def launch(self, job: str) -> str:
        return self._ask(LAUNCH, job=job)["launchRun"]["run"]["runId"]

    def terminate(self, run_id: str) -> None:
        self._ask(TERMINATE, run=run_id)

    def run(self, run_id: str) -> dict:
        return self._ask(RUN, run=run_id)["runOrError"]

    def wait(self, run_id: str, statuses: set[str] = ENDED, seconds: float = 1200) -> dict:
        deadline = time.monotonic() + seconds
        while (run := self.run(run_id))["status"] not in statuses:
            assert time.monotonic() < deadline, f"still {run['status']} after {seconds} s"
            time.sleep(0.1)
        return run

    def _ask(self, query: str, **variables: str) -> dict:
        body = json.dumps({"query": query, "variables": variables}).encode()
        headers = {"Content-Type": "application/json"}
        request = urllib.request.Request(f"{self.address}/graphql", body, headers)
        with urllib.request.urlopen(request, timeout=600) as answer:
            return json.load(answer)["data"]


def messages(run: dict) -> list[str]:
    return [event["message"] for event in run["eventConnection"]["events"]]


def tag(run: dict, key: str) -> str:
    return next(each["value"] for each in run["tags"] if each["key"] == key)
