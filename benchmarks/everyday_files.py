"""Configurations for training: 10,000 of 64 x 64 sites at each of 20 temperatures, kept in memory or in a file.

All draws are 10 sweeps apart, from single-flip samplers in all packages. Near Tc they are correlated; a row of
`everyday_errors` has the cost of as many independent draws. The row "nothing kept" is the same run without
configurations. mcising keeps every configuration of a run in memory, and its `save_hdf5` writes them; it runs with
fewer, and its time is multiplied. peapods has no documented way to give configurations out.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from everyday import Job, in_turns, timed_front_door
from peer_jobs import JobPeer, running

from spinlib.models import Ising

LENGTH, TEMPERATURES, INTERVAL = 64, np.linspace(1.5, 3.5, 20), 10
CONFIGURATIONS, CHAINS = 10_000, 16
OF_PEER = 250  # configurations at each temperature that mcising draws
BURN_IN = 1000
NOTHING, MEMORY = "nothing kept", "in memory"
FILES = {"zarr": ".zarr", "netCDF": ".nc", "numpy": ".npy"}


def configurations(threads: Sequence[int], python: Path | None, quick: bool) -> Iterator[dict[str, Any]]:
    count, chains, of_peer = (50, 2, 5) if quick else (CONFIGURATIONS, CHAINS, OF_PEER)
    timed_front_door(Ising((LENGTH, LENGTH)), 2.0, 2, burn_in=2)  # compiles
    with running(python, ("mcising",), threads) as peers, tempfile.TemporaryDirectory() as folder:
        for kept in (NOTHING, MEMORY, *FILES):
            jobs = [
                Job("sample auto", one, partial(_seconds, count // chains, chains, one, kept, Path(folder)))
                for one in threads
            ]
            if kept in (NOTHING, MEMORY, "netCDF"):  # HDF5, on which netCDF rests
                jobs += [
                    Job(
                        f"mcising metropolis, {of_peer} drawn",
                        one,
                        partial(_seconds_of_peer, peers[name, one], kept, of_peer, count),
                    )
                    for name, one in peers
                ]
            yield from in_turns("everyday: configurations", work(count, kept), jobs, 1 if quick else 2)


def work(count: int, kept: str) -> str:
    return f"ising L={LENGTH}, {count} at 20 temperatures, {kept}"


def _seconds(n_samples: int, n_chains: int, threads: int, kept: str, folder: Path) -> float:
    """Of one call of ours; the file is removed afterwards."""
    path = folder / f"configurations{FILES[kept]}" if kept in FILES else None
    seconds = timed_front_door(
        Ising((LENGTH, LENGTH)),
        TEMPERATURES,
        n_samples,
        n_chains=n_chains,
        sweeps_between=INTERVAL,
        burn_in=BURN_IN,
        start="cold",
        keep_spins=kept != NOTHING,
        threads=threads,
        out=path,
    )
    if path is not None and path.is_dir():
        shutil.rmtree(path)
    elif path is not None:
        path.unlink()
    return seconds


def _seconds_of_peer(peer: JobPeer, kept: str, n: int, count: int) -> float:
    """Of n configurations at each temperature without burn-in, and in proportion of `count`."""
    answer = peer.job(
        "configurations",
        method="metropolis",
        length=LENGTH,
        temperatures=TEMPERATURES.tolist(),
        burn_in=0,
        n=n,
        interval=INTERVAL,
        out={NOTHING: "nothing", MEMORY: "memory"}.get(kept, "file"),
    )
    return answer["seconds"] * count / n
