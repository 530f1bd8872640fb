"""A problem for every analyser to find, and everything that might keep it from finding it."""

from __future__ import annotations

from dataclasses import dataclass, field

NESTED = "def f(a, b, c):\n" + "".join(
    f"{'    ' * depth}for x{depth} in a:\n{'    ' * (depth + 1)}if x{depth} and b or c:\n"
    for depth in range(1, 12, 2)
)
NESTED += "    " * 13 + "pass\n"

TWICE = "".join(f"    value_{i} = compute(argument, {i}) + other[{i}] * 3\n" for i in range(14))
KEY = "AKIA" + "Z7Q4M2XWRT6NKLP3"


@dataclass(frozen=True)
class Seed:
    """A file with a problem: ``name`` is where a hostile stem goes."""

    name: str
    content: str
    rule: str
    before: str | None = None
    settings: dict = field(default_factory=dict)
    silenced: str | None = None
    """The same with a comment that would silence it; None where there is no such comment."""


SEEDS = {
    "ruff": Seed(
        "{}.py", "import os\n", "ruff/F401", silenced="# ruff: noqa\nimport os  # noqa: F401\n"
    ),
    "cyclomatic": Seed(
        "{}.py",
        NESTED,
        "cyclomatic/complexity",
        silenced="# ruff: noqa\n" + NESTED.replace("):\n", "):  # noqa: C901\n", 1),
    ),
    "cognitive": Seed(
        "{}.py",
        NESTED,
        "cognitive/complexity",
        silenced=NESTED.replace("):\n", "):  # complexipy: ignore\n", 1),
    ),
    "jscpd": Seed(
        "{}.py",
        f"def f(argument, other):\n{TWICE}\n\ndef g(argument, other):\n{TWICE}",
        "jscpd/clone",
    ),
    "vulture": Seed(
        "{}.py",
        "def f():\n    return 1\n    print(2)\n",
        "vulture/unreachable-code",
        silenced="def f():\n    return 1\n    print(2)  # noqa\n",
    ),
    "typos": Seed(
        "{}.md",
        "It is relavent.\n",
        "typos/typo",
        silenced="<!-- typos:disable spellchecker:off -->\nrelavent # spellchecker:disable-line\n",
    ),
    "silencers": Seed("{}.py", "import os  # noqa\n", "silencers/noqa"),
    "oxlint": Seed("{}.js", "debugger;\n", "oxlint/eslint/no-debugger"),
    "ty": Seed(
        "{}.py",
        'x: int = "a"\n',
        "ty/invalid-assignment",
        settings={"enabled": True},
        silenced='x: int = "a"  # type: ignore\n',
    ),
    "griffe": Seed(
        "{}.py", "def f(a): ...\n", "griffe/parameter-removed", before="def f(a, b): ...\n"
    ),
    "ruff_perf": Seed(
        "{}.py",
        "async def f():\n    open('a')\n",
        "ruff_perf/ASYNC230",
        silenced="async def f():\n    open('a')  # noqa\n",
    ),
    "antipatterns": Seed(
        "{}.py",
        "import re\nfor x in y:\n    re.compile('a')\n",
        "antipatterns/compile-in-loop",
        silenced="import re\nfor x in y:\n    re.compile('a')  # noqa\n",
    ),
    "ruff_security": Seed(
        "{}.py", "eval(x)\n", "ruff_security/S307", silenced="eval(x)  # noqa: S307\n"
    ),
    "bandit": Seed(
        "{}.py",
        "exec(x)\n",
        "bandit/B102",
        settings={"tests": ("B102",)},
        silenced="exec(x)  # nosec\n",
    ),
    "secrets": Seed("{}.py", f'aws_key = "{KEY}"\n', "secrets/"),
    "zizmor": Seed(
        ".github/workflows/{}.yml",
        "on: pull_request_target\njobs: {}\n",
        "zizmor/dangerous-triggers",
        silenced="on: pull_request_target # zizmor: ignore[dangerous-triggers]\njobs: {}\n",
    ),
    "jactionlint": Seed(
        ".github/workflows/{}.yml",
        "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n"
        "      - run: echo ${{ nope.x }}\n",
        "jactionlint/",
    ),
    "hadolint": Seed(
        "{}.Dockerfile",
        "FROM debian:12\nRUN cd /x\n",
        "hadolint/DL3003",
        silenced="FROM debian:12\n# hadolint ignore=DL3003\nRUN cd /x\n",
    ),
    "shellcheck": Seed("{}.sh", "#!/bin/sh\necho $1\n", "shellcheck/"),
    "yamllint": Seed("{}.yaml", "a: 1\na: 2\n", "yamllint/"),
    "data_syntax": Seed("{}.json", '{"a": 1,}\n', "data_syntax/"),
    "schemas": Seed(".github/workflows/{}.yml", "on: push\n", "schemas/"),
    "kubernetes": Seed(
        "{}.yaml",
        "apiVersion: v1\nkind: Pod\nmetadata:\n  name: a\nspec:\n  containers: 3\n",
        "kubernetes/",
    ),
}

ELSEWHERE = {
    "gitleaks": "a binary of the system: tested where it is, in test_gitleaks",
    "osv": "wants a database: tested with one, in test_osv",
}

OBEYS = {"jscpd", "oxlint", "shellcheck"}
"""Cannot be told to disregard a comment: their modules say so, and silencers lists those."""

NAMES = ("--config=evil", "-x", "a b", "qu'o\"te", "new\nline", "é 日本", "[a]*?", "$(id)")

CONFIGURATIONS = {
    "ruff.toml": "[lint]\nselect = []\n",
    ".ruff.toml": "exclude = ['*']\n",
    "pyproject.toml": "[tool.ruff]\nexclude = ['*']\n[tool.ty.rules]\nall = 'ignore'\n"
    "[tool.vulture]\nmin_confidence = 100\nexclude = ['*']\n[tool.complexipy]\nexclude = ['*']\n"
    "[tool.bandit]\nskips = ['B102']\nexclude_dirs = ['/']\n[tool.typos.files]\n"
    "extend-exclude = ['*']\n",
    "setup.cfg": "[flake8]\nexclude = *\n[bandit]\nskips = B102\n",
    ".typos.toml": "[files]\nextend-exclude = ['*']\n",
    "typos.toml": "[default.extend-words]\nrelavent = 'relavent'\n",
    ".yamllint": "rules: {}\nignore: '*'\n",
    ".bandit": "[bandit]\nskips = B102\nexclude = /\n",
    "zizmor.yml": "rules:\n  dangerous-triggers:\n    disable: true\n",
    ".hadolint.yaml": "ignored: [DL3003]\n",
    ".shellcheckrc": "disable=all\n",
    ".oxlintrc.json": '{"ignorePatterns": ["**/*"], "categories": {"correctness": "off"}}\n',
    ".eslintignore": "*\n",
    ".jscpd.json": '{"ignore": ["**/*"], "minTokens": 9000}\n',
    "mypy.ini": "[mypy]\nignore_errors = True\n",
    "ty.toml": "[rules]\nall = 'ignore'\n",
    ".gitignore": "*\n",
    ".ignore": "*\n",
    ".gitattributes": "* linguist-generated=true\n",
    "re.py": "raise SystemExit('the repository was imported')\n",
    "json.py": "raise SystemExit('the repository was imported')\n",
    "sitecustomize.py": "raise SystemExit('the repository was imported')\n",
}
