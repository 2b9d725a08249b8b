"""Networks: one architecture per file. They know no data and no training."""

from typing import TYPE_CHECKING

from spinlib.lazy import attributes

__all__ = [
    "adversarial_autoencoder",
    "autoencoder",
    "autoregressive",
    "autoregressive_xy",
    "block_filters",
    "convolutional_vae",
    "dense_vae",
    "discriminator",
    "embeddings",
    "energy_cnn",
    "evaluation_mode",
    "frontier_autoregressive",
    "image_classifier",
    "initialization",
    "lattice_network",
    "local_energy",
    "masked_diffusion",
    "periodic_deconvolution",
    "periodic_padding",
    "resnet",
    "spin_images",
    "unet",
    "vision_transformer",
    "weights",
    "wgan",
]

if TYPE_CHECKING:
    from spinlib.networks import (
        adversarial_autoencoder,
        autoencoder,
        autoregressive,
        autoregressive_xy,
        block_filters,
        convolutional_vae,
        dense_vae,
        discriminator,
        embeddings,
        energy_cnn,
        evaluation_mode,
        frontier_autoregressive,
        image_classifier,
        initialization,
        lattice_network,
        local_energy,
        masked_diffusion,
        periodic_deconvolution,
        periodic_padding,
        resnet,
        spin_images,
        unet,
        vision_transformer,
        weights,
        wgan,
    )
else:
    __getattr__, __dir__ = attributes(__name__, __all__)
