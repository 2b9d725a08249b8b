"""What the book's chapters use to show results: records, claims, figures. It knows no physics."""

from .chapter import Chapter, open_chapter

__all__ = ["Chapter", "open_chapter"]
