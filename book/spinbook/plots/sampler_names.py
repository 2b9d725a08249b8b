"""What a page calls the methods of the library, whose own names are words of Python."""

from __future__ import annotations

import re

_WORDS = {
    "multispin heat_bath": "packed heat bath",
    "multispin": "packed Metropolis",
    "metropolis": "Metropolis",
    "heat_bath": "heat bath",
    "swendsen_wang": "Swendsen-Wang",
    "wolff": "Wolff",
}
_NAME = re.compile(rf"\b({'|'.join(_WORDS)})\b")


def in_words(name: str) -> str:
    """A label in which the names of methods are written as a physicist writes them; what else it says stays.

    >>> in_words("multispin, one lattice on 2 threads")
    'packed Metropolis, one lattice on 2 threads'
    """
    return _NAME.sub(lambda found: _WORDS[found[1]], name)
