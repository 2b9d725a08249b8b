"""Peers: other packages as contestants, each in a process of the peers' own environment.

`make bench` sets that environment up in build/peers from benchmarks/peers.txt. A peer that is not installed there, or
does not run here, is left out with a line that says so.
"""

from __future__ import annotations

import json
import subprocess
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from measure import RATE, TIME, Contestant, Skipped

HERE = Path(__file__).resolve().parent
PYTHON = HERE.parent / "build" / "peers" / "bin" / "python"
PATIENCE = 300.0  # seconds for one answer; building a large graph takes long

# Peers with their methods; the unit of work is described in peers/drive_<peer>.py.
SINGLE_FLIPS = {
    "mcising": "metropolis",
    "peapods": "metropolis",
    "thrml": "heat_bath",
    "spinmc": "metropolis",
    "dwave": "metropolis",
}
NAMES = {"dwave": "dwave-samplers"}
ONE_THREAD = ("dwave",)
# Peers that sweep many lattices at a time; the others sweep one after the other, at the rate of one.
BATCHES = {"mcising": "metropolis", "peapods": "metropolis", "thrml": "heat_bath"}
CLUSTERS = (("mcising", "swendsen_wang"), ("mcising", "wolff"), ("peapods", "swendsen_wang"))


class Peer:
    """A running peer. Raises Skipped where it cannot start or go on."""

    SERVER = HERE / "peers" / "serve.py"

    def __init__(self, python: Path, *setting: str) -> None:
        if not python.exists():
            raise Skipped("the peers' environment is not there; `make bench` makes it")
        command = [python, self.SERVER, *setting]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self._answer()

    def turn(self, n: int) -> tuple[float, float]:
        """Seconds and work of n sweeps, measured in the peer's process."""
        answer = self.ask(str(n))
        return answer["seconds"], answer["work"]

    def ask(self, line: str) -> dict[str, Any]:
        """The peer's answer to a line."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{line}\n")
        self._process.stdin.flush()
        return self._answer()

    def _answer(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        alarm = threading.Timer(PATIENCE, self._process.kill)
        alarm.start()
        line = self._process.stdout.readline()
        alarm.cancel()
        answer = json.loads(line) if line else {"error": f"no answer within {PATIENCE:.0f} s, or it crashed"}
        if "error" in answer:
            self.close()
            raise Skipped(answer["error"])
        return answer

    def close(self) -> None:
        self._process.kill()
        self._process.communicate()


def single_flips(
    python: Path | None, length: int, n_lattices: int, temperature: float, threads: int, work: str
) -> Iterator[Contestant]:
    """The peers on one lattice, or those that take batches on as many; none where `python` is None."""
    for peer, method in (SINGLE_FLIPS if n_lattices == 1 else BATCHES).items():
        if threads == 1 or peer not in ONE_THREAD:
            subject = f"{NAMES.get(peer, peer)} {method}"
            setting = (peer, method, str(length), str(n_lattices), str(temperature), str(threads))
            yield from _contestants(python, setting, subject, work, threads, RATE)


def clusters(python: Path | None, length: int, temperature: float, work: str) -> Iterator[Contestant]:
    """Cluster updates of peers, on one thread: ms for a sweep of all clusters, or for 1e4 spins that Wolff flips."""
    for peer, method in CLUSTERS:
        setting = (peer, method, str(length), "1", str(temperature), "1")
        subject = f"{peer} {method}"
        yield from _contestants(python, setting, subject, work, 1, TIME)


def _contestants(
    python: Path | None, setting: Sequence[str], subject: str, work: str, threads: int, unit: str
) -> Iterator[Contestant]:
    if python is None:
        return
    try:
        peer = Peer(python, *setting)
    except Skipped as reason:
        print(f"skipped: {subject}, {work}, {threads} threads: {reason}", flush=True)
        return
    yield Contestant(subject, work, threads, peer.turn, unit, peer.close)
