"""Peers that do whole jobs, each in a process of the peers' own environment (`peers/serve_jobs.py`)."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from measure import Skipped
from peer_process import HERE, Peer


class JobPeer(Peer):
    """A peer on so many threads. Raises Skipped where it cannot start or go on."""

    SERVER = HERE / "peers" / "serve_jobs.py"

    def job(self, name: str, **arguments: Any) -> dict[str, Any]:
        """The result of the function `name` of `jobs_<peer>.py`: "seconds" and more."""
        return self.ask(json.dumps({"job": name, **arguments}))

    def series(self, **arguments: Any) -> tuple[dict[str, Any], np.ndarray, np.ndarray]:
        """The answer to the job "series", with energy and magnetisation per site, (chain, draw) each."""
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "series.npy"
            answer = self.job("series", path=str(path), **arguments)
            energy, magnetization = np.load(path, allow_pickle=False)
        return answer, energy, magnetization


@contextmanager
def running(python: Path | None, names: Sequence[str], threads: Sequence[int]) -> Iterator[dict[Any, JobPeer]]:
    """The peers that start, by (name, threads); none where `python` is None. All are closed in the end."""
    peers: dict[Any, JobPeer] = {}
    try:
        for name in names:
            for count in threads:
                if python is None:
                    continue
                try:
                    peers[name, count] = JobPeer(python, name, str(count))
                except Skipped as reason:
                    print(f"skipped: {name}, {count} threads: {reason}", flush=True)
        yield peers
    finally:
        for peer in peers.values():
            peer.close()
