"""Long-range Ising spins: the folded matrix, the image sum and the definition agree; the conventions of the models."""

import pickle
from itertools import product

import numpy as np
import pytest

from spinlib.exact import enumeration
from spinlib.models import Ising, LongRangeIsing

PHI = {
    "screened_coulomb": lambda r, k: np.exp(-k * r) / r,
    "sinusoidal": lambda r, k: np.exp(-k * r) * np.sin(r) / r,
}
MODELS = [
    LongRangeIsing((4, 4), cutoff=9.0),
    LongRangeIsing((3, 5), "sinusoidal", -0.7, 0.4, 7.5),
    LongRangeIsing((6,), "sinusoidal", 1.3, 0.2, 20.0),
    LongRangeIsing((2, 3, 2), "screened_coulomb", 1.0, 0.8, 4.0),
    LongRangeIsing((2, 2), cutoff=1.0),
]


def random_spins(model, *leading, seed=1):
    return np.random.default_rng(seed).choice(np.array([-1, 1], dtype=np.int8), size=(*leading, *model.shape))


def energy_by_definition(model, spins):
    """Every spin of the lattice with every spin of every image, half of each pair, one at a time."""
    cells = [range(-int(model.cutoff / side) - 1, int(model.cutoff / side) + 2) for side in model.shape]
    total = 0.0
    for i in np.ndindex(model.shape):
        for j in np.ndindex(model.shape):
            for cell in product(*cells):
                r = np.sqrt(sum((b + c * side - a) ** 2 for a, b, c, side in zip(i, j, cell, model.shape, strict=True)))
                if 0 < r <= model.cutoff:
                    total += PHI[model.interaction](r, model.screening) * spins[i] * spins[j] / 2
    return model.coupling * total


