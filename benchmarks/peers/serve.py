"""One peer at work, in the peers' own environment: `python serve.py mcising metropolis 1024 1 2.269 1`.

The arguments are the peer, its method, the lattice size, the number of lattices, the temperature and the number of
threads. The first line of the answer comes when the peer is set up. Then each line of the standard input is a number of
sweeps, answered by a line of JSON: the seconds that they took and the work that was done, from the turn that
`drive_<peer>.make(method, length, n_lattices, temperature, threads)` returned. The output of the peer itself is
dropped.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import tempfile
import traceback
from collections.abc import Callable
from typing import Any

Answer = Callable[[str], dict[str, Any]]


def serve(threads: str, start: Callable[[], Answer]) -> None:
    """Answers each line of the standard input with a line of JSON; what a peer raises is the last answer."""
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    for stream in (1, 2):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream)
    # Rayon and OpenMP read these when a peer is imported.
    os.environ["RAYON_NUM_THREADS"] = os.environ["OMP_NUM_THREADS"] = threads
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)  # some peers write files
        try:
            answer = start()
            answers.write(json.dumps({"ready": True}) + "\n")
            for line in sys.stdin:
                answers.write(json.dumps(answer(line)) + "\n")
        except Exception as error:
            answers.write(json.dumps({"error": traceback.format_exception_only(error)[-1].strip()}) + "\n")
        os.chdir("/")


def main() -> None:
    peer, method, length, n_lattices, temperature, threads = sys.argv[1:]

    def start() -> Answer:
        driver = importlib.import_module(f"drive_{peer}")
        turn = driver.make(method, int(length), int(n_lattices), float(temperature), int(threads))

        def answer(line: str) -> dict[str, Any]:
            seconds, work = turn(int(line))
            return {"seconds": seconds, "work": work}

        return answer

    serve(threads, start)


if __name__ == "__main__":
    main()
