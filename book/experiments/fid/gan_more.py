"""More trainings of GAN and GAN+M of paper fid: `experiments.fid.gan` with other random numbers.

They were made after three trainings had left most statements undecided.
"""

from __future__ import annotations

from experiments.fid import gan

SETTINGS = {scale: {**gan.SETTINGS[scale], **more} for scale, more in (("smoke", {}), ("laptop", {"seeds": 4}))}
COMPARE = gan.COMPARE
compute = gan.compute
