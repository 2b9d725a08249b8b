"""More trainings of DiffIsing2 on independent data: `experiments.fid.diffusion_clusters` with other random numbers.

They were made after three trainings had left all three statements undecided. Networks are asked at the critical
temperature of the infinite lattice as well.
"""

from __future__ import annotations

from experiments.fid import diffusion_clusters, together

SETTINGS = together.more(diffusion_clusters.SETTINGS, seeds=4)
COMPARE = diffusion_clusters.COMPARE
compute = diffusion_clusters.compute
