"""What networks with an explicit likelihood drew, over trainings: means, errors, and distances from exact answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from experiments.fid.standings import Pair
from spinlib.statistics import chi_square, mean_of_few

__all__ = ["Results"]


@dataclass
class Results:
    """The numbers of a record of `experiments.fid.better_model` or of `experiments.fid.masked_diffusion`.

    record: the record. n: draws of each training at each temperature. prefix: "larger_" for those of the larger torus.
    """

    record: Any
    n: int
    prefix: str = ""

    @property
    def n_trainings(self) -> int:
        """The number of trainings."""
        return int(self.record.settings["seeds"])

    @property
    def errors(self) -> str:
        """What the errors are, in words."""
        return f"means and errors over {self.n_trainings} trainings"

    def values(self, name: str) -> Any:
        """The numbers (temperature, training), or (temperature,) of what does not depend on the training."""
        return self.record[self.prefix + name]

    def means(self, name: str, reference: str | None = None) -> Pair:
        """Means over trainings (temperature,) and their errors, as `errors` says. In % of a reference."""
        values = self.values(name)
        if reference is not None:
            values = 100 * (values / self.values(reference)[:, None] - 1.0)
        found = [mean_of_few(row, each=0.0) for row in np.asarray(values, np.float64)]
        return np.array([one.value for one in found]), np.array([one.error for one in found])

    def farthest(self, name: str, where: Any = slice(None)) -> tuple[float, float]:
        """The distance from exact values at the temperature where it is farthest, as a share, and its error."""
        mean, error = (one[where] / 100 for one in self.means(name, f"exact_{name}"))
        at = int(np.argmax(np.abs(mean)))
        return float(mean[at]), float(error[at])

    def least(self, name: str, where: Any = slice(None)) -> tuple[float, float]:
        """A share where it is least, and its error."""
        mean, error = (one[where] for one in self.means(name))
        return float(mean.min()), float(error[mean.argmin()])

    def against_exact(self, name: str, exact: str, where: Any = slice(None)) -> dict[str, Any]:
        """Chi-square of the values of all trainings, with the errors of their draws, as a claim takes it."""
        distance = (self.values(name) - self.values(exact)[:, None])[where]
        chi2, dof, _ = chi_square(distance, self.values(f"{name}_error")[where], 0.0)
        return {"chi2": chi2, "dof": dof}
