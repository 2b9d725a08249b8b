"""More trainings of DiffIsing2 on independent configurations: `experiments.fid.diffusion_clusters` with other random numbers.

They were made after three trainings had left most statements undecided.
"""

from __future__ import annotations

from experiments.fid import diffusion_clusters

SETTINGS = {scale: diffusion_clusters.SETTINGS[scale] for scale in ("smoke", "laptop")}
COMPARE = diffusion_clusters.COMPARE
compute = diffusion_clusters.compute
