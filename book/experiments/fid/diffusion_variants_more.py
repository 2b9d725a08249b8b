"""More trainings of DiffFlip of paper fid: `experiments.fid.diffusion_variants` with other random numbers.

They were made after three trainings had left most statements undecided.
"""

from __future__ import annotations

from experiments.fid import diffusion_variants

SETTINGS = {scale: diffusion_variants.SETTINGS[scale] for scale in ("smoke", "laptop")}
COMPARE = diffusion_variants.COMPARE
compute = diffusion_variants.compute
