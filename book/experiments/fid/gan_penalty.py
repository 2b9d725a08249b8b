"""GAN and GAN+M with a gradient penalty in the place of clipped weights, a variant of ours: `experiments.fid.gan`.

Gulrajani et al., arXiv:1704.00028. Such a critic has no batch norm. The weight of the penalty is theirs.
"""

from __future__ import annotations

from experiments.fid import gan, together

_VARIANT = {scale: {**settings, "penalty": 10.0} for scale, settings in gan.SETTINGS.items()}
SETTINGS = together.more(_VARIANT, seeds=4)
COMPARE = gan.COMPARE
compute = gan.compute
