"""Memory of a run on a lattice of 2048 x 2048, with a burn-in and one draw that is measured and kept.

The figure is the highest resident memory of a process less that of the same program on a smaller lattice, which takes
the same kernels. An even earlier process compiles them, so that the compiler's own memory is in neither.
"""

import subprocess
import sys
from functools import cache

import pytest

from spinlib.models import Ising
from spinlib.samplers import METHODS

PROGRAM = """
import resource, sys
from spinlib import sample
from spinlib.models import Ising, Potts

shape = (int(sys.argv[1]),) * 2
sample({model}, {temperature}, 1, method={method!r}, start="random", burn_in=1)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024)
"""
MOST = 12.0
SMALL, LARGE = 560, 2048

CASES = [
    ("swendsen_wang", "Ising(shape)", 50.0),
    ("swendsen_wang", "Ising(shape, field=0.1)", 50.0),
    ("swendsen_wang", "Ising(shape, coupling=(1.0, -0.5), boundary=('free', 'antiperiodic'))", 2.0),
    ("swendsen_wang", "Ising(shape, neighborhood='triangular')", 3.64),
    ("swendsen_wang", "Potts(shape, q=10)", 0.8),
    ("wolff", "Ising(shape)", 2.27),
    ("wolff", "Potts(shape, q=3, field=0.2)", 1.0),
]
MODELS = {
    "Ising(shape)": Ising,
    "Ising(shape, neighborhood='triangular')": lambda shape: Ising(shape, neighborhood="triangular"),
}


def highest_memory(program, length):
    done = subprocess.run([sys.executable, "-c", program, str(length)], capture_output=True, text=True, check=True)
    return int(done.stdout)


@cache
def bytes_per_site(method, model, temperature):
    program = PROGRAM.format(method=method, model=model, temperature=temperature)
    _, small, large = (highest_memory(program, length) for length in (SMALL, SMALL, LARGE))
    return (large - small) / (LARGE**2 - SMALL**2)


@pytest.mark.parametrize(("method", "model", "temperature"), CASES)
def test_a_site_takes_at_most_12_bytes(method, model, temperature):
    measured = bytes_per_site(method, model, temperature)
    assert 1.0 < measured < MOST


@pytest.mark.parametrize(("method", "code", "temperature"), [CASES[k] for k in (0, 3, 5)])
def test_estimates_are_what_a_sampler_takes_beside_the_spins(method, code, temperature):
    model = MODELS[code]((LARGE, LARGE))
    estimate = (METHODS[method].working_bytes(model) + METHODS[method].table_bytes(model)) / model.n_sites
    # Spins as they are swept, kept with the block's draws and kept in the data set; the last come after the sweeps.
    assert estimate + 2.0 == pytest.approx(bytes_per_site(method, code, temperature), rel=0.3)
