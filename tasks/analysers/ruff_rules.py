"""Which of ruff's rules we ask for, and how bad each is here.

Ruff calls everything an error, and its own defaults are about style. These are the rules whose
findings the maintainers of well-known projects would have mended: chosen by what each
said about 150 commits of six of them (``docs/analysers.md``).
"""

from __future__ import annotations

from pathlib import PurePosixPath

from tasks.analysers.contract import is_test
from tasks.core.finding import Severity

SELECT = (
    "F",
    "E7", "E9", "W605",
    "N804", "N805",
    "B",
    "C4",
    "UP",
    "SIM101", "SIM103", "SIM107", "SIM109", "SIM113", "SIM115", "SIM2", "SIM401",
    "SIM910", "SIM911",
    "PIE",
    "PLE", "PLW", "PLC0414", "PLR0124", "PLR0133", "PLR0206", "PLR1704", "PLR1711", "PLR1722",
    "TRY201", "TRY203", "TRY401",
    "DTZ003", "DTZ004",
    "RUF006", "RUF008", "RUF009", "RUF013", "RUF016", "RUF018", "RUF019", "RUF020", "RUF024",
    "RUF026", "RUF030", "RUF032", "RUF033", "RUF034", "RUF040", "RUF041", "RUF048", "RUF060",
    "T10", "YTT", "INT", "PGH005", "D419", "NPY",
    "LOG", "G010", "G101", "G202",
    "PT010", "PT014", "PT015", "PT017", "PT020", "PT025", "PT026",
)  # fmt: skip

LEFT_OUT = (
    "F405",  # a name that may come from a star import; F403 says so once
    "E701", "E702", "E703", "E741",  # layout and taste
    "B008",  # FastAPI's Depends() and Typer's Option() are calls in defaults
    "B009", "B010",  # getattr with a constant: often for the type checker
    "B027",  # an empty method of an abstract class is often a hook
    "B028", "B904", "B905",  # good habits; on a change they read as nagging
    "C408",  # dict(a=1): taste
    "C419",  # performance_review says it
    "UP006", "UP007", "UP035", "UP037", "UP045",  # the older spelling is often a whole project's
    "UP030", "UP031", "UP032",  # %-formatting and str.format() are no bugs
    "UP040", "UP046", "UP047",  # type parameters: for whoever drops 3.11
    "SIM211", "SIM212", "SIM220", "SIM221",
    "PIE790",  # `pass` below a docstring
    "PLW0108", "PLW0603", "PLW1641", "PLW2901", "PLW0642",
    "NPY002",  # numpy's old random generator is still reproducible
    "LOG015",  # logging on the root logger: what a script does
)  # fmt: skip

ERRORS = ("invalid-syntax", "E9", "F50", "F63", "F70", "F82", "PLE", "B002", "YTT")
WARNINGS = (
    "F", "B", "PLW", "E722", "T10", "RUF006", "RUF008", "RUF009", "RUF016", "RUF018",
    "RUF024", "RUF026", "RUF032", "RUF033", "RUF040", "PT014", "PT015", "PT026", "LOG", "G202",
    "PGH005", "SIM115", "N80", "PLR0124", "PLR0133", "PLR1704", "INT", "NPY",
)  # fmt: skip
INFO = ("B006", "B007", "B011", "B016", "B033", "PLW0120", "PLW1508", "F541")
"""What is among the warnings by its letter, and is no more than untidy."""

NOT_IN_TESTS = frozenset(
    {"B011", "B015", "B017", "B018", "DTZ003", "DTZ004", "F811", "PLR0124", "PLR0133", "PLR1704"}
    | {"PLW0127", "PLW0128", "PLW0129", "PLW0133", "PLW0177", "PLW1510", "SIM115", "N805", "B023"}
)
"""What tests do on purpose: compare a thing with itself, name a fixture again, see it raise."""


def severity(code: str, message: str = "") -> Severity:
    """Return how bad a rule of ruff is here.

    A name that is a builtin of a newer Python is no error: code that asks for the version first
    is right, and ruff does not follow the question.
    """
    if code == "F821" and "requires-python" in message:
        return Severity.WARNING
    if code.startswith(ERRORS):
        return Severity.ERROR
    return Severity.WARNING if code.startswith(WARNINGS) and code not in INFO else Severity.INFO


def is_meant(code: str, path: str) -> bool:
    """Return whether code of this path does this on purpose."""
    name = PurePosixPath(path).name
    if code in {"F401", "F403"} and name in {"__init__.py", "__init__.pyi", "conftest.py"}:
        return True  # an import there is for others
    return code in NOT_IN_TESTS and is_test(path)
