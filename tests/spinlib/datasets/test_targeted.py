import numpy as np
import pytest
from scipy.stats import chisquare

from spinlib.datasets import targeted
from spinlib.exact import density_of_states
from spinlib.models import Ising, Potts


def test_every_level_of_four_by_four_is_filled_evenly():
    model = Ising((4, 4))
    levels, _ = density_of_states.ising_torus((4, 4))
    spins = targeted.draw(model, levels, 20, seed=1)
    assert spins.shape == (15, 20, 4, 4)
    assert spins.dtype == np.int8
    assert np.all(model.energy(spins) == np.array(levels)[:, None])


def test_states_of_one_energy_are_equally_likely():
    # 4 x 4 sites have 64 states of energy -20: two ordered ones with one spin turned and their like.
    states = (2 * ((np.arange(2**16)[:, None] >> np.arange(16)) & 1) - 1).astype(np.int8)
    model = Ising((4, 4))
    class_size = np.count_nonzero(model.energy(states.reshape(-1, 4, 4)) == -20)
    spins = targeted.draw(model, [-20.0], 6400, seed=2).reshape(-1, 16)
    _, counts = np.unique((spins > 0) @ (1 << np.arange(16)), return_counts=True)
    assert len(counts) == class_size == 64
    assert chisquare(counts).pvalue > 1e-3


def test_couplings_field_and_free_edges_are_followed():
    rng = np.random.default_rng(3)
    model = Ising((3, 3), coupling=rng.normal(size=(2, 3, 3)), field=0.3, boundary="free")
    some = model.energy(rng.choice(np.array([-1, 1], np.int8), (3, 3, 3)))
    spins = targeted.draw(model, some, 4, width=3.0, seed=4)
    np.testing.assert_allclose(model.energy(spins), np.repeat(some[:, None], 4, axis=1), atol=1e-7)


def test_samples_follow_from_the_seed_and_do_not_depend_on_their_number():
    model = Ising((4, 4))
    first = targeted.draw(model, [0.0, -16.0], 300, seed=5)
    assert np.array_equal(first[:, :7], targeted.draw(model, [0.0, -16.0], 7, seed=5))
    assert not np.array_equal(first, targeted.draw(model, [0.0, -16.0], 300, seed=6))


def test_a_sample_depends_on_its_energy_not_on_the_place_in_the_list():
    model = Ising((4, 4))
    first = targeted.draw(model, [0.0, -16.0, 0.0], 200, seed=5)
    assert np.array_equal(first[[1, 0]], targeted.draw(model, [-16.0, 0.0], 200, seed=5))
    # The second time that an energy stands there, and other models and widths: independent samples of 16 fair coins.
    others = [first[2], targeted.draw(model, [0.0], 200, width=3.999, seed=5)[0]]
    others.append(targeted.draw(Ising((4, 4), coupling=1.0 + 1e-15), [0.0], 200, seed=5)[0])
    for other in others:
        assert abs(np.mean(first[0] * other)) < 4.0 / np.sqrt(first[0].size)


@pytest.mark.parametrize("energy", [28.0, -28.0, 2.0, 40.0])
def test_an_energy_that_no_state_has_is_named_with_its_neighbours(energy):
    with pytest.raises(ValueError, match=rf"energy {energy:g}: no state .* nearest that exist: "):
        targeted.draw(Ising((4, 4)), [0.0, energy], 2)


def test_a_search_without_end_is_given_up():
    with pytest.raises(ValueError, match=r"energy 0\.5: none of 100 walks"):
        targeted.draw(Ising((2, 2), boundary="free"), [0.5], 1)


def test_bad_input_is_refused():
    with pytest.raises(TypeError, match="for Ising"):
        targeted.draw(Potts((4, 4)), [0.0], 2)
    with pytest.raises(ValueError, match="finite numbers"):
        targeted.draw(Ising((4, 4)), [[0.0]], 2)
    with pytest.raises(ValueError, match="n_samples 0: has to be at least 1"):
        targeted.draw(Ising((4, 4)), [0.0], 0)
    with pytest.raises(ValueError, match=r"width 0\.0: has to be positive"):
        targeted.draw(Ising((4, 4)), [0.0], 2, width=0.0)