@pytest.mark.parametrize("model", MODELS, ids=repr)
def test_three_ways_to_the_energy(model):
    spins = random_spins(model, 4)
    expected = [energy_by_definition(model, one) for one in spins]
    np.testing.assert_allclose(model.energy(spins), expected, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(model.image_sum_energy(spins), expected, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("interaction", list(PHI))
def test_the_folded_matrix_is_the_image_sum_of_the_paper(interaction):
    """8 x 8, cutoff 64: 12,852 displacements in 64 x 64 numbers."""
    model = LongRangeIsing(interaction=interaction)
    displacements, strengths = model.images
    assert len(displacements) == len(strengths) == 12_852
    spins = random_spins(model, 20)
    np.testing.assert_allclose(model.energy(spins), model.image_sum_energy(spins), rtol=0, atol=1e-12)
    assert np.array_equal(model.coupling_matrix, model.coupling_matrix.T)
    # converged: 40 spacings give the same
    np.testing.assert_allclose(LongRangeIsing((8, 8), interaction, cutoff=40.0).energy(spins), model.energy(spins))


@pytest.mark.parametrize("model", MODELS, ids=repr)
def test_energy_change_is_energy_after_minus_before(model):
    spins = random_spins(model)
    after = np.repeat(spins.reshape(1, -1), model.n_sites, axis=0)
    np.fill_diagonal(after, -after.diagonal())
    expected = (model.energy(after.reshape(-1, *model.shape)) - model.energy(spins)).reshape(model.shape)
    np.testing.assert_allclose(model.energy_change(spins), expected, rtol=0, atol=1e-12)
    np.testing.assert_allclose(2 * spins * model.local_field(spins), expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize("shape", [(2,), (5,), (2, 4), (4, 5), (3, 3, 4)])
def test_a_cutoff_of_one_leaves_nearest_neighbors(shape):
    """An Ising antiferromagnet with J = -1/e, double bonds on an axis of length 2 included."""
    model, nearest = LongRangeIsing(shape, cutoff=1.0), Ising(shape, -np.exp(-1.0))
    spins = random_spins(model, 10)
    np.testing.assert_allclose(model.energy(spins), nearest.energy(spins), rtol=1e-12, atol=1e-13)
    np.testing.assert_allclose(model.energy_change(spins), nearest.energy_change(spins), rtol=1e-12, atol=1e-13)


def test_energies_move_with_the_configuration():
    """Translations, reflections and a turn of all spins change nothing."""
    model = LongRangeIsing((4, 6), "sinusoidal")
    spins = random_spins(model, 8)
    for moved in (np.roll(spins, (1, 2), (1, 2)), spins[:, ::-1], spins[:, :, ::-1], -spins):
        np.testing.assert_allclose(model.energy(moved), model.energy(spins), rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("interaction", list(PHI))
def test_the_checkerboard_is_the_lowest_state(interaction):
    """All 65536 states of 4 x 4: the two of lowest energy are the checkerboards (paper dnn, Sec. IV 4)."""
    model = LongRangeIsing((4, 4), interaction)
    energies = enumeration.energies(model)
    lowest = enumeration.states(model)[np.argsort(energies)[:2]]
    checkerboard = 1 - 2 * (np.indices((4, 4)).sum(axis=0) % 2)
    assert abs((lowest * checkerboard).sum(axis=(1, 2))).tolist() == [16, 16]
    assert np.sort(energies)[2] > energies.min() + 0.5


def test_known_values():
    # A ring of 2 with a cutoff of 3: at 1 and 3 the other spin, at 2 the images of the spin itself, both ways
    model = LongRangeIsing((2,), screening=0.5, cutoff=3.0)
    one, two, three = (np.exp(-0.5 * r) / r for r in (1, 2, 3))
    np.testing.assert_allclose(model.coupling_matrix, [[2 * two, 2 * (one + three)], [2 * (one + three), 2 * two]])
    assert model.energy(np.array([1, -1])) == pytest.approx(2 * two - 2 * (one + three))
    assert LongRangeIsing((8, 8)).energy(np.ones((8, 8))) > 0


def test_leading_axes_dtypes_and_blocks():
    model = LongRangeIsing((4, 4), cutoff=6.0)
    spins = random_spins(model, 2, 3)
    energy = model.energy(spins)
    assert energy.shape == (2, 3)
    assert energy.dtype == np.float64
    assert energy[1, 2] == pytest.approx(model.energy(spins[1, 2]), rel=1e-13)
    assert np.ndim(model.energy(spins[0, 0])) == 0
    assert model.energy(spins[:, :0]).shape == (2, 0)
    assert model.image_sum_energy(spins).shape == (2, 3)
    assert model.energy_change(spins).shape == spins.shape
    for dtype in (np.int64, np.float32, np.float16):
        np.testing.assert_array_equal(model.energy(spins.astype(dtype)), energy)
    many = random_spins(model, 20_000)
    np.testing.assert_allclose(model.energy(many)[17_000], model.energy(many[17_000]), rtol=1e-13)


def test_torch_agrees_with_numpy():
    torch = pytest.importorskip("torch")
    model = LongRangeIsing((4, 5), "sinusoidal", cutoff=12.0)
    spins = random_spins(model, 2, 3)
    for dtype in (torch.int8, torch.float32, torch.bfloat16):
        tensor = torch.tensor(spins).to(dtype)
        energy = model.energy(tensor)
        assert energy.dtype == torch.float64
        np.testing.assert_allclose(energy.numpy(), model.energy(spins), rtol=0, atol=1e-12)
        np.testing.assert_allclose(model.image_sum_energy(tensor).numpy(), model.energy(spins), rtol=0, atol=1e-12)
        np.testing.assert_allclose(model.energy_change(tensor).numpy(), model.energy_change(spins), atol=1e-12)
    assert model.energy(torch.tensor(spins[0, 0])).shape == ()


def test_models_pickle_without_their_tables():
    model = LongRangeIsing((8, 8), "sinusoidal", 0.5, 0.7, 30.0)
    spins = random_spins(model)
    energy = model.energy(spins)
    pickled = pickle.dumps(model)
    assert len(pickled) < 500
    assert pickle.loads(pickled).energy(spins) == energy
    assert repr(model) == (
        "LongRangeIsing(shape=(8, 8), interaction='sinusoidal', coupling=0.5, screening=0.7, cutoff=30.0)"
    )
    with pytest.raises(ValueError, match="read-only"):
        model.coupling_matrix[0, 0] = 0


def test_refuses_what_is_no_configuration():
    model = LongRangeIsing((3, 4), cutoff=2.0)
    methods = (model.check, model.energy, model.image_sum_energy, model.energy_change, model.local_field)
    for method in methods:
        for value in (0, 2, 0.5, np.nan):
            spins = np.ones((2, 3, 4))
            spins[1, 2, 3] = value
            with pytest.raises(ValueError, match=r"spin value .*-1 and \+1"):
                method(spins)
        for shape in ((4, 3), (4,), ()):
            with pytest.raises(ValueError, match="shape"):
                method(np.ones(shape))
        with pytest.raises(TypeError, match="dtype"):
            method(np.ones((3, 4), dtype=bool))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"interaction": "coulomb"}, "interaction 'coulomb': allowed are 'screened_coulomb', 'sinusoidal'"),
        ({"coupling": np.nan}, "coupling nan"),
        ({"screening": 0.0}, r"screening 0\.0: has to be positive"),
        ({"screening": "weak"}, "screening 'weak'"),
        ({"cutoff": 0.5}, r"cutoff 0\.5: has to be at least 1"),
        ({"cutoff": np.inf}, "cutoff inf"),
        ({"shape": (1, 4)}, "at least 2"),
        ({"shape": (64, 65)}, "at most 4096 sites"),
    ],
)
def test_refuses_models_that_do_not_exist(arguments, message):
    with pytest.raises(ValueError, match=message):
        LongRangeIsing(**{"shape": (4, 4), **arguments})
