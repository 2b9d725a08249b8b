"""Where a small vision transformer looks, and whether it looks at domain walls: the hope of paper vit, Sec. 6.

The maps are attention rollouts (S. Abnar and W. Zuidema, arXiv:2005.00928): attention averaged over heads, half of it
replaced by the identity for the connections around each layer, multiplied over layers; what the class token takes from
each patch. They are correlated, over the patches of a configuration, with the unequal bonds of the patches.

Networks: trained on temperatures, on shuffled labels, and not at all. Chance: the walls of another configuration of the
same class, which tells what a map that is the same for all configurations would give.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from experiments.vit import networks, systems
from spinlib.learning.augmentation import Symmetries
from spinlib.learning.classification import Sets, fit, scores, split
from spinlib.learning.supervised import predict
from spinlib.networks.vision_transformer import VisionTransformer

if TYPE_CHECKING:
    from pathlib import Path

    from spinbook import Run

SYSTEM = "ferromagnet"
KINDS = ("temperatures", "shuffled", "untrained")
SETTINGS: dict[str, dict[str, Any]] = {
    "smoke": {"side": 20, "share": 0.05, "sweeps": 100, "epochs": 1, "seeds": 3},
    "laptop": {"side": 100, "share": 1.0, "sweeps": 5000, "epochs": 10, "seeds": 10},
}
COMPARE: dict[Any, Any] = {
    ("*_correlation", "*_chance"): "trainings",
    "*_f1": "seeds",  # see vit.classification
    ("shown_*", "*_maps", "*_kept"): "kept",
}


def rollout(attentions: torch.Tensor) -> torch.Tensor:
    """What the class token takes from each patch, adding up to 1: (B, depth, heads, 1 + n, 1 + n) to (B, n)."""
    mean = attentions.mean(dim=2)
    mixed = 0.5 * mean + 0.5 * torch.eye(mean.shape[-1], dtype=mean.dtype, device=mean.device)
    total = mixed[:, 0]
    for layer in range(1, mixed.shape[1]):
        total = mixed[:, layer] @ total
    patches = total[:, 0, 1:]
    return patches / patches.sum(dim=1, keepdim=True)


def walls(spins: np.ndarray, patch: int) -> np.ndarray:
    """Unequal bonds of each patch of periodic configurations (n, side, side), those to its neighbours half: (n, p, p).

    Each site has half of its four bonds.
    """
    unequal = sum(0.5 * (spins != np.roll(spins, step, axis)) for axis in (1, 2) for step in (1, -1))
    n, side, _ = spins.shape
    return np.asarray(unequal).reshape(n, side // patch, patch, side // patch, patch).sum(axis=(2, 4))


def correlations(maps: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Pearson's, over the patches of each configuration, (n, ...) each: (n,); nan where one of the two is constant."""
    a, b = (one.reshape(len(one), -1) - one.reshape(len(one), -1).mean(axis=1, keepdims=True) for one in (maps, other))
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray((a * b).sum(axis=1) / np.sqrt((a**2).sum(axis=1) * (b**2).sum(axis=1)))


def mean_of_finite(values: np.ndarray) -> float:
    """Of the configurations that have walls; 0 where none has."""
    found = values[np.isfinite(values)]
    return float(found.mean()) if found.size else 0.0


def maps_of(network: VisionTransformer, spins: np.ndarray) -> np.ndarray:
    """Rollout maps (n, p, p) of configurations (n, side, side)."""
    p = spins.shape[-1] // networks.patch_of(spins.shape[-1])
    with torch.no_grad():
        found = [rollout(network.attentions(part)) for part in torch.from_numpy(spins).split(16)]
    return torch.cat(found).numpy().reshape(len(spins), p, p)


def one_network(
    kind: str,
    spins: np.ndarray,
    label: np.ndarray,
    sets: Sets,
    settings: Mapping[str, Any],
    seed: int,
    checkpoint: Path | None = None,
) -> dict[str, Any]:
    """Macro F1 on the test set; for each class the mean correlation with walls and that with another's; some maps."""
    network = networks.small("ViT", settings["side"], len(systems.CLASSES), seed)
    assert isinstance(network, VisionTransformer)
    rng = np.random.default_rng(np.random.SeedSequence([seed, 0xA77]))
    kept = -1
    if kind != "untrained":
        told = label.copy()
        for known in (sets.training, sets.validation) if kind == "shuffled" else ():
            told[known] = told[rng.permutation(known)]
        symmetries = Symmetries(systems.model_of(SYSTEM, settings["side"]))
        how = networks.tuning("ours", settings["epochs"])
        kept = fit(network, spins, told, sets, how, seed, augment=symmetries, checkpoint=checkpoint).kept_epoch
    network.eval()
    tested, classes = spins[sets.test], label[sets.test]
    answers = predict(network, tested, batch=64).argmax(axis=1)
    maps, bonds = maps_of(network, tested), walls(tested, networks.patch_of(settings["side"]))
    right, chance, shown = [], [], []
    for k in range(len(systems.CLASSES)):
        here = np.flatnonzero(classes == k)
        right.append(mean_of_finite(correlations(maps[here], bonds[here])))
        chance.append(mean_of_finite(correlations(maps[here], bonds[np.roll(here, 1)])))
        shown.append(here[0])
    return {
        **{"f1": scores(classes, answers, len(systems.CLASSES)).macro_f1, "kept": kept},
        **{"correlation": np.array(right), "chance": np.array(chance), "maps": maps[shown].astype(np.float32)},
        **{"shown": tested[shown], "shown_walls": bonds[shown].astype(np.float32)},
    }


def compute(settings: Mapping[str, Any], run: Run) -> dict[str, Any]:
    """ "<kind>_f1" (seed,), "_correlation", "_chance" (seed, class), "_maps" (seed, class, p, p), "_kept" (seed,).

    "shown_spins", "shown_walls", "shown_T": one test configuration of each class, of the first seed.
    """
    counts = systems.counts_of(settings["share"])
    rows: dict[str, list[Any]] = {}
    found: dict[str, Any] = {}
    for k in run.progress(range(settings["seeds"]), "seed"):
        seed = (run.seed + 1000 * k) % 2**62
        T, label = systems.temperatures(counts.sum(axis=0), seed)
        model = systems.model_of(SYSTEM, settings["side"])
        spins = systems.equilibrium(model, T, settings["sweeps"], seed)
        sets = split(label, counts, seed)
        for kind in KINDS:
            one = run.part(f"{kind}, {k}", one_network, kind, spins, label, sets, settings, seed, checkpoint=True)
            if not found:
                first = [np.flatnonzero(label[sets.test] == c)[0] for c in range(len(systems.CLASSES))]
                found = {"shown_spins": one["shown"], "shown_walls": one["shown_walls"], "shown_T": T[sets.test][first]}
            for name in ("f1", "correlation", "chance", "maps", "kept"):
                rows.setdefault(f"{kind}_{name}", []).append(one[name])
    return {**found, **{name: np.array(values) for name, values in rows.items()}}
