"""Training a classifier of configurations, with early stopping, and the scores of several trials (paper vit, Sec. 4.2).

AdamW with a rate of 2e-5 and a weight decay of 5e-6, cross-entropy, 10 epochs, early stopping on the validation loss;
macro F1 on a test set, from several trials. The paper gives neither the batch nor the patience: 16 and 3 are ours.
The classes are bins of temperatures (`spinlib.datasets.class_labels`), the sets come from
`spinlib.datasets.stratified_split`, the scores from `spinlib.evaluation.classification_scores`; their names can be
imported from here too.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import ArrayLike, NDArray
from torch import nn
from torch.nn import functional

from spinlib.arguments import at_least
from spinlib.datasets.class_labels import classes_of, require_every_class
from spinlib.datasets.stratified_split import Sets, split
from spinlib.evaluation.classification_scores import Scores, scores
from spinlib.learning.plan import Objective, Optimizer, Plan
from spinlib.learning.supervised import Augmentation, predict
from spinlib.learning.training import Batch, Curves, Shuffled, train
from spinlib.samplers.random import torch_generator

__all__ = ["FineTuning", "Scores", "Sets", "classes_of", "fit", "scores", "split", "trials"]


@dataclass(frozen=True)
class FineTuning:
    """The settings of a training; the defaults are those of paper vit, Sec. 4.2.

    Parameters
    ----------
    epochs : int
        Passes over the training set, at most.
    rate : float
        The learning rate of AdamW.
    weight_decay : float
        Its weight decay.
    batch : int
        Configurations per step; the paper does not say.
    patience : int, optional
        Epochs without a lower validation loss after which training stops; the paper does not say. None: it never does.
        The weights of the least validation loss are kept in either case.
    decay : {"none", "cosine"}
        Whether the rate falls to 0 at the last epoch.
    warm_up : int
        Epochs in which the rate rises before.
    bfloat16 : bool, optional
        As for `spinlib.learning.plan.Plan`.

    Raises
    ------
    ValueError
        For values that are not positive or not allowed.

    Examples
    --------
    >>> from spinlib.learning.classification import FineTuning
    >>> FineTuning().rate, FineTuning(rate=1e-3, decay="cosine").decay
    (2e-05, 'cosine')
    """

    epochs: int = 10
    rate: float = 2e-5
    weight_decay: float = 5e-6
    batch: int = 16
    patience: int | None = 3
    decay: str = "none"
    warm_up: int = 0
    bfloat16: bool | None = False

    def __post_init__(self) -> None:
        if self.weight_decay < 0:
            raise ValueError(f"weight_decay {self.weight_decay}: it cannot be negative")
        at_least(1, "batch", self.batch)
        self.optimizer()
        self.plan()

    def optimizer(self) -> Optimizer:
        """AdamW."""
        return Optimizer("adamw", self.rate, self.decay, self.warm_up, {"weight_decay": self.weight_decay})

    def plan(self) -> Plan:
        """The length of the training."""
        return Plan(self.epochs, self.patience, bfloat16=self.bfloat16)


def fit(
    network: nn.Module,
    spins: Any,
    labels: ArrayLike,
    sets: Sets,
    how: FineTuning,
    seed: int,
    *,
    augment: Augmentation | None = None,
    checkpoint: str | os.PathLike[str] | None = None,
    checkpoint_seconds: float = 0.0,
    progress: bool = False,
) -> Curves:
    """Train a classifier in place, from the weights that it has, with early stopping on the validation loss.

    The test set is not looked at. `spinlib.learning.supervised.predict` gives the outputs afterwards.

    Parameters
    ----------
    network : torch.nn.Module
        Spins (B, ...) to a number for each class, (B, n_classes). It is left in evaluation mode, with the weights of
        the epoch of least validation loss.
    spins : array or tensor
        All examples, (n, ...).
    labels : array_like
        Their classes, (n,).
    sets : Sets
        Which examples are for what.
    how : FineTuning
        How.
    seed : int
        Of the order of the examples, of `augment` and of dropout: of the trial.
    augment : callable, optional
        Of a batch of spins and labels and a generator: the same, changed in a way that leaves the class as it is.
    checkpoint, checkpoint_seconds
        As for `spinlib.learning.training.train`.
    progress : bool
        Show a progress bar.

    Returns
    -------
    Curves
        The training loss "cross_entropy" and the validation loss of every epoch.

    Raises
    ------
    ValueError
        For sets that overlap or hold no such example, a set without examples of a class, labels that the network has no
        output for, and a checkpoint of another training.
    NotFiniteError
        At a loss that is nan or infinite.

    References
    ----------
    O. Kara, A. Sehanobish and H. H. Corzo, arXiv:2109.13925, Sec. 4.2.

    Examples
    --------
    >>> import numpy as np
    >>> import torch
    >>> from spinlib.datasets.stratified_split import split
    >>> from spinlib.learning.classification import FineTuning, fit
    >>> labels = np.arange(60) % 2
    >>> spins = np.where(labels[:, None], 1, np.random.default_rng(1).choice([-1, 1], (60, 8))).astype(np.float32)
    >>> network = torch.nn.Linear(8, 2)
    >>> curves = fit(network, spins, labels, split(labels, [[15, 15], [5, 5], [5, 5]], 1), FineTuning(rate=0.01), 2)
    >>> bool(curves.validation[-1] < curves.validation[0])
    True
    """
    classes = np.asarray(labels)
    if classes.ndim != 1 or classes.dtype.kind not in "iu" or len(classes) != len(spins):
        raise ValueError(f"labels {classes.dtype} {classes.shape}: whole numbers ({len(spins)},) are needed")
    sets.require_disjoint()
    for name, chosen in zip(sets._fields, sets, strict=True):
        if len(chosen) and (min(chosen) < 0 or max(chosen) >= len(classes)):
            raise ValueError(f"the {name} set has examples {min(chosen)} to {max(chosen)}: there are {len(classes)}")
    n_classes = int(classes.max()) + 1
    for name in ("training", "validation"):
        require_every_class(classes[getattr(sets, name)], n_classes, f"the {name} set")
    device = next(network.parameters()).device
    values = torch.as_tensor(np.asarray(spins)) if not torch.is_tensor(spins) else spins
    targets = torch.as_tensor(classes.astype(np.int64))

    def part(chosen: NDArray[np.int64]) -> tuple[torch.Tensor, torch.Tensor]:
        at = torch.as_tensor(np.asarray(chosen, np.int64))
        return values[at].to(device), targets[at].to(device)

    known, held_out = part(sets.training), part(sets.validation)
    n_outputs = predict(network, held_out[0][:1]).shape[-1]
    if n_outputs < n_classes:
        raise ValueError(f"labels 0 to {n_classes - 1}: the network has {n_outputs} outputs")

    def of_batch(batch: Batch, rng: torch.Generator) -> torch.Tensor:
        seen, wanted = batch if augment is None else augment(batch[0], batch[1], rng)
        return functional.cross_entropy(network(seen).float(), wanted)

    def validation_loss() -> float:
        outputs = torch.cat([network(part).float() for part in held_out[0].split(64)])
        return float(functional.cross_entropy(outputs, held_out[1]))

    return train(
        {"network": network},
        {"cross_entropy": Objective(of_batch, ("network",), how.optimizer())},
        Shuffled(*known, batch=how.batch),
        how.plan(),
        torch_generator(seed, "classification", 0, 0),
        validate=validation_loss,
        checkpoint=checkpoint,
        checkpoint_seconds=checkpoint_seconds,
        about=f"classification, augmentation {getattr(augment, '__qualname__', augment)}",
        progress=progress,
    )


def trials(
    make: Callable[[int], nn.Module],
    spins: Any,
    labels: ArrayLike,
    sets: Sequence[Sets] | Sets,
    how: FineTuning,
    seeds: Sequence[int],
    **options: Any,
) -> list[Scores]:
    """The scores on the test set of one trained network per seed.

    Parameters
    ----------
    make : callable
        Of a seed: a network.
    spins, labels, how
        As for `fit`.
    sets : Sets or sequence of Sets
        The same for all trials, or one per trial.
    seeds : sequence of int
        Of the trials.
    **options
        More arguments of `fit`; no checkpoint.

    Returns
    -------
    list of Scores

    Raises
    ------
    ValueError
        Where `fit` does; for other numbers of sets than of seeds.

    Examples
    --------
    >>> import numpy as np
    >>> import torch
    >>> from spinlib.datasets.stratified_split import split
    >>> from spinlib.learning.classification import FineTuning, trials
    >>> labels = np.arange(60) % 2
    >>> spins = np.where(labels[:, None], 1, np.random.default_rng(1).choice([-1, 1], (60, 8))).astype(np.float32)
    >>> sets = split(labels, [[15, 15], [5, 5], [5, 5]], seed=1)
    >>> found = trials(lambda seed: torch.nn.Linear(8, 2), spins, labels, sets, FineTuning(rate=0.1), [1, 2])
    >>> len(found)
    2
    """
    each = [sets] * len(seeds) if isinstance(sets, Sets) else list(sets)
    if len(each) != len(seeds):
        raise ValueError(f"{len(each)} sets and {len(seeds)} seeds: one for each trial is needed")
    values, classes = np.asarray(spins), np.asarray(labels)
    found = []
    for chosen, seed in zip(each, seeds, strict=True):
        network = make(seed)
        fit(network, values, classes, chosen, how, seed, **options)
        answers = predict(network, values[chosen.test], batch=64).argmax(axis=-1)
        found.append(scores(classes[chosen.test], answers, int(classes.max()) + 1))
    return found
