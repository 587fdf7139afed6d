"""The audit of dependencies, against a database of advisories on this machine."""

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

AUDIT = Path(__file__).parents[2] / "scripts" / "audit"
ADVISORY = "GHSA-aaaa-bbbb-cccc"


class Osv(BaseHTTPRequestHandler):
    """Knows one vulnerability, of `leaky` 1.0."""

    delay = 0.0
    status = 200

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
        time.sleep(self.delay)
        known = asked["package"]["name"] == "leaky" and asked["version"] == "1.0"
        body = json.dumps({"vulns": [advisory()]} if known else {}).encode()
        self.send_response(self.status)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        return


def advisory() -> dict[str, object]:
    ranges = [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "1.1"}]}]
    affected = [{"package": {"name": "leaky", "ecosystem": "PyPI"}, "ranges": ranges}]
    return {
        "id": ADVISORY,
        "summary": "leaks",
        "aliases": ["CVE-2026-1"],
        "affected": affected,
        "modified": "2026-01-01T00:00:00Z",
        "published": "2026-01-01T00:00:00Z",
    }


@pytest.fixture
def osv(request: pytest.FixtureRequest) -> Iterator[str]:
    handler = type("Handler", (Osv,), getattr(request, "param", {}))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/v1/query"
        server.shutdown()


def audit(
    folder: Path, url: str, packages: str, ignored: str = "", seconds: float = 600
) -> subprocess.CompletedProcess[str]:
    (folder / "constraints.txt").write_text(packages)
    (folder / "audit-ignore.toml").write_text(ignored)
    env = {
        **os.environ,
        "AUDIT_OSV_URL": url,
        "AUDIT_CONSTRAINTS": str(folder / "constraints.txt"),
        "AUDIT_IGNORE": str(folder / "audit-ignore.toml"),
        "AUDIT_SECONDS": str(seconds),
        "no_proxy": "127.0.0.1",
    }
    return subprocess.run(
        [sys.executable, str(AUDIT)], env=env, capture_output=True, text=True, timeout=1200
    )


def entry(until: str, name: str = ADVISORY) -> str:
    return f'[[ignore]]\nid = "{name}"\nreason = "not called"\nuntil = {until}\n'


def test_packages_without_a_known_vulnerability_pass(tmp_path, osv):
    ended = audit(tmp_path, osv, "sound==1.0\nleaky==1.1\n")
    assert ended.returncode == 0, ended.stderr
    assert "2 packages asked about, 0 vulnerabilities" in ended.stdout
    assert "not evaluated" not in ended.stdout


def test_a_known_vulnerability_fails_with_its_names_and_the_version_without_it(tmp_path, osv):
    ended = audit(tmp_path, osv, "sound==1.0\nleaky==1.0\n")
    assert ended.returncode == 1
    assert f"leaky 1.0: CVE-2026-1, {ADVISORY}; fixed in 1.1" in ended.stderr


@pytest.mark.parametrize("name", [ADVISORY, "CVE-2026-1"])
def test_one_that_is_listed_with_a_reason_does_not_count(tmp_path, osv, name):
    ended = audit(tmp_path, osv, "leaky==1.0\n", entry("9999-12-31", name))
    assert ended.returncode == 0
    assert "ignored: leaky 1.0" in ended.stdout
    assert "not called" in ended.stdout


def test_one_that_is_listed_no_longer_fails_and_says_so(tmp_path, osv):
    ended = audit(tmp_path, osv, "leaky==1.0\n", entry("2020-01-01"))
    assert ended.returncode == 1
    assert "time of its entry in audit-ignore.toml is over" in ended.stderr


def test_an_entry_that_nothing_needs_is_told(tmp_path, osv):
    ended = audit(tmp_path, osv, "sound==1.0\n", entry("9999-12-31"))
    assert ended.returncode == 0
    assert f"no longer needed in audit-ignore.toml: {ADVISORY}" in ended.stdout


def test_an_entry_without_reason_or_end_is_refused(tmp_path, osv):
    ended = audit(tmp_path, osv, "sound==1.0\n", f'[[ignore]]\nid = "{ADVISORY}"\n')
    assert ended.returncode == 1
    assert "needs an id, a reason and a date" in ended.stderr


def test_a_database_that_cannot_be_reached_is_not_a_pass(tmp_path):
    ended = audit(tmp_path, "http://127.0.0.1:1/v1/query", "leaky==1.0\n")
    assert ended.returncode == 0
    assert ended.stdout.startswith("not evaluated: the advisory database cannot be reached")
    assert "vulnerabilities" not in ended.stdout


@pytest.mark.parametrize("osv", [{"status": 403}, {"status": 503}], indirect=True)
def test_a_proxy_in_its_place_is_not_a_pass(tmp_path, osv):
    ended = audit(tmp_path, osv, "leaky==1.0\n")
    assert (ended.returncode, ended.stdout[:13]) == (0, "not evaluated")


@pytest.mark.parametrize("osv", [{"delay": 2.0}], indirect=True)
def test_a_database_that_is_too_slow_does_not_hang_the_audit(tmp_path, osv):
    ended = audit(tmp_path, osv, "".join(f"p{i}==1.0\n" for i in range(50)), seconds=4)
    assert (ended.returncode, ended.stdout[:13]) == (0, "not evaluated")
    assert "no answer within 4 s" in ended.stdout


def test_an_audit_that_fails_by_itself_is_no_pass(tmp_path, osv):
    ended = audit(tmp_path, osv, "leaky>=1.0\n")
    assert ended.returncode == 1
    assert "the audit itself failed" in ended.stderr
