import pytest

from experiments.dp import potts_method
from spinlib.exact import enumeration, potts
from spinlib.models import Potts
from spinlib.statistics import chi_square


@pytest.mark.parametrize("temperature", [0.6, 0.994973, 2.0])
def test_the_transfer_matrix_gives_the_enumerated_energy(temperature):
    """3 x 4 sites, 531,441 states."""
    exact = enumeration.thermodynamics(Potts((3, 4), q=3), temperature).energy
    assert potts_method.torus_energy(3, 4, temperature) == pytest.approx(exact, abs=1e-8)
    assert potts_method.torus_energy(4, 3, temperature) == pytest.approx(exact, abs=1e-8)


def test_the_critical_temperature_is_the_exact_one():
    assert pytest.approx(potts.critical_temperature(3), abs=1e-6) == potts_method.CRITICAL


def test_the_convolution_method_meets_its_references(compute):
    plans = [(4, [0.8, 1.5], 16, 100, 2), (8, [0.8, 1.5], 16, 100, 2)]
    found = compute("dp/potts_method", {"draws": 150, "plans": plans})
    assert found["is_exact"].tolist() == [1, 1, 0, 0]
    assert (found["reference_error"][:2] == 0).all()
    assert (found["reference_error"][2:] > 0).all()
    error = (found["energy_error"] ** 2 + found["reference_error"] ** 2) ** 0.5
    assert chi_square(found["energy"], error, found["reference"])[2] > 1e-3
