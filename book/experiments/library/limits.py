"""What bounds the packed sampler: vector instructions and bytes per flip against what the machine can do."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from experiments.library import rows as benchmark

# The innermost loop updates this many sites; each flip moves three words of 64 sites, of 8 bytes, for 64 flips.
SITES = 512
BYTES_PER_FLIP = 3 / 8
PEERS = ("mcising", "peapods", "thrml", "spinmc", "dwave-samplers")


@dataclasses.dataclass(frozen=True)
class Limits:
    """Of one thread: vector instructions for SITES sites, those issued per ns, clock in GHz, GB/s of a copy."""

    instructions: float
    issued: float
    clock: float
    copied: float
    bounds: tuple[tuple[float, float, float, float], ...]

    @property
    def most(self) -> float:
        """The largest rate that the vector instructions allow one thread, in flips per ns."""
        return self.issued * SITES / self.instructions

    @property
    def shares(self) -> np.ndarray:
        """(size, 2): the parts of the issued instructions and of the copied bytes that the sampler's rate needs."""
        return np.array([(used / self.issued, moved / self.copied) for _, _, used, moved in self.bounds])


def limits(rows: Any) -> Limits:
    """The limits that one run measured; `bounds` holds L, flips/ns, instructions/ns and GB/s for each lattice."""
    measured = benchmark.of(rows, "limits")
    values = {(row.subject, row.work, row.threads): row.value for row in measured.itertuples()}
    instructions = next((v for (_, what, _), v in values.items() if what.startswith("vector instructions for")), np.nan)
    issued = next((v for (_, what, _), v in values.items() if what.startswith("vector instructions of")), np.nan)
    copied = next(v for (_, what, threads), v in values.items() if what.startswith("copy of") and threads == 1)
    packed = benchmark.of(rows, "limits", subject="multispin", unit="flips/ns")
    bounds = tuple(
        (r.L, r.value, r.value * instructions / SITES, r.value * BYTES_PER_FLIP) for r in packed.itertuples()
    )
    return Limits(instructions, issued, values["processor", "dependent additions", 1], copied, bounds)


def packed_over(rows: Any) -> dict[int, dict[str, float]]:
    """Threads -> how many times as fast as the convolution and the fastest other package the packed sampler is."""
    ratios: dict[int, dict[str, float]] = {}
    one = benchmark.of(rows, "one lattice")
    for threads, timed in one.groupby("threads"):
        subject = timed["subject"]
        packed = timed[subject.str.startswith("multispin") & ~subject.str.contains("heat_bath")]["value"].max()
        ratios[threads] = {"convolution": packed / timed[subject == "convolution"]["value"].max()}
        peers = one[one["subject"].str.startswith(PEERS) & (one["threads"] <= threads)]
        if len(peers):
            ratios[threads]["fastest other package"] = packed / peers["value"].max()
    return ratios
