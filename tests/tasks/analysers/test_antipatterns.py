from __future__ import annotations

import pytest

from tasks.analysers.antipatterns import RULES, wants

NOTHING = {
    "a query": "conn.execute('select 1')",
    "a list of statements": "for s in statements:\n    conn.execute(s)",
    "tables": "for t in tables:\n    conn.execute(f'create table {t}')",
    "a pragma": "for t in tables:\n    conn.execute('PRAGMA x', t)",
    "pages": "while rows:\n    rows = conn.execute('select 1', page)",
    "a retry": "for _ in z:\n  try:\n    db.execute('select 1')\n    break\n  except E: ...",
    "a retry with else": "for _ in z:\n try: db.execute('select')\n except E: ...\n else: break",
    "a search": "def f():\n  for x in y:\n    if x:\n      return db.execute('select 1')",
    "an executor": "for x in y:\n    executor.execute(x)",
    "no statement": "for x in y:\n    conn.execute()",
    "rows": "for row in conn.execute('select 1'):\n    print(row)",
    "an else": "for x in y:\n    pass\nelse:\n    conn.execute('select 1')",
    "a function in a loop": "for x in y:\n    def f():\n        conn.execute('select 1')",
    "a class in a loop": "for x in y:\n    class A:\n        z = conn.execute('select 1')",
    "a lambda": "for x in y:\n    f(lambda: conn.execute('select 1'))",
    "a session": "import requests\ns = requests.Session()\nfor u in us:\n    s.get(u)",
    "a list called requests": "for r in requests:\n    requests.get(r)",
    "polling": "import requests\nwhile True:\n    requests.get(u)",
    "another requests": "import mine as requests\nfor u in us:\n    requests.get(u)",
    "different files": "for p in ps:\n    open(p)",
    "a file named anew": "for p in ps:\n    q = p + 'x'\n    open(q)",
    "a file of a part": "for p in ps:\n    open(p.name)",
    "a file by a call": "for p in ps:\n    open(next(names))",
    "reading a state": "while True:\n    open('/proc/self/stat')",
    "a file once": "with open('a') as f:\n    for line in f:\n        print(line)",
    "different patterns": "import re\nfor p in ps:\n    re.compile(p)",
    "another re": "for p in ps:\n    re.compile('a')",
    "a pattern made of parts": "import re\nfor p in ps:\n    re.compile(f'a{p}')",
    "a deque": "for x in y:\n    z.popleft()",
    "the last": "while x:\n    x.pop()\n    x.pop(-1)",
    "arguments": "import sys\nwhile sys.argv:\n    sys.argv.pop(0)",
    "one pop": "x.pop(0)",
    "the path": "import sys\nfor p in ps:\n    sys.path.insert(0, p)",
    "a column": "for c in cs:\n    frame.insert(0, 'x', c)",
    "in the middle": "for c in cs:\n    z.insert(3, c)",
    "a number": "n = 0\nfor x in y:\n    n += x",
    "a text begun anew": "for x in y:\n    s = ''\n    s += x",
    "a name of two kinds": "s = ''\ns = []\nfor x in y:\n    s += x",
    "a part": "s = ''\nfor x in y:\n    z.s += x",
    "less": "s = ''\nfor x in y:\n    s -= x",
    "one text": "s = ''\ns += 'a'",
}

