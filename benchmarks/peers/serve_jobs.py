"""A peer that does whole jobs of a user: `python serve_jobs.py mcising 2`, the peer and its number of threads.

Each line of the standard input is JSON: {"job": name, ...} calls the function of that name in `jobs_<peer>.py` with the
rest and the number of threads. The answer has the "seconds" that the job took, measured here. A job without such a
function is refused.
"""

from __future__ import annotations

import importlib
import json
import sys
from typing import Any

from serve import Answer, serve


def main() -> None:
    peer, threads = sys.argv[1:]

    def start() -> Answer:
        jobs = importlib.import_module(f"jobs_{peer}")

        def answer(line: str) -> dict[str, Any]:
            arguments = json.loads(line)
            return getattr(jobs, arguments.pop("job"))(threads=int(threads), **arguments)

        return answer

    serve(threads, start)


if __name__ == "__main__":
    main()
