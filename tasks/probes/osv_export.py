"""Look pins up in an OSV export: an ``all.zip`` with one record a file, of any ecosystems."""

from __future__ import annotations

import json
import zipfile
from collections import defaultdict
from collections.abc import Iterator, Sequence

from tasks.probes.advisories import Record, hits
from tasks.probes.files import CannotLookError
from tasks.probes.pins import Pin

RECORD_BYTES = 8 * 1024 * 1024
"""A record larger than this is left alone: the longest of PyPI and npm have not a tenth of it."""


def look_up(path: str, pins: Sequence[Pin]) -> tuple[dict[Pin, list[Record]], str, set[str]]:
    """Return the records on each pin, the date of the newest file, and the ecosystems there are.

    Raises:
        CannotLookError: there is no such file, or it is no export.
    """
    found: dict[Pin, list[Record]] = {pin: [] for pin in pins}
    by_name: dict[str, list[Pin]] = defaultdict(list)
    for pin in pins:
        by_name[pin.name].append(pin)
    ecosystems: set[str] = set()
    newest = (0, 0, 0)
    try:
        with zipfile.ZipFile(path) as archive:
            for info in archive.infolist():
                newest = max(newest, info.date_time[:3])
            for text in _texts(archive):
                for ecosystem in {pin.ecosystem for pin in pins} - ecosystems:
                    if f'"{ecosystem}"'.encode() in text:
                        ecosystems.add(ecosystem)
                if record := _of_interest(text, by_name):
                    for pin in pins:
                        if hits(record, pin):
                            found[pin].append(record)
    except (OSError, zipfile.BadZipFile, ValueError) as error:
        raise CannotLookError(f"the OSV export cannot be read ({type(error).__name__})") from error
    return found, "{:04}-{:02}-{:02}".format(*newest), ecosystems


def _texts(archive: zipfile.ZipFile) -> Iterator[bytes]:
    for info in archive.infolist():
        if info.filename.endswith(".json") and info.file_size <= RECORD_BYTES:
            yield archive.read(info)


def _of_interest(text: bytes, by_name: dict[str, list[Pin]]) -> Record | None:
    """Return a record that may be about one of the names; reading them all takes a minute."""
    plain = text.lower().replace(b"_", b"-").replace(b".", b"-")
    if not any(f'"{_flat(name)}"'.encode() in plain for name in by_name):
        return None
    record = json.loads(text)
    return record if isinstance(record, dict) else None


def _flat(name: str) -> str:
    return name.lower().replace("_", "-").replace(".", "-")
