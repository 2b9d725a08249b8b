"""Metropolis and heat bath on packed bits: 64 strips of replicas in a word, on CPUs (`cpu`) and GPUs (`gpu`)."""

from spinlib.samplers.multispin.cpu import (
    DYNAMICS,
    PackedSpins,
    allowed_replicas,
    chains_per_block,
    refuse,
    replicas_for,
    sweep,
    table_bytes,
    working_bytes,
)

__all__ = [
    "DYNAMICS",
    "PackedSpins",
    "allowed_replicas",
    "chains_per_block",
    "refuse",
    "replicas_for",
    "sweep",
    "table_bytes",
    "working_bytes",
]