SOMETHING = [
    ("for x in y:\n    cursor.execute('select 1', x)", "query-in-loop", 2),
    ("async def f():\n async for x in y:\n  await a.db.fetchrow('select', x)", "query-in-loop", 3),
    ("for x in y:\n  session.execute(select(A).where(A.id == x))", "query-in-loop", 2),
    ("for x in y:\n    conn.execute(f'SELECT {x}')", "query-in-loop", 2),
    ("z = [Thing.objects.get(id=x) for x in y]", "query-in-loop", 1),
    ("for x in y:\n  with a:\n    if b:\n      Thing.objects.create(x=x)", "query-in-loop", 4),
    ("for x in y:\n  for z in x:\n    db.execute('select 1', x)\n    break", "query-in-loop", 3),
    ("import requests\nfor u in us:\n    requests.get(u)", "connection-in-loop", 3),
    ("import httpx\nz = {u: httpx.get(u) for u in us if httpx}", "connection-in-loop", 2),
    ("for x in y:\n    open('log', 'a').write(x)", "open-in-loop", 2),
    ("def f(path):\n  for x in y:\n    with open(path) as f:\n      f.read()", "open-in-loop", 3),
    ("import re\nwhile x:\n    re.compile('a').match(x)", "compile-in-loop", 3),
    ("import re\nfor x in y:\n    re.compile(PATTERN, re.I)", "compile-in-loop", 3),
    ("while queue:\n    queue.pop(0)", "pop-first", 2),
    ("for x in y:\n    self.items.insert(0, x)", "insert-first", 2),
    ("s = ''\nfor x in y:\n    s += x", "string-in-loop", 3),
    ("def f():\n    s = f'{a}'\n    while x:\n        s += 'b'", "string-in-loop", 4),
]  # fmt: skip


@pytest.mark.parametrize("code", NOTHING.values(), ids=NOTHING)
def test_it_says_nothing_of_what_is_done_once_or_must_be_done_each_time(rules, code):
    assert rules("antipatterns", {"a.py": f"{code}\n"}) == []


@pytest.mark.parametrize(("code", "rule", "line"), SOMETHING)
def test_it_finds_what_a_loop_could_do_once(rules, code, rule, line):
    assert rules("antipatterns", {"a.py": f"{code}\n"}) == [(f"antipatterns/{rule}", "a.py", line)]


def test_every_rule_has_an_example():
    assert {rule for _, rule, _ in SOMETHING} == set(RULES)


@pytest.mark.parametrize(
    ("path", "wanted"),
    [("tests/test_a.py", False), ("x/migrations/1.py", False), ("a.js", False), ("a.py", True)],
)
def test_it_wants_code_that_runs_often(path, wanted):
    assert wants(path, "") is wanted


def loops(depth, name="f"):
    lines = [f"{'    ' * (level + 1)}for x{level} in y:" for level in range(depth)]
    return "\n".join([f"def {name}():", *lines, "    " * (depth + 1) + "pass", ""])


@pytest.mark.parametrize(
    ("head", "base", "levels"),
    [
        (loops(1), None, []),
        (loops(3), None, []),  # new: who knows what it is for
        (loops(2), loops(1), []),
        (loops(3), loops(3), []),
        (loops(3, "g"), loops(3, "f"), []),
        (loops(4), None, ["info"]),
        (loops(3), loops(2), ["warning"]),
        ("def f():\n    return [a for b in c for d in e for g in h]\n", loops(1), ["warning"]),
    ],
)
def test_loops_that_nest_deeper_than_before_are_found(look_at, head, base, levels):
    answer = look_at("antipatterns", {"a.py": head}, before={"a.py": base} if base else None)
    assert [finding.severity.label for finding in answer.findings] == levels


def test_the_depth_is_told_with_what_it_was(look_at):
    (found,) = look_at("antipatterns", {"a.py": loops(3)}, before={"a.py": loops(2)}).findings
    assert (found.line, found.end_line) == (1, 5)
    assert found.message == "`f` nests 3 loops within each other; it was 2"


def test_what_the_base_did_is_not_told(rules):
    bad = "while q:\n    q.pop(0)\n"
    assert rules("antipatterns", {"a.py": "x = 1\n"}, before={"a.py": bad}) == []


def test_columns_are_characters(look_at):
    (found,) = look_at("antipatterns", {"a.py": "while q:\n    'é日'; q.pop(0)\n"}).findings
    assert found.column == 11


@pytest.mark.parametrize("bad", [b"x = '\xe9'\n", b"x = 1" + b"+1" * 30_000 + b"\n"])
def test_one_file_that_cannot_be_read_costs_no_other(look_at, bad):
    answer = look_at("antipatterns", {"a.py": bad, "b.py": "while q:\n    q.pop(0)\n"})
    assert [gap.path for gap in answer.gaps] == ["a.py"]
    assert [finding.path for finding in answer.findings] == ["b.py"]
