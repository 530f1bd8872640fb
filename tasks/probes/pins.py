"""Read exact versions out of files that pin dependencies, as data: nothing is resolved or run."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable, Iterator
from typing import Any, NamedTuple

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from tasks.probes.json_marks import read_json


class Pin(NamedTuple):
    """One dependency at one version; ``ecosystem`` is OSV's word."""

    ecosystem: str
    name: str
    version: str
    line: int


_COMMENT = re.compile(r"(^|\s)#.*$")
_OPTION = re.compile(r"\s+--?[a-z].*$")


def of_requirement(text: str, line: int) -> Iterator[Pin]:
    """Yield the pin of a PEP 508 requirement, if it is one exact version."""
    try:
        requirement = Requirement(text)
    except InvalidRequirement:
        return
    exact = [each for each in requirement.specifier if each.operator in {"==", "==="}]
    if exact and not exact[0].version.endswith(".*"):
        yield Pin("PyPI", canonicalize_name(requirement.name), exact[0].version, line)


def of_requirements(text: str) -> Iterator[Pin]:
    """Yield the pins of a requirements file; what it includes is a file of its own."""
    for number, line in enumerate(text.split("\n"), 1):
        bare = _OPTION.sub("", _COMMENT.sub("", line).removesuffix("\\").rstrip()).strip()
        yield from of_requirement(bare, number)


def of_pyproject(text: str) -> Iterator[Pin]:
    """Yield the pins of a pyproject.toml: PEP 621, PEP 735 and the build's own."""
    data = tomllib.loads(text)
    project = _table(data, "project")
    groups = [project.get("dependencies"), _table(data, "build-system").get("requires")]
    groups += _table(project, "optional-dependencies").values()
    groups += _table(data, "dependency-groups").values()
    lines = text.split("\n")
    for requirement in [each for group in groups for each in _texts(group)]:
        quoted = (f'"{requirement}"', f"'{requirement}'")
        at = next((n for n, line in enumerate(lines, 1) if any(q in line for q in quoted)), 1)
        yield from of_requirement(requirement, at)


def _table(data: dict[str, Any], key: str) -> dict[str, Any]:
    value = data.get(key)
    return value if isinstance(value, dict) else {}


def _texts(group: object) -> list[str]:
    return [each for each in group if isinstance(each, str)] if isinstance(group, list) else []


def of_toml_lock(text: str) -> Iterator[Pin]:
    """Yield the pins of uv.lock, poetry.lock or pdm.lock that come from a registry."""
    packages = tomllib.loads(text).get("package", [])
    heads = [n for n, line in enumerate(text.split("\n"), 1) if line.strip() == "[[package]]"]
    lines = text.split("\n")
    for package, head in zip(packages, heads, strict=False):
        source = package.get("source", {})
        elsewhere = source.get("type", "legacy") != "legacy" or (
            source and "registry" not in source and "type" not in source
        )  # uv: a path, a folder or a git repository; poetry: the same, by its type
        from_git = {"git", "path", "url"} & set(package)  # pdm
        name, version = package.get("name"), package.get("version")
        if elsewhere or from_git or not isinstance(name, str) or not isinstance(version, str):
            continue
        at = next((n for n in (head + 1, head + 2) if lines[n - 1].startswith("version")), head)
        yield Pin("PyPI", canonicalize_name(name), version, at)


def of_pipfile_lock(text: str) -> Iterator[Pin]:
    """Yield the pins of a Pipfile.lock."""
    marks = read_json(text)
    for (path, line), value in _at_paths(marks.value, marks.lines):
        if len(path) == 3 and path[0] != "_meta" and path[2] == "version":  # noqa: PLR2004 - group, name, "version"
            version = str(value).removeprefix("==")
            yield Pin("PyPI", canonicalize_name(str(path[1])), version, line)


def _at_paths(
    value: Any,  # noqa: ANN401 - any JSON
    lines: dict[tuple[str | int, ...], int],
) -> Iterator[tuple[tuple[tuple[str | int, ...], int], object]]:
    for path, line in lines.items():
        inner = value
        for part in path:
            inner = inner[part]
        yield (path, line), inner


def of_package_lock(text: str) -> Iterator[Pin]:
    """Yield the pins of a package-lock.json of any version."""
    marks = read_json(text)
    for (path, line), value in _at_paths(marks.value, marks.lines):
        if not path or path[-1] != "version" or not isinstance(value, str):
            continue
        around = _inside(marks.value, path[:-1])
        parents = [str(part) for part in path[:-1]]
        if around.get("link") or not re.fullmatch(r"\d+\.\d+\.\d+\S*", value):
            continue  # a folder, a tarball or a git repository
        if parents[:1] == ["packages"] and len(parents) > 1 and "node_modules/" in parents[1]:
            name = around.get("name") or parents[1].rsplit("node_modules/", 1)[-1]
            yield Pin("npm", str(name), value, line)
        elif parents[:1] == ["dependencies"] and "packages" not in marks.value:  # type: ignore[operator] # a mapping: it has dependencies
            yield Pin("npm", parents[-1], value, line)


def _inside(value: Any, path: Iterable[str | int]) -> dict[str, Any]:  # noqa: ANN401 - any JSON
    for part in path:
        value = value[part]
    return value if isinstance(value, dict) else {}


_YARN_HEAD = re.compile(r'^"?(?P<name>@?[^@"\s,]+)@[^:]*.*:$')
_YARN_VERSION = re.compile(r'^  version:? "?(?P<version>\d+\.\d+\.\d+[^"\s]*)"?$')
_YARN_LOCAL = re.compile(r"@(workspace|file|link|portal|patch):")


def of_yarn_lock(text: str) -> Iterator[Pin]:
    """Yield the pins of a yarn.lock, of the old format and of the new one."""
    name = ""
    for number, line in enumerate(text.split("\n"), 1):
        if line and not line[0].isspace():
            head = _YARN_HEAD.match(line)
            name = head["name"] if head and not _YARN_LOCAL.search(line) else ""
        elif name and (version := _YARN_VERSION.match(line)):
            yield Pin("npm", name, version["version"], number)


READERS: dict[str, Callable[[str], Iterator[Pin]]] = {
    "requirements": of_requirements,
    "pyproject": of_pyproject,
    "toml-lock": of_toml_lock,
    "pipfile-lock": of_pipfile_lock,
    "package-lock": of_package_lock,
    "yarn-lock": of_yarn_lock,
}
"""How to read each kind of file that ``tasks.analysers.osv`` knows."""
