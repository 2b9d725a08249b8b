"""Records: results of expensive runs, stored with their provenance, and never replaced by something smaller.

`book/records/<paper>/<name>.json` holds name, version, scale, settings, seed, provenance, wall time, the sha256 of the
npz of the same name, the `claims` that rest on the record (relation, target and tolerance as they stood when it was
made), the `smoke` run that later ones are compared with, and a checksum of itself; under `uses` also the sha256 of each
record that it was computed from. Both files are checked byte for byte when they are read.

A kill at any moment leaves the old record or the new one: the new npz is first written beside the old one, under a
name that holds its checksum; the json, replaced in one step, decides which of them is the record's; then the new npz
takes the old one's place, and where a kill prevented that, the next reader does it.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from .. import layout
from ..claims import claim
from . import comparison, provenance, storage
from .computation import Run
from .key import Key

LIMIT_BYTES = 15 * 2**20
ROOM_BYTES = 32 * 2**20  # free before a computation begins: a record, and its parts


class RecordError(RuntimeError):
    """A record is missing, stale, damaged or contradicted; the message holds the command that mends it."""


class Record(Mapping[str, Any]):
    """A result: a mapping from names to arrays and numpy scalars, plus where it comes from.

    .name, .scale, .settings (of that scale), .device (hardware in words), .wall_time (seconds), .provenance (dict).
    An empty record (false in a condition) stands for one that needs a device and is not shipped.
    """

    def __init__(self, data: Mapping[str, Any], meta: Mapping[str, Any]) -> None:
        self._data = {name: np.asarray(value) for name, value in data.items()}
        self.meta = dict(meta)
        self.name: str = meta["name"]
        self.scale: str = meta["scale"]
        self.settings: dict[str, Any] = meta["settings"]
        self.provenance: dict[str, Any] = meta["provenance"]
        self.device: str = meta["provenance"].get("device", "")
        self.wall_time: float = meta["wall_time"]

    @classmethod
    def empty(cls, key: Key) -> Record:
        scale = key.largest_scale
        meta = {"name": key.name, "scale": scale, "settings": key.settings[scale], "provenance": {}, "wall_time": 0.0}
        return cls({}, meta)

    @classmethod
    def computed(cls, key: Key, run: Run, data: Mapping[str, Any]) -> Record:
        """The record of a computation that has just ended; refuses what could not be stored."""
        if not isinstance(data, Mapping) or not data:
            raise TypeError(f"record {key.name!r}: compute must return a non-empty dict, not {data!r}")
        orphans = [name for name in data if name.endswith("_error") and name.removesuffix("_error") not in data]
        if orphans:
            raise ValueError(f"record {key.name!r}: {', '.join(orphans)} without the value it belongs to")
        comparison.rules(key.name, data, key.compare, fresh=True)
        meta = {
            "name": key.name,
            "version": key.version,
            "scale": run.scale,
            "settings": key.settings[run.scale],
            "seed": run.seed,
            "wall_time": round(run.wall_time(), 3),
            "provenance": provenance.collect(key.root, run.device),
            **({"uses": run.checksums} if run.checksums else {}),
        }
        return cls(data, meta)

    def __getitem__(self, name: str) -> Any:
        if name not in self._data:
            raise KeyError(f"record {self.name!r} has no {name!r}; it has {', '.join(self._data)}")
        return self._data[name][()]

    def __iter__(self) -> Iterator[str]:
        return iter(self._data)

    def __len__(self) -> int:
        return len(self._data)


def read_json(key: Key) -> dict[str, Any]:
    """What the json holds, without a look at the npz; RecordError where it is missing or damaged."""
    try:
        text = key.path.read_text(encoding="utf-8")
        content = json.loads(text)
        checksum = content.pop("checksum")
        whole = storage.canonical({**content, "checksum": checksum}) == text
        if not whole or storage.sha256(storage.canonical(content).encode()) != checksum:
            raise ValueError("its json is not as it was written (checksum differs)")
    except FileNotFoundError as missing:
        raise RecordError(f"record {key.name} is not there; make it with\n  {key.command()}") from missing
    except (ValueError, KeyError, AttributeError, TypeError) as damage:
        raise _damaged(key, str(damage)) from damage
    return content


def read(key: Key) -> Record:
    """The stored record, whatever its settings; RecordError if a byte of either file is not as it was written."""
    content = read_json(key)
    place, left = key.path.with_suffix(".npz"), _beside(key, content["sha256"])
    for path in (place, left):
        if path.exists() and storage.sha256(arrays := path.read_bytes()) == content["sha256"]:
            if path == left:
                with contextlib.suppress(OSError):  # a folder that cannot be written is read all the same
                    os.replace(left, place)
            return Record(storage.from_npz(arrays), content)
    what = "is not as it was written (sha256 differs)" if place.exists() else "is not there"
    raise _damaged(key, f"its npz {what}")


def _beside(key: Key, sha256: str) -> Path:
    """Where an npz lies until the json that names it is written."""
    return key.path.with_name(f".{key.path.stem}.{sha256[:16]}.npz")


def _damaged(key: Key, what: str) -> RecordError:
    return RecordError(
        f"record {key.name} is damaged: {what}; restore it with git, or make it again with\n  {key.command()}"
    )


def load(key: Key) -> Record:
    """The stored record if it is what is declared now; RecordError if it is missing or stale.

    It is stale if it was made with other settings or another version, or if a record that it uses was made again since.
    """
    stored = read(key)
    if why := _stale(key, stored):
        scale = stored.scale if stored.scale in key.settings else None
        raise RecordError(f"record {key.name} is stale: {why}; make it again with\n  {key.command(scale)}")
    return stored


def _stale(key: Key, stored: Record) -> str:
    """Why a stored record is not what is declared now; empty if it is. RecordError for a record that it uses."""
    if not key.matches(stored.meta, stored.scale):
        return (
            f"it was made with version {stored.meta['version']} and {stored.scale} settings that its experiment no "
            "longer declares"
        )
    if stored.scale == "smoke":  # computed from smoke runs, which are not stored
        return ""
    then: dict[str, str] = stored.meta.get("uses", {})
    now: dict[str, str] = {other.name: load(other).meta["sha256"] for other in key.uses}
    changed = [name for name in sorted({*then, *now}) if then.get(name) != now.get(name)]
    return "; ".join(_unlike(name, then.get(name), now.get(name)) for name in changed)


def _unlike(name: str, then: str | None, now: str | None) -> str:
    if then is None:
        return f"it was made without record {name}, which its experiment uses"
    if now is None:
        return f"it was computed from record {name}, which its experiment no longer uses"
    return f"it was computed from record {name} as it was before (sha256 {then[:12]}, now {now[:12]})"


def load_current(key: Key, scale: str) -> Record | None:
    """The stored record if it is whole, up to date, and of this scale or a larger one, else None."""
    if not key.path.exists():
        return None
    try:
        stored = read(key)
    except RecordError as damage:
        print(f"{str(damage).split(';')[0]}; it is made again", file=sys.stderr)
        return None
    larger = layout.SCALES.index(stored.scale) >= layout.SCALES.index(scale)
    return stored if larger and not _stale(key, stored) else None


def refuse_smaller(key: Key, scale: str) -> None:
    """RecordError where storing `scale` would replace a record of a larger scale (even a stale or damaged one).

    Where not even the json can be read, nothing is known of the old record, and nothing is refused.
    """
    try:
        stored = read_json(key)["scale"]
    except RecordError:
        return
    if layout.SCALES.index(stored) > layout.SCALES.index(scale):
        raise RecordError(f"record {key.name} is stored at scale {stored}: {scale} may not replace it")


def check_room(key: Key) -> None:
    """RecordError where a record could not be stored: before a computation of hours, not after it."""
    for folder in (key.path.parent, key.root / "build" / "parts"):
        place = next(path for path in (folder, *folder.parents) if os.path.lexists(path))
        if not place.is_dir():
            why = "is not a folder"
        elif not os.access(place, os.W_OK | os.X_OK):
            why = "cannot be written"
        elif (free := shutil.disk_usage(place).free) < ROOM_BYTES:
            why = f"has {free / 2**20:.0f} MiB left on its disk, {ROOM_BYTES // 2**20} MiB are needed"
        else:
            continue
        raise RecordError(f"record {key.name} cannot be stored, so nothing was computed: {place} {why}")


def store(key: Key, result: Record, smoke: Mapping[str, Any], claims: Any = None) -> None:
    """Write npz and json; a kill at any moment leaves the old pair or the new one.

    smoke: what smoke_check.of made of the smoke run. claims: what claim.resting_on found before the computation.
    RecordError above 15 MB, where a record of a larger scale would be replaced, and where writing fails.
    """
    refuse_smaller(key, result.scale)
    arrays = storage.to_npz(result)
    content = {**result.meta, "claims": claims or {}, "sha256": storage.sha256(arrays), "smoke": smoke}
    text = _text(content)
    if len(arrays) + len(text) > LIMIT_BYTES:
        size = (len(arrays) + len(text)) / 2**20
        raise RecordError(f"record {key.name} has {size:.1f} MiB, more than {LIMIT_BYTES // 2**20}: keep less")
    beside = _beside(key, content["sha256"])
    try:
        storage.write_atomically(beside, arrays)
        storage.write_atomically(key.path, text)
        os.replace(beside, key.path.with_suffix(".npz"))
        for pattern in (f".{key.path.stem}.*", f"..{key.path.stem}.*"):  # left by earlier runs that were killed
            for left in key.path.parent.glob(pattern):
                left.unlink(missing_ok=True)
    except OSError as error:
        raise RecordError(
            f"record {key.name} could not be written ({error}); its finished parts are kept, so go on with\n"
            f"  {key.command(result.scale)}"
        ) from error


def replace_json(key: Key, stored: Record, smoke: Mapping[str, Any]) -> None:
    """Keep another smoke run with a stored record; its numbers and its claims stay.

    A record made before claims were kept gets those that rest on it now.
    """
    claims = stored.meta.get("claims", claim.resting_on(key.name, key.root))
    storage.write_atomically(key.path, _text({**stored.meta, "claims": claims, "smoke": smoke}))


def _text(content: Mapping[str, Any]) -> bytes:
    checksum = storage.sha256(storage.canonical(content).encode())
    return storage.canonical({**content, "checksum": checksum}).encode()
