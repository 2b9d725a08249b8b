"""Checkpoints of `spinlib.sample`: stored draws, from which an interrupted or shorter call is continued.

Each block has several npz files with parts of its draws, and one file with the state of its chains after the last draw:
spins in the kernel's format, random generators, and the number of sweeps. A call with more draws continues from that
state. Nothing is pickled. A file is written under a temporary name and then renamed, so no file is ever incomplete,
even if the program is killed. Its name begins with a hash of all settings that determine the draws, so draws of other
settings are never read. Any number of calls may share a folder, and the folder can be deleted at any time.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import fields
from pathlib import Path

import numpy as np

from spinlib.files import read_npz, write_npz
from spinlib.samplers.chains.block import Block
from spinlib.samplers.chains.contents import digest
from spinlib.samplers.chains.ensemble import State
from spinlib.samplers.chains.measurements import Measurement

_STATE = "state"


def folder(path: str | os.PathLike[str]) -> Path:
    """The folder `path`, created if need be. Raises TypeError if it is not a path, ValueError if it is a file."""
    if not isinstance(path, str | os.PathLike):
        raise TypeError(f"checkpoint {path!r}: has to be the path of a folder")
    found = Path(path)
    try:
        found.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError) as error:
        raise ValueError(f"checkpoint {str(path)!r}: is or lies under a file, has to be a folder") from error
    return found


def check(observables: Sequence[Measurement]) -> None:
    """Raise TypeError for a function whose contents have no digest, because its draws could not be found again."""
    for name, function, _ in observables:
        try:
            digest(function)
        except TypeError as error:
            raise TypeError(
                f"observable {name!r} cannot be kept in a checkpoint; allowed are functions whose code and what it "
                f"refers to can be described: {error}"
            ) from error


def key(block: Block) -> str:
    """The sha256 (64 hexadecimal digits) of spinlib's version and of all fields of a block except n_samples.

    It covers the arrays of the model, and the code of a user's function with all that the code refers to
    (`spinlib.samplers.chains.contents`). Raises TypeError for models and functions that cannot be described.
    """
    from spinlib import __version__

    followed = {field.name: getattr(block, field.name) for field in fields(block) if field.name != "n_samples"}
    return digest("checkpoint", __version__, followed).hex()


def store(folder: Path, block: Block, first: int, draws: Mapping[str, np.ndarray], state: State) -> None:
    """Write draws (chain, draw, ...), from number `first` on, and the state of the chains after the last of them."""
    name = key(block)
    n_draws = {values.shape[1] for values in draws.values()}
    if n_draws != {0}:
        write_npz(folder / f"{name}.{first}.npz", draws)
    # The state comes after the draws: if the program ends in between, the older state still continues the stored draws.
    write_npz(folder / f"{name}.{_STATE}.npz", state)


def load(folder: Path, block: Block, draws: Mapping[str, np.ndarray]) -> tuple[int, State | None]:
    """Read the stored draws of a block into arrays as `chains.empty_draws` makes them.

    Returns the number of draws read, counted from the first, and the state of the chains after the last of them. The
    state is None if all draws were stored, or none. A file that is damaged, or that does not continue the others, is
    ignored.
    """
    name = key(block)
    n_draws = 0
    for first, path in _parts(folder, name):
        part = _read(path)
        if first > n_draws or part is None or not _fit(part, draws):
            continue
        stop = min(first + next(iter(part.values())).shape[1], block.n_samples)
        for variable, values in part.items():
            draws[variable][:, n_draws:stop] = values[:, n_draws - first : stop - first]
        n_draws = max(n_draws, stop)
    if n_draws == block.n_samples:
        return n_draws, None
    state = _read(folder / f"{name}.{_STATE}.npz")
    if state is None or not _continues(block, state, n_draws):
        return 0, None
    # The state may belong to a part before the last one.
    return block.n_draws(int(state["sweeps"])), state


def _parts(folder: Path, name: str) -> list[tuple[int, Path]]:
    """The parts of a block by the number of their first draw, which is the second part of their names."""
    middles = {path: path.name.split(".")[1] for path in folder.glob(f"{name}.*.npz")}
    return sorted((int(middle), path) for path, middle in middles.items() if middle.isdecimal())


def _fit(part: Mapping[str, np.ndarray], draws: Mapping[str, np.ndarray]) -> bool:
    """Whether a part has the variables of the draws, with equal numbers of draws and the expected shapes and dtypes."""
    return (
        set(part) == set(draws)
        and all(part[name].dtype == values.dtype and part[name].ndim == values.ndim for name, values in draws.items())
        and all(
            part[name].shape[:1] + part[name].shape[2:] == values.shape[:1] + values.shape[2:]
            for name, values in draws.items()
        )
        and len({values.shape[1] for values in part.values()}) == 1
    )


def _continues(block: Block, state: State, n_draws: int) -> bool:
    """Whether a state was taken after at most so many draws."""
    sweeps = state.get("sweeps", np.array(None))
    return sweeps.shape == () and sweeps.dtype.kind == "i" and block.n_draws(int(sweeps)) <= n_draws


def _read(path: Path) -> dict[str, np.ndarray] | None:
    """The arrays of a file; None if there is none, or if it is damaged."""
    try:
        return read_npz(path)
    except Exception:
        # Any damage has the same remedy: the draws are computed again.
        return None
