"""Blocks, rows and array kinds, which all models share."""

import numpy as np
import pytest

from spinlib.models import configuration


def test_rows_keep_every_site_in_order():
    spins = np.arange(2 * 3 * 4 * 5).reshape(2, 3, 4, 5)
    rows, leading = configuration.as_rows(spins, (4, 5))
    assert leading == (2, 3)
    assert np.array_equal(rows.reshape(2, 3, 4, 5), spins)
    rows, leading = configuration.as_rows(spins, (2, 3, 4, 5))
    assert rows.shape == (1, 120)
    assert leading == ()


@pytest.mark.parametrize("shape", [(5, 4), (4,), (1, 4, 5), (2, 2, 3, 4, 5)])
def test_rows_refuse_another_shape(shape):
    with pytest.raises(ValueError, match=r"cells of shape \(2, 3, 4, 5\)"):
        configuration.as_rows(np.zeros((2, 3, 4, 5)), shape, "cells")


@pytest.mark.parametrize(("n", "n_sites"), [(0, 4), (1, 4), (7, 2**17), (3, 2**19), (2**18, 3)])
def test_blocks_cover_all_rows_and_stay_small(n, n_sites):
    rows = np.broadcast_to(np.arange(n)[:, None], (n, n_sites))
    blocks = list(configuration.blocks(rows))
    assert all(block.size <= max(configuration.SITES_PER_BLOCK, n_sites) for block in blocks)
    assert np.array_equal(np.concatenate([[], *(block[:, 0] for block in blocks)]), np.arange(n))


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf, None, "one", 1j, [1.0, 2.0]])
def test_finite_number_refuses(value):
    with pytest.raises(ValueError, match="stiffness"):
        configuration.finite_number("stiffness", value)


def test_finite_number_takes_numpy_numbers():
    number = configuration.finite_number("stiffness", np.float32(0.5))
    assert type(number) is float
    assert number == 0.5


def test_stack_restores_the_shape():
    blocks = [np.arange(4.0).reshape(2, 2), np.arange(2.0).reshape(1, 2)]
    stacked = configuration.stack(blocks, (3, 1, 2), blocks[0])
    assert np.array_equal(stacked, [[[0, 1]], [[2, 3]], [[0, 1]]])
    assert np.ndim(configuration.stack([np.ones(1)], (), blocks[0])) == 0


def test_tensors_stay_tensors():
    torch = pytest.importorskip("torch")
    tensor = torch.arange(6).reshape(2, 3)
    assert configuration.as_array(tensor) is tensor
    assert not configuration.is_tensor(configuration.as_array([[1, 2]]))
    assert configuration.take(tensor, torch.tensor([2, 0])).tolist() == [[2, 0], [5, 3]]
    table = configuration.like(np.ones(3), tensor, torch.float32)
    assert table.dtype == torch.float32
    stacked = configuration.stack([tensor[:1].double(), tensor[1:].double()], (2, 3), tensor)
    assert torch.equal(stacked, tensor.double())
