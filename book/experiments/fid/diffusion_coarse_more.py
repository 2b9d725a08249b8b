"""More trainings of DiffIsing1 of paper fid: `experiments.fid.diffusion_coarse` with other random numbers.

They were made after three trainings had left most statements undecided.
"""

from __future__ import annotations

from experiments.fid import diffusion_coarse

SETTINGS = {scale: diffusion_coarse.SETTINGS[scale] for scale in ("smoke", "laptop")}
COMPARE = diffusion_coarse.COMPARE
compute = diffusion_coarse.compute
