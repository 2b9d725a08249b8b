"""Two records of the same models, the second with more trainings, as one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from experiments.fid.protocol import CRITICAL

__all__ = ["Together", "more"]

# Results without a training: of Metropolis runs, and what all trainings share.
_SHARED = ("T", "models", "way", "way_steps", "cost", "cost_methods", "cost_seconds", "cost_tau")
# Those of a training, without a temperature.
_OF_TRAINING = ("loss", "training_seconds", "parameters")


def more(settings: Mapping[str, dict[str, Any]], seeds: int) -> dict[str, dict[str, Any]]:
    """The settings of a record of more trainings, of so many at laptop scale; there is no paper scale."""
    at = [*settings["laptop"]["T"], CRITICAL]
    return {"smoke": settings["smoke"], "laptop": {**settings["laptop"], "seeds": seeds, "T": sorted(at)}}


class Together(Mapping[str, Any]):
    """Results of all trainings: (model, training, ...), and (training, ...) of those that begin with "way_".

    Temperatures are those of the first record. Records of another lattice than the first's are left out: at paper scale
    there are no more trainings.

    records: those that count. settings: the first's, with the "seeds" of all.
    """

    def __init__(self, *records: Any) -> None:
        size = records[0].settings["L"]
        self.records = [one for one in records if one.settings["L"] == size]
        self.settings = {**records[0].settings, "seeds": sum(one.settings["seeds"] for one in self.records)}

    def __getitem__(self, name: str) -> Any:
        if name in _SHARED or name.startswith("metropolis_"):
            return self.records[0][name]
        if name.startswith("way_"):
            return np.concatenate([one[name] for one in self.records])
        several = [one[name] if name in _OF_TRAINING else self._at_first(one, name) for one in self.records]
        return np.concatenate(several, axis=1)

    def _at_first(self, record: Any, name: str) -> np.ndarray:
        """Results (model, training, temperature, ...) at the temperatures of the first record."""
        wanted, known = self.records[0]["T"], record["T"]
        return np.asarray(record[name])[:, :, [int(np.argmin(np.abs(known - t))) for t in wanted]]

    def __iter__(self) -> Iterator[str]:
        return iter(self.records[0])

    def __len__(self) -> int:
        return len(self.records[0])
