"""Random symmetries of a lattice model, applied to training configurations: as probable as the ones they come from.

Shifts along axes that wrap around (across an antiperiodic seam with its sign), reflections, exchange of the axes, and
the sign of all spins: those that leave the Hamiltonian of the model, and its fixed spins, as they are.
"""

from __future__ import annotations

from itertools import product

import numpy as np
import torch

from spinlib.models import Ising
from spinlib.models.hamiltonian import require_own_hamiltonian

__all__ = ["Symmetries"]


class Symmetries:
    """A random symmetry of an Ising model for each configuration of a batch: an `augment` of `classification.fit`.

    Parameters
    ----------
    model : Ising
        On two axes, with nearest neighbours, one coupling and no field; any boundaries.

    Raises
    ------
    TypeError
        For another kind of model.
    ValueError
        For another lattice, a field, or couplings that differ.

    Examples
    --------
    >>> import torch
    >>> from spinlib.learning.augmentation import Symmetries
    >>> from spinlib.models import Ising
    >>> model = Ising((4, 4), boundary="antiperiodic")
    >>> spins = torch.tensor(model.random(1, (10,)))
    >>> shown, labels = Symmetries(model)(spins, torch.arange(10), torch.Generator().manual_seed(1))
    >>> bool((shown != spins).any()), (model.energy(shown) - model.energy(spins)).abs().max().item()
    (True, 0.0)
    """

    def __init__(self, model: Ising) -> None:
        if not isinstance(model, Ising):
            raise TypeError(f"{type(model).__name__}: symmetries are those of Ising")
        require_own_hamiltonian(model)
        if model.lattice.ndim != 2 or model.lattice.neighborhood != "nearest":
            raise ValueError(f"{model!r}: symmetries are known on two axes, with 'nearest'")
        if model.field or not model.is_uniform:
            raise ValueError(f"{model!r}: symmetries are known without field, for one coupling")
        self.shape, self.boundary = (model.shape[0], model.shape[1]), model.boundary
        sites = np.arange(model.n_sites).reshape(self.shape)
        fixed = np.zeros(self.shape) if model.fixed is None else model.fixed
        places, signs = [], []
        for up_down, left_right, swapped, sign in product((False, True), (False, True), (False, True), (1, -1)):
            if swapped and (self.shape[0] != self.shape[1] or self.boundary[0] != self.boundary[1]):
                continue
            place = sites[:: -1 if up_down else 1, :: -1 if left_right else 1]
            place = place.T if swapped else place
            if np.array_equal(sign * fixed.ravel()[place], fixed):
                places.append(place.ravel())
                signs.append(sign)
        self._places, self._signs = torch.tensor(np.array(places)), torch.tensor(signs)

    def __repr__(self) -> str:
        """What the symmetries follow from, the same in every process: checkpoints of trainings compare it."""
        return f"Symmetries(shape={self.shape}, boundary={self.boundary}, n={self.n_symmetries})"

    @property
    def n_symmetries(self) -> int:
        """The number of symmetries, those by shifts not counted."""
        return len(self._signs)

    def __call__(
        self, spins: torch.Tensor, labels: torch.Tensor, rng: torch.Generator
    ) -> tuple[torch.Tensor, torch.Tensor]:
        if tuple(spins.shape[1:]) != self.shape:
            raise ValueError(f"spins of shape {tuple(spins.shape)}: (batch, {str(self.shape)[1:]} is needed")
        n, device = len(spins), spins.device
        index, sign = torch.zeros(n, 1, 1, dtype=torch.long), torch.ones(n, 1, 1, dtype=torch.long)
        for axis, (length, boundary) in enumerate(zip(self.shape, self.boundary, strict=True)):
            wraps = boundary in ("periodic", "antiperiodic")
            shift = torch.randint(length if wraps else 1, (n, 1), generator=rng, device=rng.device).cpu()
            along = torch.arange(length) + shift
            seam = -1 if boundary == "antiperiodic" else 1
            crossed = torch.where(along >= length, seam, 1)
            shape = (n, length, 1) if axis == 0 else (n, 1, length)
            index, sign = index * length + (along % length).reshape(shape), sign * crossed.reshape(shape)
        chosen = torch.randint(self.n_symmetries, (n,), generator=rng, device=rng.device).cpu()
        places = self._places[chosen]
        taken = index.flatten(1).gather(1, places).to(device)
        turned = (sign.flatten(1).gather(1, places) * self._signs[chosen, None]).to(device)
        moved = spins.flatten(1).gather(1, taken) * turned.to(spins.dtype)
        return moved.reshape(spins.shape), labels
