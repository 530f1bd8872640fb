from __future__ import annotations

import json
import zipfile

import pytest

from tasks.analysers.osv import kind
from tasks.core.plan import Trouble
from tests.tasks.analysers.osv_server import JINJA, JINJA_AGAIN, LODASH, WITHDRAWN, running

BAD = "flask==3.0.0\nJinja2[i18n]==2.10 ; python_version > '3' # why\n"


@pytest.fixture
def server():
    with running() as server:
        yield server


@pytest.fixture
def export(tmp_path):
    path = tmp_path / "all.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for record in (JINJA, JINJA_AGAIN, WITHDRAWN):
            info = zipfile.ZipInfo(f"{record['id']}.json", (2026, 3, 1, 0, 0, 0))
            archive.writestr(info, json.dumps(record))
    return str(path)


@pytest.mark.parametrize(
    ("path", "how"),
    [
        ("README.md", ""),
        ("setup.py", ""),
        ("requirements.txt", "requirements"),
        ("requirements/dev.txt", "requirements"),
        ("dev-requirements.in", "requirements"),
        ("constraints.txt", "requirements"),
        ("pyproject.toml", "pyproject"),
        ("uv.lock", "toml-lock"),
        ("a/poetry.lock", "toml-lock"),
        ("Pipfile.lock", "pipfile-lock"),
        ("web/package-lock.json", "package-lock"),
        ("yarn.lock", "yarn-lock"),
    ],
)
def test_how_a_file_pins(path, how):
    assert kind(path) == how


@pytest.mark.parametrize(
    ("text", "before"),
    [
        ("", None),
        ("jinja2>=2\n-r other.txt\n", None),
        (BAD, BAD),
        (BAD + "# a comment\n", BAD),
    ],
)
def test_it_asks_nobody_where_no_pin_is_new(look_at, server, text, before):
    files = {"requirements.txt": text}
    old = {} if before is None else {"requirements.txt": before}
    answer = look_at("osv", files, before=old, settings={"osv": server.url})
    assert (answer.findings, answer.gaps) == ((), ())
    assert server.asked == []


def test_a_new_pin_with_a_known_vulnerability_is_one_finding_on_its_line(look_at, server):
    answer = look_at(
        "osv",
        {"requirements.txt": BAD},
        before={"requirements.txt": "flask==3.0.0\njinja2==3.1.6\n"},
        settings={"osv": f"{server.url}/"},
    )
    assert not answer.gaps
    (found,) = answer.findings
    assert (found.rule, found.line, found.severity.label) == ("osv/GHSA-462w-v97r-4m45", 2, "error")
    assert found.message.startswith(
        "jinja2 2.10: Jinja2 sandbox escape via string formatting; fixed in 2.10.1 (OSV, 20"
    )
    asked = [query for body in server.asked for query in body["queries"]]
    assert {query["package"]["name"] for query in asked} == {"jinja2"}


def test_every_page_of_an_answer_is_read(look_at, server):
    look_at("osv", {"requirements.txt": BAD}, settings={"osv": server.url})
    tokens = [[q.get("page_token") for q in body["queries"]] for body in server.asked]
    assert tokens == [[None, None], ["1"], ["2"]]


def test_other_lock_files_are_read_too(rules, server):
    lock = {
        "lockfileVersion": 3,
        "packages": {"": {}, "node_modules/lodash": {"version": "4.17.11"}},
    }
    files = {
        "package-lock.json": json.dumps(lock, indent=1),
        "uv.lock": 'version = 1\n\n[[package]]\nname = "jinja2"\nversion = "2.10"\n',
        "pyproject.toml": '[project]\ndependencies = [\n  "jinja2==2.10",\n]\n',
    }
    assert sorted(rules("osv", files, settings={"osv": server.url})) == [
        ("osv/GHSA-462w-v97r-4m45", "pyproject.toml", 3),
        ("osv/GHSA-462w-v97r-4m45", "uv.lock", 5),
        ("osv/GHSA-jf85-cpcp-j695", "package-lock.json", 6),
    ]


