"""Ctrl-C ends what runs long, within a moment: a real process with a real signal."""

import signal
import subprocess
import sys
import time

import pytest

# Each of these would run for minutes at least.
SCRIPT = """
import sys, warnings
import numpy as np
from spinlib import sample
from spinlib.models import XY, CellularPotts, Ising, Potts
from spinlib.datasets import targeted
from spinlib.samplers import coupling_from_the_past, learned_energy, parallel_tempering
from spinlib.samplers.cellular_potts.simulation import simulate
from spinlib.samplers.random import streams

cells = np.random.default_rng(0).integers(5, size=(128, 128))
cellular = CellularPotts((128, 128), [0, 1, 1, 1, 1], np.ones((2, 2)))
calls = {
    **{
        f"{method} of {model!r}": lambda n, model=model, method=method: sample(model, 2.0, 1, method=method, burn_in=n)
        for model, method in (
            (Ising((64, 64)), "metropolis"),
            (Ising((64, 64), field=0.1), "heat_bath"),
            (Ising((64, 64)), "multispin"),
            (Ising((64, 64)), "swendsen_wang"),
            (Ising((64, 64)), "auto"),
            (Potts((64, 64)), "wolff"),
            (XY((64, 64)), "over_relaxation"),
        )
    },
    "sweeps between draws": lambda n: sample(Ising((64, 64)), 2.0, 1, method="metropolis", burn_in=0, sweeps_between=n),
    "two threads": lambda n: sample(
        Ising((64, 64)), [2.0, 2.5, 3.0], 1, method="swendsen_wang", burn_in=n, threads=2
    ),
    "parallel tempering": lambda n: parallel_tempering.sample(
        Ising((16, 16)), [2.0, 2.5], 1, method="metropolis", sweeps_per_exchange=n, burn_in=1
    ),
    "cellular Potts": lambda n: simulate(cellular, cells, n, 1.0, measure_at=[n]),
    "coupling from the past": lambda n: coupling_from_the_past.draw(
        Ising((600, 600)) if n > 1 else Ising((4, 4)), 2.27, 1, 0
    ),
    "targeted": lambda n: targeted.draw(Ising((64, 64), coupling=np.full((2, 64, 64), 0.999)), [0.5], 100)
    if n > 1
    else targeted.draw(Ising((4, 4), coupling=np.ones((2, 4, 4))), [0.0], 1),
    "table of learned energies": lambda n: learned_energy.sweep_table(
        np.zeros(2**9), np.zeros(64, np.int64), np.ones(64), streams(0, "table", 0, 64), n
    ),
}
for name, call in calls.items():
    call(1)
    try:
        print(name, flush=True)
        call(10**9)
        print("ended", flush=True)
    except KeyboardInterrupt:
        print("interrupted", flush=True)
print("last", flush=True)
sample(Ising((64, 64)), 2.0, 1, method="metropolis", burn_in=10**9)
"""


@pytest.fixture
def program():
    started = subprocess.Popen(
        [sys.executable, "-c", SCRIPT], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, bufsize=1
    )
    yield started
    started.kill()
    started.communicate()


def test_everything_that_runs_long_can_be_interrupted(program):
    names, late = [], {}
    while (name := program.stdout.readline().strip()) != "last":
        assert name, program.stderr.read()
        time.sleep(1.0)
        begin = time.monotonic()
        program.send_signal(signal.SIGINT)
        assert program.stdout.readline() == "interrupted\n", name
        names.append(name)
        if time.monotonic() - begin > 2.0:
            late[name] = time.monotonic() - begin
    assert len(names) == 14
    assert not late
    time.sleep(1.0)
    program.send_signal(signal.SIGINT)
    begin = time.monotonic()
    # The end of the interpreter takes its own time after that.
    assert program.stderr.readline().startswith("Traceback")
    assert time.monotonic() - begin < 2.0
    assert "KeyboardInterrupt" in program.stderr.read()
    assert program.wait(timeout=30.0) != 0
