"""Rates of one lattice that papers print, in flips per nanosecond: nothing here was measured by us."""

RATES = {
    "RTX 3060, convolution (paper dp)": 1.71,
    "TPU, convolution (paper dp)": 13.57,
    "V100, packed (Romero et al.)": 417.0,
    # A whole rack's rate over its 72 GPUs.
    "GB200, packed (Bisson et al.), each of 72": 1.15e5 / 72,
}
