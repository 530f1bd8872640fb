"""Labelled corpora that anybody can get: of a package index, of ruff itself, and of a seed."""

from __future__ import annotations

import ast
import json
import random
import re
import string
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

BANDIT = "bandit==1.9.4"
ACTIONS = "actionsbench==0.2.0"


@dataclass(frozen=True, slots=True)
class Labelled:
    """One file and what is wrong with it.

    ``lines`` are the places of what is wrong; ``count`` is how much there is where nobody has
    said in which lines. ``rule`` is the only rule that counts, if one is named.
    """

    path: str
    text: str
    lines: tuple[int, ...] = ()
    count: int | None = None
    rule: str = ""


def downloaded(requirement: str, folder: Path, *, source: bool = False) -> Path:
    """Return the file of a distribution, brought by pip: as its source, or as its wheel."""
    name = requirement.split("==", maxsplit=1)[0]
    kind = [f"--no-binary={name}"] if source else ["--only-binary=:all:"]
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", *kind]
    subprocess.run([*command, f"--dest={folder}", requirement], check=True)
    return next(folder.glob(f"{name}-*"))


def of_bandit(folder: Path) -> list[Labelled]:
    """Return bandit's examples with the number of issues its own functional tests expect."""
    with tarfile.open(downloaded(BANDIT, folder, source=True)) as archive:
        archive.extractall(folder, filter="data")
    root = next(path for path in folder.glob("bandit-*") if path.is_dir())
    tests = ast.parse((root / "tests/functional/test_functional.py").read_text())
    found: dict[str, int] = {}
    for test in [node for node in ast.walk(tests) if isinstance(node, ast.FunctionDef)]:
        expected = [n.value for n in ast.walk(test) if isinstance(n, ast.Assign) and _is_expect(n)]
        files = [
            ast.literal_eval(call.args[0])
            for call in ast.walk(test)
            if isinstance(call, ast.Call)
            and isinstance(call.func, ast.Attribute)
            and call.func.attr == "check_example"
            and isinstance(call.args[0], ast.Constant)
        ]
        if len(expected) == len(files) == 1:
            found[files[0]] = sum(ast.literal_eval(expected[0])["SEVERITY"].values())
    return [
        Labelled(name, (root / "examples" / name).read_text(errors="replace"), count=count)
        for name, count in found.items()
        if name.endswith(".py")
    ]


def _is_expect(node: ast.Assign) -> bool:
    target = node.targets[0]
    return (
        isinstance(target, ast.Name) and target.id == "expect" and isinstance(node.value, ast.Dict)
    )


def of_actions(folder: Path) -> list[Labelled]:
    """Return the workflows of ActionsBench with the lines its labels name."""
    root = folder / "actionsbench"
    with zipfile.ZipFile(downloaded(ACTIONS, folder)) as archive:
        archive.extractall(root)  # noqa: S202 - zipfile keeps names inside the folder
    cases = []
    for label in sorted(root.rglob("case.yaml")):
        expected = yaml.safe_load(label.read_text()).get("expected") or []
        for file in sorted(path for path in label.parent.rglob(".github/**/*") if path.is_file()):
            path = file.relative_to(label.parent).as_posix()
            lines = tuple(each["line"] for each in expected if each["file"] == path)
            cases.append(Labelled(f"{label.parent.name}/{path}", file.read_text(), lines))
    return cases


def of_ruff(prefix: str) -> list[Labelled]:
    """Return the examples of ruff's own documentation: what a rule is for, and what it wants."""
    rules = subprocess.run(
        ["ruff", "rule", "--all", "--output-format=json"], check=True, capture_output=True
    )
    return [case for rule in json.loads(rules.stdout) for case in _examples(rule, prefix)]


def _examples(rule: dict[str, str], prefix: str) -> Iterator[Labelled]:
    code = rule["code"] or ""
    if not re.fullmatch(rf"{prefix}\d+", code) or rule.get("preview"):
        return
    parts = re.split(r"^Use instead:", rule["explanation"], maxsplit=1, flags=re.MULTILINE)
    for part, count, name in zip(parts, (1, 0), ("bad", "good"), strict=False):
        blocks = re.findall(r"^```python\n(.*?)^```", part, re.MULTILINE | re.DOTALL)
        if blocks:
            yield Labelled(f"{code}_{name}.py", blocks[0], count=count, rule=code)


def of_secrets(seed: int = 2026, each: int = 10) -> list[Labelled]:
    """Return files with drawn look-alikes of secrets, and files with what only looks like one."""
    draw = random.Random(seed)  # noqa: S311 - what is drawn only looks like a secret

    def some(length: int, letters: str = string.ascii_letters + string.digits) -> str:
        return "".join(draw.choices(letters, k=length))

    hexadecimal = "0123456789abcdef"
    secrets = {
        "github.py": lambda: f'TOKEN = "ghp_{some(36)}"',
        "slack.js": lambda: f'const t = "xoxb-{some(12, "123")}-{some(12, "456")}-{some(24)}";',
        "aws.yml": lambda: f"key: AKIA{some(16, string.ascii_uppercase + '234567')}",
        "stripe.py": lambda: f'stripe.api_key = "sk_live_{some(24)}"',
        "password.py": lambda: f'password = "{some(14)}"',
        "password.yml": lambda: f"db_password: {some(18)}",
        ".env": lambda: f"API_SECRET={some(32, hexadecimal)}",
        "url.toml": lambda: f'url = "postgres://app:{some(14)}@db.internal/x"',
        "key.pem": lambda: (
            f"-----BEGIN RSA {'PRIVATE'} KEY-----\n{some(64)}\n-----END RSA {'PRIVATE'} KEY-----"
        ),
    }
    harmless = {
        "hash.py": lambda: f'DIGEST = "sha256:{some(64, hexadecimal)}"',
        "commit.yml": lambda: f"- uses: actions/checkout@{some(40, hexadecimal)}",
        "environment.py": lambda: f'password = os.environ["{some(6, string.ascii_uppercase)}"]',
        "placeholder.py": lambda: (
            f'password = "<your-{draw.choice(["db", "api", "mail"])}-password>"'
        ),
        "template.yml": lambda: f"password: ${{{{ secrets.{some(8, string.ascii_uppercase)} }}}}",
        "name.py": lambda: (
            f'token_url = "https://example.com/{some(8, string.ascii_lowercase)}/token"'
        ),
        "uuid.json": lambda: (
            f'{{"id": "{some(8, hexadecimal)}-{some(4, hexadecimal)}-4abc-9abc-'
            f'{some(12, hexadecimal)}"}}'
        ),
        "hint.py": lambda: f'password_hint = "the name of your {draw.choice(["dog", "cat"])}"',
        "model.py": lambda: f"secret: SecretStr = Field(min_length={draw.randint(8, 64)})",
    }
    return [
        Labelled(f"{number}/{name}", f"{make()}\n", lines)
        for kinds, lines in ((secrets, (1,)), (harmless, ()))
        for number in range(each)
        for name, make in kinds.items()
    ]
