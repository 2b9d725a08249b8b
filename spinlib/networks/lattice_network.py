"""A network that belongs to one lattice, and says so in its weights."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import torch
from torch import nn

from spinlib.arguments import at_least


class LatticeNetwork(nn.Module):
    """The base of networks for one lattice: its shape stands among the weights, and those of another are refused.

    The weights of 3 x 4 and of 4 x 3 sites may have the same shapes; only so are they told apart.

    Parameters
    ----------
    shape : sequence of int
        Of the lattice.

    Raises
    ------
    ValueError
        For an empty shape, and sides below 1.

    Examples
    --------
    >>> from spinlib.networks.autoregressive import AutoregressiveNetwork
    >>> from spinlib.networks.weights import load_weights, weights
    >>> try:
    ...     load_weights(AutoregressiveNetwork((2, 3)), weights(AutoregressiveNetwork((3, 2))))
    ... except RuntimeError as error:
    ...     print(str(error).split("\\t")[1])
    these are the weights of a lattice of shape (3, 2), not (2, 3)
    """

    sides: torch.Tensor

    def __init__(self, shape: Sequence[int]) -> None:
        super().__init__()
        self.shape = tuple(at_least(1, "side", side) for side in shape)
        if not self.shape:
            raise ValueError("shape (): a lattice has at least one side")
        self.n_sites = math.prod(self.shape)
        self.register_buffer("sides", torch.tensor(self.shape))

    @property
    def spin_shape(self) -> tuple[int, ...]:
        """The shape of one configuration."""
        return self.shape

    @property
    def weights_dtype(self) -> torch.dtype:
        """Of the parameters."""
        return next(self.parameters()).dtype

    def of_lattice(self, spins: torch.Tensor) -> torch.Tensor:
        """Spins in the dtype of the weights; ValueError for those of another lattice."""
        if tuple(spins.shape[1:]) != self.spin_shape:
            needed = ", ".join(map(str, ("batch", *self.spin_shape)))
            raise ValueError(f"spins of shape {tuple(spins.shape)}: ({needed}) is needed")
        return spins.to(self.weights_dtype)

    def _load_from_state_dict(self, state_dict: Any, prefix: str, *arguments: Any) -> None:
        found = state_dict.get(f"{prefix}sides")
        if found is not None and found.tolist() != list(self.shape):
            errors = arguments[-1]
            errors.append(f"these are the weights of a lattice of shape {tuple(found.tolist())}, not {self.shape}")
        super()._load_from_state_dict(state_dict, prefix, *arguments)
