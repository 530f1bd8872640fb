"""A runner of GitHub Actions as far as a composite action needs one: its steps are really run.

Of actions of others it knows what they have for effect: a cache that is kept between jobs, and a
Python that is there. https://docs.github.com/en/actions/reference/workflows-and-actions/metadata-syntax
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from deployments.actions.environment import SOURCES
from tests.deployments.expressions import filled_in, holds

ROOT = Path(__file__).parents[2]
PINNED = re.compile(r"[\w.-]+(/[\w.-]+)+@[0-9a-f]{40}")
NO_BYTECODE = shutil.ignore_patterns("__pycache__")
KEPT = ("PIP_", "UV_", "COVERAGE_", "SSL_", "LC_", "LANG", "HOME", "TMPDIR", "GIT_CONFIG")
"""What of our own environment a step has too: where packages come from, and who measures."""


def brought(folder):
    """Copy our action to a folder, as a runner has it; return the folder."""
    folder.mkdir()
    for name in ("action.yml", "requirements.lock", "README.md", *SOURCES):
        if (ROOT / name).is_dir():
            shutil.copytree(ROOT / name, folder / name, ignore=NO_BYTECODE)
        else:
            shutil.copy2(ROOT / name, folder / name)
    return folder


def copied(folder, to):
    """Have the files of a folder elsewhere too; 500 MB of them are linked, not read."""
    shutil.copytree(folder, to, symlinks=True, copy_function=os.link, dirs_exist_ok=True)


@dataclass
class Cache:
    """What is kept between jobs: folders by their key, the newest last."""

    folder: Path
    keys: list[str] = field(default_factory=list)

    def put(self, key, path):
        """Keep a folder; a key is never written twice, and what is not there is not kept."""
        if key in self.keys or not path.exists():
            return
        copied(path, self.folder / key)
        self.keys.append(key)

    def take(self, path, key, prefixes):
        """Bring a folder back; return the key under which it was found."""
        wanted = [key, *prefixes]
        found = next((k for want in wanted for k in reversed(self.keys) if k.startswith(want)), "")
        found = key if key in self.keys else found
        if found:
            copied(self.folder / found, path)
        return found


@dataclass
class Done:
    """What a job left when it ended."""

    failed: bool
    log: str
    outputs: dict[str, str]
    summary: str
    ran: list[str]


@dataclass
class Runner:
    """One machine for one job; only the cache knows of the jobs before."""

    folder: Path
    cache: Cache
    github: dict
    environment: dict[str, str] = field(default_factory=dict)

    def use(self, action, **inputs):
        """Run an action's steps with these inputs, ``fail_on`` for ``fail-on``."""
        said = yaml.safe_load((action / "action.yml").read_text(encoding="utf-8"))
        given = {name.replace("_", "-"): value for name, value in inputs.items()}
        assert set(given) <= set(said["inputs"]), "no such input"
        outside = {"github": self.github}
        defaults = {name: filled_in(of["default"], outside) for name, of in said["inputs"].items()}
        contexts = {**outside, "inputs": {**defaults, **given}, "steps": {}}
        for name in ("temp", "workspace", "python"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        for name in ("python", "python3"):
            link = self.folder / "python" / name
            if not link.is_symlink():
                link.symlink_to(sys._base_executable)
        event = self.folder / "event.json"
        event.write_text(json.dumps(self.github["event"]), encoding="utf-8")
        done = Done(failed=False, log="", outputs={}, summary="", ran=[])
        for step in said["runs"]["steps"]:
            if holds(step.get("if", "success()"), contexts, failed=done.failed):
                done.ran.append(step["name"])
                outputs = self._step(step, contexts, action, done)
                contexts["steps"][step.get("id", "")] = {"outputs": outputs}
        done.outputs = {
            name: filled_in(of["value"], contexts) for name, of in said["outputs"].items()
        }
        return done

    def _step(self, step, contexts, action, done):
        if "run" in step:
            return self._run(step, contexts, action, done)
        assert PINNED.fullmatch(step["uses"]), f"{step['uses']} is not pinned"
        what = {n: filled_in(v, contexts) for n, v in step["with"].items()}
        match step["uses"].partition("@")[0]:
            case "actions/cache/restore":
                prefixes = what["restore-keys"].split()
                found = self.cache.take(Path(what["path"]), what["key"], prefixes)
                return {"cache-hit": str(found == what["key"]).lower() if found else ""}
            case "actions/cache/save":
                self.cache.put(what["key"], Path(what["path"]))
                return {}
            case "actions/setup-python":
                return {"python-version": what["python-version"]}
            case other:
                raise AssertionError(f"a runner has to know {other}")

    def _run(self, step, contexts, action, done):
        assert step["shell"] == "bash"
        assert "${{" not in step["run"], "text of others would be obeyed by the shell"
        files = {n: self.folder / n for n in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")}
        for file in files.values():
            file.write_text("", encoding="utf-8")
        script = self.folder / "script.sh"
        script.write_text(step["run"], encoding="utf-8")
        ours = {n: v for n, v in os.environ.items() if n.startswith(KEPT)}
        said = {n: filled_in(v, contexts) for n, v in step.get("env", {}).items()}
        ended = subprocess.run(
            ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", script],
            cwd=self.folder / "workspace",
            env={
                **ours,
                "PATH": f"{self.folder / 'python'}:{os.environ['PATH']}",
                "CI": "true",
                "GITHUB_ACTIONS": "true",
                "GITHUB_ACTION_PATH": str(action),
                "GITHUB_EVENT_PATH": str(self.folder / "event.json"),
                "GITHUB_REPOSITORY": self.github["repository"],
                "GITHUB_WORKSPACE": str(self.folder / "workspace"),
                "RUNNER_TEMP": str(self.folder / "temp"),
                "RUNNER_ENVIRONMENT": "self-hosted",
                **{name: str(file) for name, file in files.items()},
                **self.environment,
                **said,
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
            timeout=600,
        )
        done.failed = done.failed or ended.returncode != 0
        done.log += ended.stdout.decode(errors="replace")
        done.summary += files["GITHUB_STEP_SUMMARY"].read_text(encoding="utf-8")
        return outputs_in(files["GITHUB_OUTPUT"].read_text(encoding="utf-8"))


def at_work(named, folder):
    """Return the processes with a word in their command line that are at work in a folder."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):  # it has ended meanwhile
            words = (process / "cmdline").read_text().split("\0")
            if named in words and (process / "cwd").resolve().is_relative_to(folder):
                found.append(int(process.name))
    return found


def outputs_in(text):
    """Return what a step has written to ``GITHUB_OUTPUT``, in both of its forms."""
    outputs, lines = {}, iter(text.splitlines())
    for line in lines:
        name, sign, rest = re.fullmatch(r"([\w-]+)(=|<<)(.*)", line).groups()
        if sign == "<<":
            block = []
            while (line := next(lines)) != rest:
                block.append(line)
            rest = "\n".join(block)
        outputs[name] = rest
    return outputs
