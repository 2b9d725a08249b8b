"""Records: results of expensive runs, stored with their provenance, and never replaced by something smaller.

`book/records/<paper>/<name>.json` holds name, chapter, version, scale, settings, seed, provenance, wall time, the
sha256 of the npz of the same name, the `smoke` twin (the measured numbers of the record's own smoke run), and a
checksum of itself. Both files are checked byte for byte when they are read.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from . import layout, provenance, storage
from .computation import Run

LIMIT_BYTES = 15 * 2**20


class RecordError(RuntimeError):
    """A record is missing, stale, damaged or contradicted; the message holds the command that mends it."""


@dataclasses.dataclass(frozen=True)
class Key:
    """Which record a chapter asks for: its place, and the settings and version that it must have been made with."""

    root: Path
    chapter: str
    name: str
    settings: dict[str, dict[str, Any]]
    version: int
    device: str = "cpu"

    @property
    def full_name(self) -> str:
        return f"{self.chapter.split('/')[0]}/{self.name}"

    @property
    def path(self) -> Path:
        return self.root / "book" / "records" / f"{self.full_name}.json"

    def command(self, scale: str | None = None) -> str:
        """The command that makes this record, at its largest declared scale unless told."""
        scale = scale or layout.nearest_scale("paper", tuple(self.settings))
        return f"python -m spinbook run book/chapters/{self.chapter}.py --scale {scale} --device {self.device} --record"

    def matches(self, stored: Mapping[str, Any], scale: str) -> bool:
        """Whether something stored has the settings and version that are declared for `scale`."""
        return (
            scale in self.settings
            and stored["version"] == self.version
            and storage.plain(stored["settings"]) == self.settings[scale]
        )


def check_settings(name: str, settings: Mapping[str, Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """The declared settings as plain JSON values; ValueError for an unknown scale or where "smoke" is missing."""
    for scale in settings:
        layout.check_scale(scale)
    if "smoke" not in settings:
        raise ValueError(f'the settings of record {name!r} lack the scale "smoke"')
    return {scale: storage.plain(settings[scale]) for scale in settings}


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
        scale = layout.nearest_scale("paper", tuple(key.settings))
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
        meta = {
            "name": key.name,
            "chapter": key.chapter,
            "version": key.version,
            "scale": run.scale,
            "settings": key.settings[run.scale],
            "seed": run.seed,
            "wall_time": round(run.wall_time(), 3),
            "provenance": provenance.collect(key.root, run.device),
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

    def measured(self) -> dict[str, tuple[np.ndarray, np.ndarray]]:
        """The pairs of `x` and `x_error`, as float64 arrays of one shape."""
        pairs = {}
        for name, value in self._data.items():
            if f"{name}_error" in self._data:
                pairs[name] = np.broadcast_arrays(np.float64(value), np.float64(self._data[f"{name}_error"]))
        return {name: (value, error) for name, (value, error) in pairs.items()}


def read(key: Key) -> Record:
    """The stored record, whatever its settings; RecordError if a byte of either file is not as it was written."""
    try:
        text = key.path.read_text(encoding="utf-8")
        content = json.loads(text)
        checksum = content.pop("checksum")
        whole = storage.canonical({**content, "checksum": checksum}) == text
        if not whole or storage.sha256(storage.canonical(content).encode()) != checksum:
            raise ValueError("its json is not as it was written (checksum differs)")
        arrays = key.path.with_suffix(".npz").read_bytes()
        if storage.sha256(arrays) != content["sha256"]:
            raise ValueError("its npz is not as it was written (sha256 differs)")
    except FileNotFoundError as missing:
        raise RecordError(f"record {key.full_name} is not there; make it with\n  {key.command()}") from missing
    except (ValueError, KeyError, AttributeError, TypeError) as damage:
        raise RecordError(
            f"record {key.full_name} is damaged: {damage}; restore it with git, or remove {key.path} and run\n"
            f"  {key.command()}"
        ) from damage
    return Record(storage.from_npz(arrays), content)


def load(key: Key) -> Record:
    """The stored record if it was made with the declared settings and version; RecordError if missing or stale."""
    stored = read(key)
    if not key.matches(stored.meta, stored.scale):
        scale = stored.scale if stored.scale in key.settings else None
        raise RecordError(
            f"record {key.full_name} is stale: it was made with version {stored.meta['version']} and {stored.scale} "
            f"settings that the chapter no longer declares; make it again with\n  {key.command(scale)}"
        )
    return stored


def load_current(key: Key, scale: str) -> Record | None:
    """The stored record if it is up to date and of this scale or a larger one, else None."""
    if not key.path.exists():
        return None
    stored = read(key)
    larger = layout.SCALES.index(stored.scale) >= layout.SCALES.index(scale)
    return stored if larger and key.matches(stored.meta, stored.scale) else None


def refuse_smaller(key: Key, scale: str) -> None:
    """RecordError where storing `scale` would replace a record of a larger scale (even a stale one)."""
    if key.path.exists() and layout.SCALES.index(stored := read(key).scale) > layout.SCALES.index(scale):
        raise RecordError(f"record {key.full_name} is stored at scale {stored}: {scale} may not replace it")


def store(key: Key, result: Record, smoke: Mapping[str, Any]) -> None:
    """Write npz and json (with the twin `smoke`), each whole or not at all.

    RecordError above 15 MB, and where a record of a larger scale would be replaced.
    """
    refuse_smaller(key, result.scale)
    arrays = storage.to_npz(result)
    content = {k: v for k, v in result.meta.items() if k != "checksum"} | {
        "sha256": storage.sha256(arrays),
        "smoke": smoke,
    }
    content["checksum"] = storage.sha256(storage.canonical(content).encode())
    text = storage.canonical(content).encode()
    if len(arrays) + len(text) > LIMIT_BYTES:
        size = (len(arrays) + len(text)) / 2**20
        raise RecordError(f"record {key.full_name} has {size:.1f} MiB, more than {LIMIT_BYTES // 2**20}: keep less")
    storage.write_atomically(key.path.with_suffix(".npz"), arrays)
    storage.write_atomically(key.path, text)
