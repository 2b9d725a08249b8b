import numpy as np

from spinlib.exact import enumeration, kaufman
from spinlib.models import Ising


def test_rows_are_sizes_and_columns_temperatures(compute):
    """Energies of tiny tori against Kaufman's, and |m| of 4 x 4 spins against enumeration, each within five errors."""
    settings = {"L": [4, 6], "T": [1.8, 3.0, 5.0], "draws": 2000, "chains": 2, "burn_in": 50}
    found = compute("dp/magnetization", settings)
    exact = np.array([kaufman.energy(settings["T"], (size, size)) for size in settings["L"]])
    assert (np.abs(found["energy"] - exact) < 5 * found["energy_error"]).all()
    small = Ising((4, 4))
    order = enumeration.boltzmann(small, settings["T"]) @ np.abs(enumeration.states(small).mean(axis=(1, 2)))
    assert (np.abs(found["m"][0] - order) < 5 * found["m_error"][0]).all()
    assert {found[name].shape for name in ("m", "m_error", "energy", "energy_error", "tau")} == {(2, 3)}
