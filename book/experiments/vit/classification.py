"""Table 2 of paper vit without photographs: three networks, four systems, weights of three kinds, and the same sets.

Each trial has 1300 configurations of its own of each system, in equilibrium, in the classes and sets of Table 1. The
four systems of a trial have the same temperatures in the same sets; the antiferromagnet has the configurations of the
ferromagnet, with the signs of a checkerboard. The three networks and all kinds of weights share them, so that
differences are paired. Weights: new ones, and ours pre-trained without labels (`vit.pretraining`), each trained at the
paper's rate and at a rate of ours. Training sets are augmented by random symmetries of each system.

"laptop": small networks on the sites. "paper": the paper's networks on its pictures, for a graphics processor, with the
same kinds of weights. No such run is shipped. Weights of photographs, "checkpoint", which a hub has, come with
`"download": true`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial
from typing import TYPE_CHECKING, Any

import numpy as np

from experiments.vit import networks, pretraining, systems
from spinlib.learning.augmentation import Symmetries
from spinlib.learning.classification import fit, scores, split
from spinlib.learning.supervised import predict
from spinlib.networks.image_classifier import ImageClassifier
from spinlib.networks.resnet import ResNet
from spinlib.networks.vision_transformer import VisionTransformer

if TYPE_CHECKING:
    from pathlib import Path

    from spinbook import Run

# Trainings in their order: weights, networks, and the number of trials. A training depends on all other settings only.
SETTINGS: dict[str, dict[str, Any]] = {
    "smoke": {
        **{"side": 16, "share": 0.05, "sweeps": 100, "epochs": 1},
        "trials": [
            ["new", [*networks.NAMES], 3],
            ["paper_rate", ["ViT"], 3],
            ["pretrained", ["ViT", "ResNet-18"], 3],
            ["pretrained_paper_rate", ["ViT"], 3],
        ],
        "pretraining": {"n": 64, "sweeps": 50, "epochs": 1, "batch": 32},
    },
    "laptop": {
        **{"side": 100, "share": 1.0, "sweeps": 5000, "epochs": 10},
        "trials": [
            ["new", [*networks.NAMES], 5],
            ["paper_rate", [*networks.NAMES], 5],
            ["pretrained", [*networks.NAMES], 5],
            ["pretrained_paper_rate", [*networks.NAMES], 5],
        ],
        "pretraining": {"n": 1500, "sweeps": 3000, "epochs": 2, "batch": 32},
    },
    # The paper's: networks, pictures, numbers of configurations, epochs and trials. Ours: the rest, not tried out.
    "paper": {
        **{"side": 100, "share": 1.0, "sweeps": 5000, "epochs": 10, "networks": "full", "download": False},
        "rates": {"ViT": 1e-4, "ResNet-18": 3e-4, "ResNet-50": 3e-4},
        "trials": [
            ["new", [*networks.NAMES], 5],
            ["paper_rate", [*networks.NAMES], 5],
            ["pretrained", [*networks.NAMES], 5],
            ["pretrained_paper_rate", [*networks.NAMES], 5],
        ],
        "pretraining": {"n": 6000, "sweeps": 3000, "epochs": 20, "batch": 64},
    },
}
COMPARE: dict[Any, Any] = {
    # Not smooth: the arithmetic of another processor changes an answer here and there.
    ("*_f1", "*_accuracy"): "seeds",
    ("*_T", "*_label"): "exact",
    # *_con*: confusion, and contrast where there is pre-training.
    ("*_con*", "*_answers", "*_energies", "*_loss", "*_validation", "*_kept"): "kept",
    "*_seconds": "magnitude",
}
AT_OUR_RATE = ("new", "pretrained")
Body = Callable[[str, str], Mapping[str, Any]]
_CHECKPOINTS: dict[str, tuple[Any, str]] = {
    "ViT": (VisionTransformer, "vit-base"),
    "ResNet-18": (ResNet, "resnet-18"),
    "ResNet-50": (ResNet, "resnet-50"),
}


def configurations(system: str, T: np.ndarray, settings: Mapping[str, Any], seed: int) -> np.ndarray:
    """Equilibrium configurations as bits, uint8 (n, sites / 8).

    Those of the antiferromagnet are the ferromagnet's, with the signs of a checkerboard, an exact symmetry of the two
    on a lattice with an even side. ValueError for an odd one.
    """
    side, turned = settings["side"], system == "antiferromagnet"
    if turned and side % 2:
        raise ValueError(f"side {side}: a checkerboard fits a periodic lattice with an even side only")
    model = systems.model_of("ferromagnet" if turned else system, side)
    spins = systems.equilibrium(model, T, settings["sweeps"], seed)
    if turned:
        spins = spins * systems.checkerboard((side, side))
    return np.packbits((spins > 0).reshape(len(T), -1), axis=1)


def spins_of(bits: np.ndarray, side: int) -> np.ndarray:
    """Spins int8 (n, side, side) of what `configurations` returns."""
    return (2 * np.unpackbits(bits, axis=1)[:, : side * side].astype(np.int8) - 1).reshape(-1, side, side)


def trials_of(settings: Mapping[str, Any]) -> list[tuple[str, Sequence[str], int]]:
    """Kinds of weights, networks, and numbers of trials; those of photographs where the hub may be asked.

    These come first, so that a hub that cannot be reached is noticed before other networks are trained.
    """
    asked = [("checkpoint", networks.NAMES, 5)] if settings.get("download", False) else []
    return [*asked, *((kind, names, n) for kind, names, n in settings["trials"])]


def network_of(
    name: str, kind: str, settings: Mapping[str, Any], body: Callable[[], Mapping[str, Any]], seed: int
) -> ImageClassifier:
    """A network with weights of one kind; body: those of the pre-training, read where they are needed."""
    n_classes, side = len(systems.CLASSES), settings["side"]
    if kind == "checkpoint":
        network, address = _CHECKPOINTS[name]
        download = settings.get("download", False)
        return network.from_checkpoint(address, n_classes, (side, side), download=download, seed=seed)
    made = networks.made(name, side, n_classes, seed, settings)
    if not kind.startswith("pretrained"):
        return made
    weights = {key.removeprefix("body."): one for key, one in body().items() if key.startswith("body.")}
    return networks.with_body(made, weights)


def one_training(
    system: str, name: str, make: Callable[[], ImageClassifier], rate: str,
    spins: np.ndarray, label: np.ndarray, sets: Any, settings: Mapping[str, Any], device: str, seed: int,
    checkpoint: Path | None = None,
) -> dict[str, Any]:  # fmt: skip
    """The scores on the test set, its answers in the order of the set, curves, the epoch kept and seconds."""
    network, symmetries = make().to(device), Symmetries(systems.model_of(system, settings["side"]))
    bfloat16 = None if networks.is_full(settings) else False
    how = networks.tuning(rate, settings["epochs"], networks.rate_of(name, settings), bfloat16)
    curves = fit(
        network, spins, label, sets, how, seed, augment=symmetries, checkpoint=checkpoint,
        checkpoint_seconds=networks.checkpoint_seconds(settings),
    )  # fmt: skip
    answers = predict(network, spins[sets.test], batch=64).argmax(axis=1)
    found = scores(label[sets.test], answers, len(systems.CLASSES))

    def to_the_end(values: Any) -> np.ndarray:
        """Early stopping leaves the rest empty."""
        row = np.full(settings["epochs"], np.nan)
        row[: len(values)] = values
        return row

    return {
        **{"f1": found.macro_f1, "accuracy": found.accuracy, "class_f1": found.f1, "confusion": found.confusion},
        **{"answers": answers.astype(np.int8), "kept": int(np.argmin(curves.validation))},
        **{"loss": to_the_end(curves.losses["cross_entropy"]), "validation": to_the_end(curves.validation)},
        "seconds": curves.seconds,
    }


def one_trial(
    run: Run, settings: Mapping[str, Any], system: str, trial: int, kind: str, names: Sequence[str], body: Body
) -> dict[str, Any]:
    """Trainings of a system in a trial: "<system>_<network>_<kind>_<result>", and the test set's T and energies.

    body(system, name): what `pretraining_of` gives.
    """
    side, counts = settings["side"], systems.counts_of(settings["share"])
    seed = systems.seed_of_trial(run.seed, trial)
    T, label = systems.temperatures(counts.sum(axis=0), seed)
    spins = spins_of(run.part(f"{trial}, {system}", configurations, system, T, settings, seed), side)
    sets = split(label, counts, seed)
    energies = systems.model_of(system, side).energy(spins)
    found: dict[str, Any] = {
        f"{system}_T": T[sets.test], f"{system}_label": label[sets.test].astype(np.int8),
        f"{system}_energies": energies[sets.test], f"{system}_all_T": T, f"{system}_all_energies": energies,
    }  # fmt: skip
    for name in names:
        if kind == "pretrained" and trial == 0:
            found[f"{system}_{name}_contrast"] = body(system, name)["loss"]
            found[f"{system}_{name}_pretraining_seconds"] = body(system, name)["seconds"]
        make = partial(network_of, name, kind, settings, partial(body, system, name), seed)
        rate = "ours" if kind in AT_OUR_RATE else "paper"
        one = run.part(
            f"{trial}, {system}, {name}, {kind}",
            *(one_training, system, name, make, rate, spins, label, sets, settings, run.device, seed),
            checkpoint=True,
        )
        found |= {f"{system}_{name}_{kind}_{key}": value for key, value in one.items()}
        print(f"{trial} {system} {name} {kind}: F1 {one['f1']:.3f}, {one['seconds']:.0f} s", flush=True)
    return found


def pretraining_of(run: Run, settings: Mapping[str, Any], system: str, name: str) -> dict[str, Any]:
    """A body pre-trained on configurations of its own, and the seconds that this took, simulation included."""
    seed = (run.seed + 77_000 + list(systems.BOUNDARIES).index(system)) % 2**62

    known = run.part(f"for pre-training, {system}", simulated, system, settings, seed)
    spins = spins_of(known["bits"], settings["side"])
    body = run.part(
        f"pretrained, {system}, {name}",
        *(pretraining.pretrained, name, system, spins, settings, run.device, seed),
        checkpoint=True,
    )
    return {**body, "seconds": known["seconds"] + body["seconds"]}


def simulated(system: str, settings: Mapping[str, Any], seed: int) -> dict[str, Any]:
    """Configurations for the pre-training of all networks, as bits, and the seconds of their simulation."""
    start, how = time.perf_counter(), settings["pretraining"]
    shares = systems.counts_of(1.0).sum(axis=0) / systems.counts_of(1.0).sum()
    T, _ = systems.temperatures(np.round(how["n"] * shares).astype(int), seed)
    bits = configurations(system, T, {**settings, "sweeps": how["sweeps"]}, seed)
    return {"bits": bits, "seconds": time.perf_counter() - start}


def compute(settings: Mapping[str, Any], run: Run) -> dict[str, Any]:
    """ "<system>_<network>_<kind>_<result>" (trial, ...); "<system>_T", "_label", "_energies" (trial, test example).

    Results: f1, accuracy, class_f1 (class), confusion (class, answer), answers (test example), loss and validation
    (epoch), kept (the epoch, from 0), seconds. "_all_T", "_all_energies" (trial, example): of the three sets together.
    "<system>_<network>_contrast" (1, epoch), "_pretraining_seconds" (1,): of the pre-training.
    """
    kinds, body = trials_of(settings), cache(partial(pretraining_of, run, settings))
    order = [(trial, kind, names) for kind, names, n in kinds for trial in range(n)]
    rows: dict[str, dict[int, Any]] = {}
    for trial, kind, names in run.progress(order, "trial"):
        for system in systems.BOUNDARIES:
            for key, value in one_trial(run, settings, system, trial, kind, names, body).items():
                rows.setdefault(key, {})[trial] = value
    return {key: np.array([of[trial] for trial in sorted(of)]) for key, of in rows.items()}
