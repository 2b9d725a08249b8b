"""Sweeps by convolutions in torch: Metropolis (`metropolis`) and its differentiable relaxation (`differentiable`)."""

from spinlib.samplers.convolution.metropolis import (
    PROPOSALS,
    SKIP,
    draw_noise,
    local_field,
    refuse,
    sweep,
    table_bytes,
    working_bytes,
)

__all__ = ["PROPOSALS", "SKIP", "draw_noise", "local_field", "refuse", "sweep", "table_bytes", "working_bytes"]
