"""How true generated configurations are to the Boltzmann distribution: one report for any sampler or generative model.

`report` takes configurations of an Ising model from anywhere and compares what is measured on them with exact answers,
and where there are none with a cluster sample that it makes itself. From a shell:

    python -m spinlib.fidelity samples.npz --temperature 2.3 --figure report.png
"""

from typing import TYPE_CHECKING

from spinlib.lazy import attributes

# Imported when they are looked up, so that the package costs nothing where it is only mentioned.
_FOUND_IN = {
    "FEWEST": "configurations",
    "Metric": "metrics",
    "Reference": "reference",
    "Report": "metrics",
    "make_reference": "reference",
    "report": "reporting",
}

if TYPE_CHECKING:
    from spinlib.fidelity.configurations import FEWEST as FEWEST
    from spinlib.fidelity.metrics import Metric as Metric
    from spinlib.fidelity.metrics import Report as Report
    from spinlib.fidelity.reference import Reference as Reference
    from spinlib.fidelity.reference import make_reference as make_reference
    from spinlib.fidelity.reporting import report as report
else:
    __getattr__, __dir__ = attributes(__name__, (), _FOUND_IN)

__all__ = [*_FOUND_IN]
