"""Configurations to learn from, with disjoint training and test sets."""

from typing import TYPE_CHECKING

from spinlib.lazy import attributes

__all__ = [
    "class_labels",
    "hash_split",
    "stratified_split",
    "targeted",
    "thermal",
    "training_and_test",
    "training_sets",
]

if TYPE_CHECKING:
    from spinlib.datasets import (
        class_labels,
        hash_split,
        stratified_split,
        targeted,
        thermal,
        training_and_test,
        training_sets,
    )
else:
    __getattr__, __dir__ = attributes(__name__, __all__)
