"""More trainings of DiffIsing2 of paper fid: `experiments.fid.diffusion` with other random numbers.

They were made after three trainings had left most statements undecided. Networks are asked at the critical temperature
of the infinite lattice as well.
"""

from __future__ import annotations

from experiments.fid import diffusion, together

SETTINGS = together.more(diffusion.SETTINGS, seeds=4)
COMPARE = diffusion.COMPARE
compute = diffusion.compute
