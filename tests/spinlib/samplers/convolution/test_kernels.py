import numpy as np
import pytest
import torch

from spinlib.lattice import Lattice
from spinlib.models import Ising
from spinlib.samplers.convolution.kernels import NeighborConvolution, stencil

torch.set_num_threads(1)

CPU = torch.device("cpu")
SHAPES = {
    "nearest": [(7,), (2,), (4, 6), (5, 7), (2, 2), (4, 2, 3)],
    "next_nearest": [(7,), (4, 5), (2, 3), (3, 4, 5)],
    "triangular": [(4, 6), (2, 3), (6, 5)],
    "honeycomb": [(4, 6), (2, 2), (6, 4)],
    "moore": [(6,), (4, 5), (3, 4, 5)],
    "moore2": [(6,), (5, 6), (3, 3), (3, 4, 5)],
}
BOUNDARIES = ["periodic", "free", "antiperiodic", "mixed"]


def _lattices():
    for neighborhood, shapes in SHAPES.items():
        for shape in shapes:
            for boundary in BOUNDARIES:
                names = ("free", "antiperiodic", "periodic")[: len(shape)] if boundary == "mixed" else boundary
                yield shape, names, neighborhood


def _neighbors(lattice, split, dtype=torch.float64):
    return NeighborConvolution(lattice, split, CPU, dtype)


def test_kernels_are_those_printed_in_the_paper():
    np.testing.assert_array_equal(stencil("nearest", 2).kernels, [[[0, 1, 0], [1, 0, 1], [0, 1, 0]]])
    wide = [[0, 1, 0, 1, 0], [1, 0, 0, 0, 1], [0, 1, 0, 1, 0]]
    np.testing.assert_array_equal(stencil("triangular", 2).kernels, [wide])
    first, second = stencil("honeycomb", 2).kernels
    np.testing.assert_array_equal(first, [[1, 0, 1], [0, 0, 0], [0, 1, 0]])
    np.testing.assert_array_equal(second, [[0, 1, 0], [0, 0, 0], [1, 0, 1]])


def test_split_square_kernel_gives_the_four_of_equation_6():
    weight = _neighbors(Lattice((4, 4)), split=True)._weight[:, 0]
    up, left, right, down = np.zeros((4, 3, 3))
    up[0, 1] = left[1, 0] = right[1, 2] = down[2, 1] = 1
    np.testing.assert_array_equal(weight, [up, left, right, down])


@pytest.mark.parametrize(("shape", "boundary", "neighborhood"), list(_lattices()))
def test_sums_are_the_models_local_field(shape, boundary, neighborhood):
    model = Ising(shape, boundary=boundary, neighborhood=neighborhood)
    rng = np.random.default_rng(len(shape))
    spins = torch.tensor(rng.choice([-1.0, 1.0], (3, 1, *shape)))
    expected = model.local_field(spins)
    torch.testing.assert_close(_neighbors(model.lattice, False)(spins), expected, rtol=0, atol=0)
    split = _neighbors(model.lattice, True)(spins)
    assert split.shape[1] == model.lattice.coordination
    torch.testing.assert_close(split.sum(1, keepdim=True), expected, rtol=0, atol=0)


@pytest.mark.parametrize("boundary", ["periodic", "free"])
@pytest.mark.parametrize("neighborhood", SHAPES)
def test_split_values_are_the_neighbours_or_what_stands_outside(neighborhood, boundary):
    lattice = Lattice((6, 6), boundary, neighborhood)
    values = torch.arange(1.0, 37.0, dtype=torch.float64).reshape(1, 1, 6, 6)
    around = _neighbors(lattice, True)(values, outside=-1.0).reshape(-1, 36).T.numpy()
    index, weight = lattice.neighbors
    expected = np.where(weight == 0, -1.0, index + 1.0)
    np.testing.assert_array_equal(np.sort(around), np.sort(expected))


@pytest.mark.parametrize("split", [False, True])
def test_large_and_small_batches_agree(split):
    """The channels-last convolution of many sites against the plain one of few."""
    neighbors = _neighbors(Lattice((64, 64)), split, torch.float32)
    spins = torch.randint(2, (8, 1, 64, 64), generator=torch.Generator().manual_seed(1)) * 2.0 - 1.0
    one_by_one = torch.cat([neighbors(lattice[None]) for lattice in spins])
    torch.testing.assert_close(neighbors(spins), one_by_one, rtol=0, atol=0)


@pytest.mark.parametrize("neighborhood", SHAPES)
def test_gradients_pass_through_padding_and_null_spins(neighborhood):
    lattice = Lattice((4, 6), ("free", "antiperiodic"), neighborhood)
    neighbors = _neighbors(lattice, False)
    spins = torch.rand(2, 1, 4, 6, dtype=torch.float64, generator=torch.Generator().manual_seed(2))
    assert torch.autograd.gradcheck(neighbors, (spins.requires_grad_(),))
