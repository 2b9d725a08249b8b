"""One computation of a record: its seed, its device, and parts that survive a kill."""

from __future__ import annotations

import hashlib
import re
import shutil
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeVar
from zipfile import BadZipFile

import numpy as np

from spinlib.files import read_npz, write_npz

from . import storage

if TYPE_CHECKING:
    from .key import Key
    from .record import Record

T = TypeVar("T")
_LARGEST = 12 * 2**20  # bytes of a file of a part; the weights of a large network take several


def seed_of(full_name: str, scale: str, another: int | None = None) -> int:
    """The first 63 bits of sha256("<paper>/<record>@<scale>"), or of the same with "#<another>" behind it.

    Two records never share a seed, so neither do training and test data, two methods that are compared, or the
    smoke and the paper run of one record. another: a seed that an audit asks for.
    """
    text = f"{full_name}@{scale}" + ("" if another is None else f"#{another}")
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big") >> 1


class Run:
    """What the `compute(settings, run)` of an experiment gets.

    Attributes
    ----------
    seed : int
        63 bits, from the record's name and scale.
    scale : str
        Of this computation: "smoke", "laptop" or "paper".
    device : str
        "cpu", "cuda", ... as asked for.
    uses : mapping from str to Record
        The records that the experiment declares to use, by their full names.
    checksums : dict
        The sha256 of those of them that were read from disk.
    """

    def __init__(
        self,
        key: Key,
        scale: str,
        device: str,
        *,
        resumable: bool,
        another: int | None = None,
        uses: Mapping[str, Record] = MappingProxyType({}),
    ) -> None:
        """another: compute with another seed than the record's own, as `seed_of` makes it.

        resumable: keep finished parts on disk (only where the result is to be stored, so that a test run after a
        change of code never meets results of the old code)."""
        self.seed = seed_of(key.name, scale, another)
        self.scale = scale
        self.device = device
        self.uses = uses
        self.checksums = {name: one.meta["sha256"] for name, one in uses.items() if "sha256" in one.meta}
        identity: dict[str, Any] = {"settings": key.settings[scale], "version": key.version, "scale": scale}
        if self.checksums:
            identity["uses"] = self.checksums
        self._resumable = resumable
        name = storage.sha256(storage.canonical(identity).encode())[:16]
        self._folder = key.root / "build" / "parts" / key.name / f"{name}-{device}"
        self._started = time.monotonic()
        self._saved_seconds = 0.0
        self._counted: set[str] = set()

    def part(self, key: str, function: Callable[..., Any], *args: Any, checkpoint: bool = False) -> Any:
        """`function(*args)`, stored when it is done and read back when an interrupted run is started again.

        key: names the part within the record; it must say all that `args` vary in. The function returns an array, a
        number, or a dict of them; the same comes back (as numpy arrays and scalars) from either way.
        checkpoint: call `function(*args, checkpoint=path)` with a file in which a long training keeps its state, so
        that an interrupted one continues; None where nothing is to be kept. It goes when the part is done. Its
        "seconds" are those of the interrupted pieces, and count as time of the part.
        Parts lie under `build/parts/<paper>/<record>/`, in files of at most 12 MiB, and are removed when the record is
        stored.
        """
        name = re.sub(r"[^A-Za-z0-9=.,_-]", "_", key)[:60] + f"-{storage.sha256(key.encode())[:8]}"
        path = self._folder / f"{name}.npz"
        state = self._folder / f"{name}.state" / "checkpoint.npz" if self._resumable and checkpoint else None
        if self._resumable and path.exists():
            stored = read_npz(path)
            seconds = float(stored.pop("seconds "))
            self._saved_seconds += 0.0 if name in self._counted else seconds
        else:
            begin, earlier = time.monotonic(), _seconds_kept(state)
            result = function(*args, checkpoint=state) if checkpoint else function(*args)
            stored = {f".{k}": v for k, v in result.items()} if isinstance(result, Mapping) else {"value ": result}
            stored = {name: np.asarray(array) for name, array in stored.items()}
            self._saved_seconds += earlier
            seconds = time.monotonic() - begin + earlier
            if self._resumable:
                write_npz(path, {**stored, "seconds ": np.float64(seconds)}, limit=_LARGEST)
        self._counted.add(name)
        if state is not None:
            shutil.rmtree(state.parent, ignore_errors=True)
        if "value " in stored:
            return stored["value "][()]
        return {name[1:]: array[()] for name, array in stored.items()}

    def seeds(
        self,
        function: Callable[..., Mapping[str, Any]],
        *args: Any,
        n: int,
        several: Iterable[str],
        label: str = "",
        offset: int = 0,
    ) -> dict[str, Any]:
        """`function(*args, seed)` for `n` seeds, `self.seed + offset` and those that follow, each of them a part.

        Results named in `several` come back for all seeds, along a new first axis, the others for the first seed alone.
        label: names the parts within the record, as `part` asks for, and the progress bar.
        """
        parts = [
            self.part(f"{label}, {k}" if label else f"{k}", function, *args, self.seed + offset + k)
            for k in self.progress(range(n), f"{label}, seed" if label else "seed")
        ]
        stacked = {name: np.array([part[name] for part in parts]) for name in several}
        return {**parts[0], **stacked}

    def progress(self, iterable: Iterable[T], label: str = "") -> Iterator[T]:
        """`iterable` with a progress bar on stderr."""
        from tqdm import tqdm

        yield from tqdm(iterable, desc=label or None, leave=False)

    def wall_time(self) -> float:
        """Seconds spent so far, those of parts finished by an earlier, interrupted run included."""
        return time.monotonic() - self._started + self._saved_seconds

    def clear(self) -> None:
        """Remove the parts."""
        shutil.rmtree(self._folder, ignore_errors=True)


def _seconds_kept(checkpoint: Path | None) -> float:
    """The seconds that an interrupted training has taken, as its checkpoint says; 0 where there is none."""
    if checkpoint is None or not checkpoint.exists():
        return 0.0
    try:
        with np.load(checkpoint, allow_pickle=False) as arrays:
            return float(arrays["seconds"])
    except (BadZipFile, EOFError, KeyError, OSError, ValueError):
        return 0.0  # whoever continues from it says what is wrong with it
