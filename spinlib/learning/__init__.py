"""Training: one loop for all networks (`training`), and one file per training procedure built on it."""

from typing import TYPE_CHECKING

from spinlib.lazy import attributes

__all__ = [
    "adversarial_bayes",
    "augmentation",
    "autoregressive",
    "classification",
    "conditional",
    "conditional_autoregressive",
    "configurations",
    "diffusion",
    "diffusion_sampling",
    "energy_functions",
    "energy_networks",
    "generated",
    "noise_prediction",
    "noise_schedule",
    "plan",
    "proposals",
    "supervised",
    "training",
    "training_state",
    "variational",
    "wgan",
]

if TYPE_CHECKING:
    from spinlib.learning import (
        adversarial_bayes,
        augmentation,
        autoregressive,
        classification,
        conditional,
        conditional_autoregressive,
        configurations,
        diffusion,
        diffusion_sampling,
        energy_functions,
        energy_networks,
        generated,
        noise_prediction,
        noise_schedule,
        plan,
        proposals,
        supervised,
        training,
        training_state,
        variational,
        wgan,
    )
else:
    __getattr__, __dir__ = attributes(__name__, __all__)