def test_a_server_that_stumbles_once_is_asked_again(rules, server):
    server.statuses = [503]
    found = rules("osv", {"requirements.txt": BAD}, settings={"osv": server.url})
    assert len(found) == 1


@pytest.mark.parametrize(
    ("statuses", "spoilt", "trouble", "why"),
    [
        ([503, 503], b"", Trouble.NETWORK, "no OSV data: OSV answered 503"),
        ([429, 429], b"", Trouble.NETWORK, "no OSV data: OSV answered 429"),
        ([400], b"", Trouble.UNREADABLE, "OSV refused the question (400)"),
        ([], b"<html>", Trouble.UNREADABLE, "OSV's answer cannot be read (JSONDecodeError)"),
        ([], b'{"results": []}', Trouble.UNREADABLE, "OSV's answer cannot be read (ValueError)"),
        ([], b"{}", Trouble.UNREADABLE, "OSV's answer cannot be read (KeyError)"),
    ],
)
def test_without_an_answer_it_did_not_look(look_at, server, statuses, spoilt, trouble, why):
    server.statuses, server.spoilt = statuses, spoilt
    answer = look_at("osv", {"requirements.txt": BAD}, settings={"osv": server.url})
    assert not answer.findings
    assert [gap.why for gap in answer.gaps] == [why]
    assert answer.troubles == {trouble}


def test_without_a_network_it_did_not_look(look_at, server):
    url = server.url
    server.server_close()
    answer = look_at("osv", {"requirements.txt": BAD}, settings={"osv": url})
    assert answer.troubles == {Trouble.NETWORK}
    assert "no OSV data: OSV cannot be reached" in answer.gaps[0].why


def test_an_export_is_asked_instead(look_at, export):
    answer = look_at("osv", {"requirements.txt": BAD}, settings={"osv": export})
    assert not answer.gaps
    (found,) = answer.findings
    assert (found.rule, found.line) == ("osv/GHSA-462w-v97r-4m45", 2)
    assert found.message.endswith("(OSV, export of 2026-03-01)")


@pytest.mark.parametrize(
    ("source", "files", "why"),
    [
        ("off", {"requirements.txt": BAD}, "no OSV data: it is switched off by the policy"),
        ("/nowhere/all.zip", {"requirements.txt": BAD}, "the OSV export cannot be read (FileNot"),
        (
            "",
            {"yarn.lock": 'lodash@^4.0.0:\n  version "4.17.11"\n'},
            "no OSV data: the export has nothing on npm",
        ),
    ],
)
def test_without_data_it_did_not_look(look_at, export, source, files, why):
    answer = look_at("osv", files, settings={"osv": source or export})
    assert not answer.findings
    assert answer.gaps[0].why.startswith(why)


def test_a_file_that_cannot_be_read_is_a_gap_and_costs_no_other_its_answer(look_at, server):
    files = {
        "pyproject.toml": "[project\n",
        "package-lock.json": "[" * 10_000,
        "uv.lock": b"\xff",
        "requirements.txt": BAD,
    }
    answer = look_at("osv", files, settings={"osv": server.url})
    assert sorted(gap.path for gap in answer.gaps) == [
        "package-lock.json",
        "pyproject.toml",
        "uv.lock",
    ]
    assert [found.path for found in answer.findings] == ["requirements.txt"]


def test_of_a_base_that_cannot_be_read_everything_is_new(look_at, server):
    answer = look_at(
        "osv",
        {"requirements.txt": BAD},
        before={"requirements.txt": b"\xff"},
        settings={"osv": server.url},
    )
    assert len(answer.findings) == 1


def test_lodash_has_no_word_for_its_severity_but_a_score(look_at, server):
    files = {"yarn.lock": 'lodash@^4.0.0:\n  version "4.17.11"\n'}
    (found,) = look_at("osv", files, settings={"osv": server.url}).findings
    assert found.severity.label == "critical"  # 9.1 by its vector
    assert found.rule == f"osv/{LODASH['id']}"
