"""More trainings of GAN and GAN+M of paper fid: `experiments.fid.gan` with other random numbers.

They were made after three trainings had left most statements undecided. Networks are asked at the critical temperature
of the infinite lattice as well.
"""

from __future__ import annotations

from experiments.fid import gan, together

SETTINGS = together.more(gan.SETTINGS, seeds=4)
COMPARE = gan.COMPARE
compute = gan.compute
