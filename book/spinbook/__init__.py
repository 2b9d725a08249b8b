"""What the book's chapters use to show results: records, claims, figures. It knows no physics."""

from .chapter import Chapter, open_chapter
from .records.computation import Run
from .records.record import Record

__all__ = ["Chapter", "Record", "Run", "open_chapter"]
