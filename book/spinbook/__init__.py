"""What the book's chapters use to show results: records, claims, figures. It knows no physics."""

from .chapter import Chapter, open_chapter
from .records.computation import Run

__all__ = ["Chapter", "Run", "open_chapter"]


def __getattr__(name: str) -> object:
    # Until every chapter imports it from spinbook.plots.
    if name == "style":
        from .plots import style

        return style
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
