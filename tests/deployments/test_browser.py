"""What people open in a browser: the report, and the Prefect UI of the local server."""

from __future__ import annotations

import json
import shutil
import subprocess

import httpx
import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")

FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-sync",
    "--disable-background-networking",
    "--disable-component-update",
    "--window-size=1400,1400",
    "--virtual-time-budget=20000",
)


@pytest.fixture
def seen(tmp_path):
    """Return what a browser has on a page once its scripts have run."""
    assert CHROMIUM, "this test needs a browser: `make system` installs chromium"

    def page(url):
        done = subprocess.run(
            [CHROMIUM, *FLAGS, f"--user-data-dir={tmp_path / 'browser'}", "--dump-dom", url],
            capture_output=True,
            text=True,
            timeout=120,
            check=True,
        )
        return done.stdout

    return page


@pytest.fixture
def reviewed(project, review, tmp_path):
    """Review a change with a mistake; return the report's path."""
    project.commit({"README": "A project.\n"})
    project.git("checkout", "--quiet", "-b", "topic")
    project.commit({"a.py": "answer = halve(21)\n", "<b>.py": "import os\n"})
    report = tmp_path / "report.html"
    skip = ("--skip", "test_coverage")
    done = review("pr", *skip, "--format", "html", "--output", str(report))
    assert done.returncode == 1, done.stderr
    return report


def test_the_report_is_one_page_whose_own_script_runs(reviewed, seen):
    page = seen(reviewed.as_uri())

    assert "ruff/F821" in page
    assert "&lt;b&gt;.py" in page
    assert "<b>.py" not in page
    assert 'placeholder="Filter by path, rule or text"' in page


def test_the_prefect_ui_shows_the_run_with_its_steps_and_artifacts(reviewed, seen, data):
    url = f"http://127.0.0.1:{json.loads((data / 'server.json').read_text())['port']}"
    newest = {"limit": 1, "sort": "START_TIME_DESC"}
    (run,) = httpx.post(f"{url}/api/flow_runs/filter", json=newest, timeout=30).json()
    page = seen(f"{url}/runs/flow-run/{run['id']}")

    assert run["name"].startswith("project@")
    assert run["name"] in page
    assert "code_quality: 2 findings" in page
    assert "final_review: clean" in page
