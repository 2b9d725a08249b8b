"""More trainings of DiffIsing2 of paper fid: `experiments.fid.diffusion` with other random numbers.

Three trainings had left half of the paper's statements undecided, because they scatter; these were made afterwards.
"""

from __future__ import annotations

from experiments.fid import diffusion

SETTINGS = {scale: {**diffusion.SETTINGS[scale], **more} for scale, more in (("smoke", {}), ("laptop", {"seeds": 4}))}
COMPARE = diffusion.COMPARE
compute = diffusion.compute
