"""Memory of a run on a lattice of 2048 x 2048, as `make bench` measures it: benchmarks/peak_memory.py."""

import importlib.util
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from spinlib.models import XY, Ising, Potts
from spinlib.samplers import methods

LENGTH, MOST = 2048, 12.0
TRIANGULAR = "Ising(shape, neighborhood='triangular')"
IN_FIELD = "Ising(shape, field=0.1)"

CASES = [
    ("swendsen_wang", "Ising(shape)", 50.0),
    ("swendsen_wang", TRIANGULAR, 3.64),
    ("wolff", "Ising(shape)", 2.27),
    ("wolff", "Potts(shape, q=3, field=0.2)", 1.0),
    ("multispin", "Ising(shape)", 2.27),
    # The two share their tables.
    ("metropolis", IN_FIELD, 2.27),
    ("heat_bath", "Potts(shape, q=3, field=0.2)", 1.0),
]
# Methods that cannot do with so little, on a smaller lattice: a quarter of a GiB is enough to see what they take.
SHORT = 1280
BOND_COUPLINGS = "Ising(shape, coupling=np.random.default_rng(0).choice([-1.0, 1.0], size=(2, *shape)))"
LARGER = [("metropolis", BOND_COUPLINGS, 2.0), ("metropolis", "XY(shape)", 0.9), ("convolution", "Ising(shape)", 2.27)]
ESTIMATED = [*(CASES[k] for k in (0, 1, 2, 5)), *LARGER]


@cache
def program():
    path = Path(__file__).parents[3] / "benchmarks" / "peak_memory.py"
    specification = importlib.util.spec_from_file_location("peak_memory", path)
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


@cache
def figures(length):
    """All in one process."""
    cases = CASES if length == LENGTH else LARGER
    return dict(zip(cases, program().bytes_per_site(cases, length), strict=True))


@pytest.mark.parametrize("case", CASES, ids=lambda case: " ".join(case[:2]))
def test_a_site_takes_at_most_12_bytes(case):
    assert 1.0 < figures(LENGTH)[case] < MOST


@pytest.mark.parametrize("case", ESTIMATED, ids=lambda case: " ".join(case[:2]))
def test_estimates_are_what_a_sampler_takes_beside_the_spins(case):
    method, code, _ = case
    if method == "convolution":
        pytest.importorskip("torch")
    length = SHORT if case in LARGER else LENGTH
    model = eval(code, {"shape": (length, length), "np": np, "Ising": Ising, "Potts": Potts, "XY": XY})
    module = methods(model)[method]
    estimate = (module.working_bytes(model) + module.table_bytes(model)) / model.n_sites
    # Spins as they are swept. Those of the data set, and what lies between, come after the sweeps, whose own memory is
    # free again by then: they count where sweeps need none.
    copies = 1 if module.working_bytes(model) else 3
    assert estimate + copies * model.spin_dtype.itemsize == pytest.approx(figures(length)[case], rel=0.3)
