import subprocess
import sys
import types

import numpy as np
import pytest

from spinlib.models import XY, CellularPotts, Ising, LongRangeIsing, PlanarPotts, Potts
from spinlib.samplers.chains.contents import described, digest

COUPLING = np.random.default_rng(0).normal(size=(2, 4, 4))
SCALE = 2.0


def scaled(spins):
    return [SCALE * value for value in spins]


def calls_itself(n):
    return n and calls_itself(n - 1)


def in_a_set(name):
    return name in {"one", "two", "three", "four"}


def test_equal_contents_have_equal_digests_and_others_do_not():
    values = [
        *(None, True, 1, 0, 1.0, np.nextafter(1.0, 2.0), -0.0, 0.0, 1e-310, "1", b"1", (), (1, 2), ((1,), 2), "cold"),
        *(range(3), range(4), range(3, 6), {"a": 1}, {"a": 2}, {"b": 1}, 2**70),
        *(np.arange(3), np.arange(3.0), np.arange(3)[::-1], np.arange(4).reshape(2, 2), np.zeros(0), np.zeros(1)),
        *(Ising((4, 4)), Ising((4, 4), coupling=COUPLING), Ising((4, 4), coupling=COUPLING, field=0.5)),
        Ising((4, 4), coupling=np.where(np.arange(32).reshape(2, 4, 4) == 31, np.nextafter(COUPLING, 9), COUPLING)),
        *(
            Ising((4, 4), boundary="free"),
            Ising((4, 4), boundary=("free", "periodic")),
            Potts((4, 4)),
            Potts((4, 4), q=4),
        ),
        *(XY((4, 4)), PlanarPotts((4, 4)), LongRangeIsing((4, 4)), CellularPotts((8, 8), [0, 1], np.ones((2, 2)))),
        *(scaled, calls_itself, in_a_set, lambda spins: spins, lambda spins: spins + 1, lambda spins, n=3: spins[n]),
    ]
    assert len({digest(value) for value in values}) == len(values)
    assert digest(Ising((4, 4), coupling=COUPLING.copy())) == digest(Ising((4, 4), coupling=COUPLING))
    assert digest(np.arange(8).reshape(2, 4).T) == digest(np.ascontiguousarray(np.arange(8).reshape(2, 4).T))
    assert digest(np.float64(0.1), np.int64(3)) == digest(0.1, 3)
    assert digest(1, 2) != digest((1, 2))


def test_digests_are_the_same_in_every_process():
    script = f"import sys; sys.path.insert(0, {str(__file__).rpartition('/')[0]!r}); import test_contents as t; "
    script += "print(t.digest(t.scaled, t.calls_itself, t.in_a_set, t.Ising((4, 4), coupling=t.COUPLING)).hex())"
    found = {
        subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True).stdout
        for _ in range(2)
    }
    assert len(found) == 1


def test_what_a_function_refers_to_counts(monkeypatch):
    def made(n):
        return lambda spins: spins[n]

    assert digest(made(1)) == digest(made(1))
    assert digest(made(1)) != digest(made(2))
    before = digest(scaled)
    monkeypatch.setitem(globals(), "SCALE", 3.0)
    assert digest(scaled) != before
    monkeypatch.setitem(globals(), "SCALE", object())
    with pytest.raises(TypeError, match="function scaled: what it refers to cannot be described"):
        digest(scaled)


def test_a_subclass_is_described_as_the_model_whose_hamiltonian_it_has():
    class Named(Ising):
        pass

    assert described(Named((4, 4))) == described(Ising((4, 4))) != described(Named((4, 5)))


def test_what_cannot_be_described_is_refused():
    for value in (object(), np.array([object()]), types.SimpleNamespace(a=1), iter([1])):
        with pytest.raises(TypeError):
            described(value)
