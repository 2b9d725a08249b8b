"""Image classifiers of the library transformers on spin configurations, from new weights or from a checkpoint.

Paper vit, Sec. 4.2, starts from checkpoints of a hub. They are read from there only if asked for (`download`); else
from a folder or from what was downloaded before. Checkpoints are safetensors files, which cannot run code.
"""

from __future__ import annotations

import os
from importlib import import_module
from typing import Any, ClassVar, TypeVar

import torch
from torch import nn

from spinlib.arguments import at_least
from spinlib.networks.spin_images import SpinImages

__all__ = ["ImageClassifier", "transformers"]

Classifier = TypeVar("Classifier", bound="ImageClassifier")


def transformers(name: str) -> Any:
    """The library transformers.

    Parameters
    ----------
    name : str
        What needs it, for the message.

    Returns
    -------
    module

    Raises
    ------
    ModuleNotFoundError
        Where it is not installed, with the extra that brings it.

    Examples
    --------
    >>> from spinlib.networks.image_classifier import transformers
    >>> transformers("this example").__name__
    'transformers'
    """
    try:
        return import_module("transformers")
    except ModuleNotFoundError as error:
        if error.name != "transformers":
            raise
        message = f"{name} needs transformers: install spinlib with its extra [vit], as in pip install '.[vit]'"
        raise ModuleNotFoundError(message, name="transformers") from None


class ImageClassifier(nn.Module):
    """Ising spins (B, H, W) to one number for each class, (B, n_classes): the base class of both kinds of networks.

    Attributes
    ----------
    CHECKPOINTS : dict
        Short names of checkpoints, with the addresses that the hub has them under.
    images : SpinImages
        Makes pictures of configurations.
    model : transformers.PreTrainedModel
        The network.

    Examples
    --------
    >>> import torch
    >>> from spinlib.networks.image_classifier import ImageClassifier
    >>> from spinlib.networks.resnet import ResNet
    >>> small = ResNet(4, (10, 10), width=8)
    >>> isinstance(small, ImageClassifier), small(torch.ones(3, 10, 10)).shape
    (True, torch.Size([3, 4]))
    """

    CHECKPOINTS: ClassVar[dict[str, str]] = {}
    ARCHITECTURE: ClassVar[str]
    # Of red, green and blue in the pictures that the checkpoints were trained with.
    MEAN: ClassVar[tuple[float, float, float]] = (0.5, 0.5, 0.5)
    STD: ClassVar[tuple[float, float, float]] = (0.5, 0.5, 0.5)

    def __init__(self, images: SpinImages, config: Any, seed: int) -> None:
        super().__init__()
        self.images = images
        make = getattr(transformers(type(self).__name__), self.ARCHITECTURE)
        # The library draws the weights from torch's global generator.
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            self.model = make(config)

    @property
    def n_classes(self) -> int:
        """The number of outputs."""
        return self.model.config.num_labels

    def forward(self, spins: torch.Tensor) -> torch.Tensor:
        return self.model(pixel_values=self.images(spins).to(self.model.dtype)).logits

    @classmethod
    def from_checkpoint(
        cls: type[Classifier],
        source: str | os.PathLike[str],
        n_classes: int,
        shape: tuple[int, int] = (100, 100),
        *,
        download: bool = False,
        seed: int = 0,
    ) -> Classifier:
        """A network that begins with the weights of a checkpoint, and with a new layer for our classes.

        Parameters
        ----------
        source : str or path-like
            A folder that `save_checkpoint` or transformers wrote; a name of CHECKPOINTS; or an address of the hub.
        n_classes : int
            Our classes. The last layer is that of the checkpoint only if it has as many.
        shape : (int, int)
            Of the configurations; pictures have the checkpoint's size.
        download : bool
            Whether the hub may be asked; else only this machine is.
        seed : int
            Of the new layer's weights.

        Returns
        -------
        ImageClassifier

        Raises
        ------
        ModuleNotFoundError
            Without transformers.
        OSError
            Where there is no such checkpoint on this machine, and the hub was not asked or cannot be reached.
        ValueError
            A checkpoint of another architecture, or with weights missing.

        References
        ----------
        O. Kara, A. Sehanobish and H. H. Corzo, arXiv:2109.13925, Sec. 4.2.

        Examples
        --------
        >>> import tempfile, torch
        >>> from spinlib.networks.vision_transformer import VisionTransformer
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     VisionTransformer(4, (8, 8), patch=4, width=16, depth=1, heads=2).save_checkpoint(folder)
        ...     VisionTransformer.from_checkpoint(folder, 3, (8, 8))(torch.ones(2, 8, 8)).shape
        torch.Size([2, 3])
        """
        library = transformers(cls.__name__)
        address = cls.CHECKPOINTS.get(os.fspath(source), os.fspath(source))
        local = not download or os.path.isdir(address)
        try:
            config = library.AutoConfig.from_pretrained(address, local_files_only=local)
            expected = getattr(library, cls.ARCHITECTURE)
            if not isinstance(config, expected.config_class):
                raise ValueError(f"checkpoint {address!r}: it is a {config.model_type}, not for {cls.__name__}")
            config.num_labels = at_least(2, "n_classes", n_classes)
            with torch.random.fork_rng(devices=[]):
                torch.manual_seed(seed)
                model, found = expected.from_pretrained(
                    address,
                    config=config,
                    local_files_only=local,
                    use_safetensors=True,
                    ignore_mismatched_sizes=True,
                    output_loading_info=True,
                )
        except OSError as error:
            asked = "the hub cannot be reached, or does not have it" if not local else "the hub was not asked"
            raise OSError(
                f"checkpoint {address!r}: it is not on this machine, and {asked}. Without the hub, give the folder of "
                f"a checkpoint, or begin with new weights, {cls.__name__}(n_classes, shape), which can be trained on "
                "simulated configurations first" + ("" if download else "; download=True asks the hub")
            ) from error
        missing = sorted(name for name in found["missing_keys"] if not name.startswith("classifier"))
        if missing:
            raise ValueError(f"checkpoint {address!r}: it lacks weights, such as {missing[0]}")
        size = getattr(config, "image_size", 224)
        colors = config.num_channels == 3
        made = cls.__new__(cls)
        nn.Module.__init__(made)
        made.images = SpinImages(shape, size if colors else shape, colors=colors, mean=cls.MEAN, std=cls.STD)
        made.model = model
        made.check_size()
        return made.eval()

    def check_size(self) -> None:
        """Refuse pictures of which the network does not see all.

        Raises
        ------
        ValueError
            For these.

        Examples
        --------
        >>> from spinlib.networks.resnet import ResNet
        >>> ResNet(4, (10, 10), width=8).check_size()  # a ResNet sees all of any picture
        """

    def save_checkpoint(self, folder: str | os.PathLike[str]) -> None:
        """Write weights, as safetensors, and architecture into a folder that `from_checkpoint` reads.

        Parameters
        ----------
        folder : str or path-like
            It is made if need be.

        Examples
        --------
        See `from_checkpoint`.
        """
        self.model.save_pretrained(folder, safe_serialization=True)
