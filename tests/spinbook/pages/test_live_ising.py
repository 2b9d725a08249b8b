import json
import re

import numpy as np
import pytest

from spinbook.pages import live_ising


def test_the_curves_are_onsager_s_and_yang_s():
    """Against values from elsewhere: duality's critical point, Yang's formula, and both limits of temperature."""
    curves = live_ising.curves()
    temperatures, energy, magnetization = (np.array(curves[name]) for name in ("T", "energy", "magnetization"))
    critical = 2 / np.log(1 + np.sqrt(2))
    assert curves["critical"] == pytest.approx(critical, abs=1e-12)
    assert np.all(np.diff(temperatures) > 0)
    assert temperatures[0] == live_ising.LOWEST
    assert temperatures[-1] >= live_ising.HIGHEST
    below = temperatures < critical
    yang = (1 - np.sinh(2 / temperatures[below]) ** -4) ** 0.125
    np.testing.assert_allclose(magnetization[below], yang, atol=1e-5)
    assert np.all(magnetization[~below] == 0)
    assert np.interp(critical, temperatures, energy) == pytest.approx(-np.sqrt(2), abs=1e-4)
    # Single and paired flipped spins; paths of one and of three bonds between neighbours.
    assert energy[0] == pytest.approx(-2 + 8 * np.exp(-8.0) + 24 * np.exp(-12.0), abs=1e-4)
    v = np.tanh(1 / temperatures[-1])
    assert energy[-1] == pytest.approx(-2 * (v + 2 * v**3), abs=0.01)


def test_the_markup_is_one_block_with_the_curves_and_all_controls():
    markup = live_ising.markup()
    assert "\n\n" not in markup.strip()
    held = re.search(r'class="live-ising-curves">(.*?)</script>', markup)
    assert json.loads(held[1]) == live_ising.curves()
    controls = re.findall(r"<(?:input|select|button)", markup)
    assert len(controls) == 5
    assert f'<option value="{live_ising.SIZE}" selected>' in markup
    assert all(size % 2 == 0 for size in live_ising.SIZES)
