"""Tables I and III of paper dp: rates in flips per nanosecond, as the text that we have prints them.

That text was machine-read. Powers of lattice sizes that it lost are left out, and what it garbled is marked.
"""

from __future__ import annotations

from typing import NamedTuple


class Published(NamedTuple):
    """One row of Table I, in the paper's columns."""

    size: str
    hardware: str
    rate: str
    optimization: str
    code: str
    reference: str


# Ranges of the paper's own two rows, lowest and highest over batch sizes, in flips/ns.
RTX_3060 = (1.53, 1.71)
TPU = (0.89, 13.57)
TABLE_I = tuple(
    Published(*row)
    for row in (
        ("(20 x 128)²", "Tesla V100", "48.14", "no", "yes", "[53]"),
        ("(20 x 128)²", "TPU", "8.19", "no", "yes", "[53]"),
        ("(20 x 128)", "RTX 3050 laptop", "0.05", "no", "yes", "[54]"),
        ("(1024)", "GTX 280", "0.001", "no", "no", "[55]"),
        ("(4096)²", "Tesla C1060", "8.03", "no", "no", "[56]"),
        ("(16384)", "GTX 480", "0.034", "no", "no", "[57]"),
        ("(550)", "Tesla T10", "0.03", "no", "pseudo-code", "[58]"),
        ("(4)²", "Tesla C1060", "0.01", "no", "no", "[59]"),
        ("(4096)²", "GTX 285", "0.2", "no", "pseudo-code", "[60]"),
        ("Graph C7", "Tesla K4 (cut off?)", "10 seconds", "yes", "no", "[61]"),
        ("(20 x 128)²", "RTX 3060 laptop", f"{RTX_3060[0]} - {RTX_3060[1]}", "yes", "yes", "paper dp"),
        ("(20 x 128)²", "TPU", f"{TPU[0]} - {TPU[1]}", "yes", "yes", "paper dp"),
    )
)
# Lattice side over 128, batch, flips/ns.
TABLE_III = {
    "CPU (i7-11800H)": [(5, 1, 0.019), (5, 16, 0.018), (20, 1, 0.013), (20, 8, 0.016)],
    "GPU (RTX 3060)": [(5, 1, 0.89), (5, 16, 1.70), (20, 1, 1.53), (20, 16, 1.71)],
    "TPU": [(5, 1, 0.06), (5, 16, 0.86), (20, 1, 0.89), (20, 16, 55.52)],
}
