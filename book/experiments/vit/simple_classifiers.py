"""Classifiers without a trained network: a tree and logistic regression on one or two numbers, and on random tokens.

The frozen network is the small vision transformer with the weights that it begins with. Of its last layer's tokens the
class token and the mean of the others are read, and logistic regression on these numbers is all that is trained. Or
the spread of the others is read, the standard deviation of each number over the patches.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from experiments.vit import plain_networks, systems
from spinlib.networks.evaluation_mode import evaluation_mode
from spinlib.networks.image_classifier import ImageClassifier

# Inverse strengths of the penalty, of which threefold cross-validation on the training set chooses one.
STRENGTHS = (1.0, 30.0, 1000.0)


def tree(leaves: int = len(systems.CLASSES)) -> Any:
    """A tree of four leaves, as many as there are classes, or of another number."""
    from sklearn.tree import DecisionTreeClassifier

    return DecisionTreeClassifier(max_leaf_nodes=leaves, random_state=0)


def logistic() -> Any:
    """Logistic regression without penalty: with the usual one classes near the critical temperature are not told."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    return make_pipeline(StandardScaler(), LogisticRegression(C=1e6, max_iter=10_000))


def readout() -> Any:
    """Logistic regression on many numbers, its penalty by cross-validation."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import GridSearchCV
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    pipeline = make_pipeline(StandardScaler(), LogisticRegression(max_iter=2000, tol=1e-3))
    return GridSearchCV(pipeline, {"logisticregression__C": STRENGTHS}, cv=3, scoring="neg_log_loss")


def energy_and_m(system: str, spins: Any) -> np.ndarray:
    """Total energy in J and |m|, of the antiferromagnet the staggered one, of configurations (n, H, W): (n, 2)."""
    model = systems.model_of(system, spins.shape[1])
    turned = systems.checkerboard(model.shape) if system == "antiferromagnet" else np.ones(model.shape, np.int8)
    parts = np.array_split(spins, max(1, len(spins) // 256))
    m = np.concatenate([np.abs((part * turned).mean(axis=(1, 2))) for part in parts])
    energy = np.concatenate([np.asarray(model.energy(part)) for part in parts])
    return np.stack([energy, m], axis=1)


def tokens(network: ImageClassifier, spins: Any, batch: int = 64, *, spread: bool = False) -> np.ndarray:
    """The last class token and the mean of the last patch tokens of a vision transformer: (n, 2 width).

    Or, if asked for, the standard deviations of the last patch tokens over the patches, (n, width).
    """
    found = []
    body: Any = network.model.vit
    with evaluation_mode(network), torch.no_grad():
        for part in torch.as_tensor(np.array(spins)).split(batch):
            last = body(pixel_values=network.images(part)).last_hidden_state
            patches = last[:, 1:]
            read = patches.std(dim=1) if spread else torch.cat([last[:, 0], patches.mean(dim=1)], dim=1)
            found.append(read.numpy())
    return np.concatenate(found)


def frozen(side: int, seed: int) -> ImageClassifier:
    """The small vision transformer before any training, with the weights as the library draws them."""
    return plain_networks.plain("ViT", side, len(systems.CLASSES), seed)
