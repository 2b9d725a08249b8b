"""Evaluation of trained models."""

from typing import TYPE_CHECKING

from spinlib.lazy import attributes

__all__ = [
    "classification_scores",
    "classifier_errors",
    "divergences",
    "importance_weights",
    "latent_variables",
    "maximizing_inputs",
]

if TYPE_CHECKING:
    from spinlib.evaluation import (
        classification_scores,
        classifier_errors,
        divergences,
        importance_weights,
        latent_variables,
        maximizing_inputs,
    )
else:
    __getattr__, __dir__ = attributes(__name__, __all__)
