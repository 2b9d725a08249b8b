"""More trainings of DiffIsing1 of paper fid: `experiments.fid.diffusion_coarse` with other random numbers.

They were made after three trainings had left three of its four statements undecided. Networks are asked at the critical
temperature of the infinite lattice as well.
"""

from __future__ import annotations

from experiments.fid import diffusion_coarse, together

SETTINGS = together.more(diffusion_coarse.SETTINGS, seeds=4)
COMPARE = diffusion_coarse.COMPARE
compute = diffusion_coarse.compute
