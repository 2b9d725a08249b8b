"""Numbers of states by energy and magnetisation, by a transfer matrix that adds one site at a time.

K. Binder, Physica 62, 508 (1972).
"""

from __future__ import annotations

from spinlib.exact.torus_polynomial import row_and_stack
from spinlib.lattice import Lattice


def joint_counts(lattice: Lattice) -> tuple[list[int], list[int], list[int]]:
    """Energies, magnetisations and counts of all cells.

    A polynomial in x (unsatisfied bonds) and y (spins up) is stored as one Python integer: its coefficients, at most
    2^N, are digits of N + 1 bits. So multiplying by a power of x or y is a shift, and summing over a spin is an
    addition.
    """
    row, stack = row_and_stack(lattice)
    n, m = lattice.shape[row], lattice.shape[stack]
    seam_row, seam_stack = (lattice.boundary[axis] == "antiperiodic" for axis in (row, stack))
    y = lattice.n_sites + 1
    x = y * (lattice.n_sites + 1)
    total = 0
    for first, multiplicity in _first_rows(n, seam_row).items():
        vector = [0] * 2**n
        vector[first] = 1
        for height in range(1, m + 1):
            for site in range(n):
                vector = _next_spin(vector, site, n, seam_row, seam_stack and height == m, x, y)
        total += multiplicity * vector[first]
    energies, magnetizations, counts = [], [], []
    for k in range(2 * lattice.n_sites + 1):
        for up in range(lattice.n_sites + 1):
            count = total >> (x * k + y * up) & 2**y - 1
            if count:
                energies.append(2 * (k - lattice.n_sites))
                magnetizations.append(2 * up - lattice.n_sites)
                counts.append(count)
    return energies, magnetizations, counts


def _first_rows(n: int, seam: bool) -> dict[int, int]:
    """First rows to sum over, and the number of equivalent rows of each: its rotations, if there is no seam."""
    rows: dict[int, int] = {}
    for row in range(2**n):
        turns = [row] if seam else [(row >> k | row << n - k) % 2**n for k in range(n)]
        rows[min(turns)] = rows.get(min(turns), 0) + 1
    return rows


def _next_spin(vector: list[int], site: int, n: int, seam_row: bool, seam_stack: bool, x: int, y: int) -> list[int]:
    """Replace the spin at `site` of the row (bit of the index, 1 is up) by the one above it."""
    following = []
    for row in range(2**n):
        up = row >> site & 1
        unsatisfied = 0
        if site > 0:
            unsatisfied += up ^ row >> site - 1 & 1
        if site == n - 1:
            unsatisfied += up ^ row & 1 ^ seam_row
        like, unlike = vector[row], vector[row ^ 1 << site]
        both = (like << x) + unlike if seam_stack else like + (unlike << x)
        following.append(both << x * unsatisfied + y * up)
    return following
