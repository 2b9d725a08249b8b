"""Figure 14 of paper dnn: inputs that maximise filters of the one-layer network, by two ways of climbing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch

from spinlib.evaluation.maximizing_inputs import maximizing_inputs
from spinlib.learning.supervised import load_weights
from spinlib.networks.block_filters import BLOCK, SIDE, BlockFilters

if TYPE_CHECKING:
    from spinbook import Record


def recorded_filters(record: Record) -> BlockFilters:
    """The filters of `dnn/block_filters`; the layers behind them are not kept, and none of them is asked."""
    network = BlockFilters(hidden=1)
    load_weights(network.filters, record, "one_layer.weight.filters.")
    return network


def climbed(network: BlockFilters, steps: int, rate: float, seed: int) -> np.ndarray:
    """The paper's recipe: gradient ascent of each filter's activated output, summed over the blocks, from noise.

    Parameters
    ----------
    network : BlockFilters
        Whose filters.
    steps, rate : int, float
        Of plain gradient ascent; the inputs are kept within [-1, 1].
    seed : int
        Of the noise, which is uniform in [-1, 1].

    Returns
    -------
    numpy.ndarray
        One input for each filter, float32 (filters, 9, 9). Where a filter is asleep at the noise of a block, its
        gradient vanishes there, and the noise stays.
    """
    n = len(network.filters.weight)
    rng, every = torch.Generator().manual_seed(seed), torch.arange(n)
    inputs = 2 * torch.rand((n, SIDE, SIDE), generator=rng) - 1
    for _ in range(steps):
        inputs.requires_grad_(True)
        (slope,) = torch.autograd.grad(network.activations(inputs)[every, every].sum(), inputs)
        inputs = (inputs.detach() + rate * slope).clamp(-1.0, 1.0)
    return inputs.numpy()


def climbed_before_activation(network: BlockFilters, seed: int) -> np.ndarray:
    """Signs of inputs that maximise each filter's output before the ReLU: float32 (filters, 9, 9)."""
    rng, n = torch.Generator().manual_seed(seed), len(network.filters.weight)
    return maximizing_inputs(lambda inputs: network.filters(inputs[:, None]), range(n), (SIDE, SIDE), rng).numpy()


def blocks(pictures: np.ndarray) -> np.ndarray:
    """The nine blocks of 9 x 9 pictures: (n, 3, 3, 3, 3), block before place."""
    return pictures.reshape(-1, SIDE // BLOCK, BLOCK, SIDE // BLOCK, BLOCK).transpose(0, 1, 3, 2, 4)


def shows_signs(network: BlockFilters, pictures: np.ndarray) -> np.ndarray:
    """Which blocks of each filter's own picture have the signs of its weights: bool (filters, 3, 3)."""
    signs = np.sign(network.filters.weight[:, 0].detach().numpy())
    return (np.sign(blocks(pictures)) == signs[:, None, None]).all(axis=(3, 4))


def responses(network: BlockFilters, pictures: np.ndarray) -> np.ndarray:
    """Each filter's output behind the ReLU on its own picture, block by block: (filters, 3, 3)."""
    every = np.arange(len(pictures))
    with torch.no_grad():
        found = network.activations(torch.from_numpy(np.ascontiguousarray(pictures, np.float32)))
    return found[every, every].numpy()


def with_last_block(pictures: np.ndarray, block: np.ndarray) -> np.ndarray:
    """The pictures with their lower right blocks (n, 3, 3) set."""
    changed = pictures.copy()
    changed[:, -BLOCK:, -BLOCK:] = block
    return changed
