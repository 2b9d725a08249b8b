import numpy as np
import pytest

from spinlib.exact import enumeration
from spinlib.models import Potts
from spinlib.samplers import METHODS
from spinlib.samplers.single_spin import checkerboard

# Lattices that are updated site by site.
ONE_SWEEP = [
    (Potts((2, 3), q=3), 1.0),
    (Potts((2, 3), q=3, coupling=-0.8, boundary="free"), 0.8),
    (Potts((3, 2), q=3, boundary="free", neighborhood="triangular"), 1.2),
    (Potts((5,), q=4, boundary="free"), 0.8),
    (Potts((2, 2, 2), q=2), 1.5),
    (Potts((2, 4), q=2, neighborhood="honeycomb"), 0.6),
]


@pytest.mark.parametrize("name", ["metropolis", "heat_bath"])
@pytest.mark.parametrize(("model", "temperature"), ONE_SWEEP, ids=repr)
def test_transition_frequencies_of_one_sweep(name, model, temperature, law):
    assert not checkerboard.applies(model)
    n, start = 300_000, enumeration.states(model)[enumeration.n_states(model) // 3]
    spins = np.tile(start, (n, *(1,) * start.ndim))
    temperatures = np.full(n, temperature)
    METHODS[name].sweep(model, spins, temperatures, law.random_state(n, 8), 1)
    assert law.p_value(model, spins, law.after_single_site_sweep(model, temperature, start, name)) > law.LEVEL
