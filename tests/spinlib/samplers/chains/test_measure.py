import numpy as np
import pytest

from spinlib import observables
from spinlib.models import Ising, Potts
from spinlib.samplers.chains import measure

RNG = np.random.default_rng(5)

MODELS = [
    Ising((4, 6)),
    Ising((5, 3), coupling=-0.7, field=0.4, boundary=("free", "antiperiodic")),
    Ising((4, 4), coupling=RNG.normal(size=(2, 4, 4)), field=-0.2, boundary=("antiperiodic", "periodic")),
    Ising((2, 3, 4)),
    Ising((7,), boundary="antiperiodic"),
    Ising((4, 6), neighborhood="triangular"),
    Potts((4, 5), q=4, coupling=0.6),
    Potts((4, 4), q=2, boundary="free", neighborhood="honeycomb"),
    Potts((4, 5), q=3, field=-0.7),
]


@pytest.mark.parametrize("model", MODELS, ids=repr)
def test_the_same_as_the_models_energy_and_the_observables(model):
    values = np.array([-1, 1]) if isinstance(model, Ising) else np.arange(model.q)
    spins = RNG.choice(values, size=(30, *model.shape)).astype(np.int8)
    assert np.allclose(measure.energy(model, spins), model.energy(spins) / model.n_sites, rtol=0, atol=1e-12)
    assert np.allclose(measure.magnetization(model, spins), observables.magnetization(model, spins), rtol=0, atol=1e-12)


def test_sums_do_not_overflow():
    model = Ising((512, 512))
    spins = np.full((1, 512, 512), -1, dtype=np.int8)
    assert measure.energy(model, spins) == -2.0
    assert measure.magnetization(model, spins) == -1.0
