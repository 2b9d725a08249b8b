import numpy as np
import pytest

from spinlib.exact import enumeration, potts
from spinlib.models import Potts


def test_energies_are_per_site_and_crossings_of_successive_sizes(compute):
    settings = {"L": [3, 6, 12], "draws": 2000, "chains": 2, "burn_in": 50}
    found = compute("dp/potts_critical", settings)
    tc = float(potts.critical_temperature(3))
    model = Potts((3, 3), q=3)
    exact = enumeration.boltzmann(model, tc) @ enumeration.energies(model) / model.n_sites
    assert abs(found["energy"][0] - exact) < 5 * found["energy_error"][0]
    # From below towards -1.57735, the exact energy of the infinite lattice.
    assert found["energy"][0] < found["energy"][1] < found["energy"][2] < potts.critical_energy(3)
    assert found["crossing"].shape == (2,)
    assert found["crossing"] == pytest.approx(tc, abs=0.1)
    assert np.isfinite(found["tau"]).all()
