import numpy as np
import pytest

from spinlib.exact import onsager


def test_peaks_and_crossings_stand_in_their_places(compute):
    """Small tori: the peak falls towards T_c as a/L, and the cumulants of 8 and 16 cross within 0.05 of T_c."""
    settings = {
        **{"L": [8, 16], "draws": 4000, "peak_draws": 4000, "chains": 2, "burn_in": 50, "peak": 2.0},
        "sweeps_between": [[2, 1]],
    }
    found = compute("dp/critical_point", settings)
    tc = onsager.critical_temperature()
    assert found["peak"].shape == (2,)
    assert found["crossing"].shape == found["cumulant"].shape == (1,)
    above = found["peak"] - tc
    assert above[0] > above[1] > 0
    assert above * settings["L"] == pytest.approx([2.0, 2.0], abs=1.0)
    assert found["crossing"][0] == pytest.approx(tc, abs=0.05)
    assert 0 < found["crossing_error"][0] < 0.05
    # Of the periodic square lattice: 0.6107 (Kamieniarz and Bloete 1993), here of small sizes.
    assert found["cumulant"][0] == pytest.approx(0.61, abs=0.02)
    assert np.isfinite(found["peak_error"]).all()
