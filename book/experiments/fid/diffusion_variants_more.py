"""More trainings of DiffFlip of paper fid: `experiments.fid.diffusion_variants` with other random numbers.

They were made after three trainings had left two of its three statements undecided. Networks are asked at the critical
temperature of the infinite lattice as well.
"""

from __future__ import annotations

from experiments.fid import diffusion_variants, together

SETTINGS = together.more(diffusion_variants.SETTINGS, seeds=4)
COMPARE = diffusion_variants.COMPARE
compute = diffusion_variants.compute
