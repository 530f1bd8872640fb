"""Print which pins that a change adds or moves have known vulnerabilities, by OSV's data.

``osv SOURCE DATE -- KIND HEAD BASE ...``: SOURCE is the API's URL, the path of an export, or off;
DATE is only there so that an answer is no older than a day. Exit 75: OSV could not be asked.
"""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Iterable, Iterator, Sequence

from tasks.probes.advisories import Record, fixed_in, how_bad
from tasks.probes.files import CannotLookError, Item, operands, tell, text_of
from tasks.probes.osv_export import look_up
from tasks.probes.osv_web import NoNetworkError, ask
from tasks.probes.pins import READERS, Pin

TRY_AGAIN_LATER = 75
"""EX_TEMPFAIL of sysexits.h."""


def new_pins(kind: str, head: str, base: str) -> list[Pin]:
    """Return the pins of a file that its base has not, each once.

    Raises:
        CannotLookError: the file cannot be read.
    """
    old: set[tuple[str, str]] = set()
    if base:
        try:
            old = {(pin.name, pin.version) for pin in READERS[kind](text_of(base))}
        except (CannotLookError, ValueError, RecursionError, TypeError, AttributeError):
            old = set()  # then all of the head is new
    try:
        pins = list(READERS[kind](text_of(head)))
    except (tomllib.TOMLDecodeError, ValueError, TypeError, AttributeError):
        raise CannotLookError("its pins cannot be read") from None
    fresh = {(pin.name, pin.version): pin for pin in reversed(pins)}
    return sorted(
        (pin for key, pin in fresh.items() if key not in old), key=lambda pin: (pin.line, pin.name)
    )


def items(pin: Pin, records: Iterable[Record], date: str) -> Iterator[Item]:
    """Yield one remark for each vulnerability of a pin, whatever number of names it has."""
    told: set[str] = set()
    for record in sorted(records, key=lambda record: not str(record["id"]).startswith("GHSA-")):
        names = {str(record["id"]), *map(str, record.get("aliases", []))}
        if record.get("withdrawn") or told & names:
            continue
        told |= names
        mended = fixed_in(record, pin)
        summary = str(record.get("summary") or "").strip() or "a known vulnerability"
        cure = f"; fixed in {mended}" if mended else ""
        yield {
            "line": pin.line,
            "rule": str(record["id"]),
            "bad": how_bad(record),
            "message": f"{pin.name} {pin.version}: {summary[:150]}{cure} (OSV, {date})",
        }


def answers(source: str, date: str, pins: Sequence[Pin]) -> tuple[dict[Pin, list[Record]], str]:
    """Return the records on each pin, and the date of the data.

    Raises:
        CannotLookError: there is no data to look at.
        NoNetworkError: there is none just now.
    """
    if source == "off":
        raise CannotLookError("no OSV data: it is switched off by the policy")
    if source.startswith(("http://", "https://")):
        return ask(source, pins), date
    found, newest, ecosystems = look_up(source, pins)
    if missing := sorted({pin.ecosystem for pin in pins} - ecosystems):
        raise CannotLookError(f"no OSV data: the export has nothing on {' and '.join(missing)}")
    return found, f"export of {newest}"


def look(source: str, date: str, kind: str, head: str, base: str) -> list[Item]:
    """Return what is known of the pins a file adds."""
    pins = new_pins(kind, head, base)
    if not pins:
        return []
    bare = {pin: pin._replace(line=0) for pin in pins}
    records, of = answers(source, date, list(dict.fromkeys(bare.values())))
    return [each for pin in pins for each in items(pin, records[bare[pin]], of)]


def main(arguments: Sequence[str]) -> int:
    """Look at each of the files."""
    source, date = arguments[1:3]
    flat = operands(arguments)
    said: list[Item] = []
    for kind, head, base in zip(flat[::3], flat[1::3], flat[2::3], strict=True):
        try:
            said += [{"path": head, **item} for item in look(source, date, kind, head, base)]
        except (CannotLookError, RecursionError) as error:
            said.append({"path": head, "gap": str(error) or "it is nested too deep"})
        except NoNetworkError as error:
            print(f"no OSV data: {error}", file=sys.stderr)
            return TRY_AGAIN_LATER
    tell(said)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
