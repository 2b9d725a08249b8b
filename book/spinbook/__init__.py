"""The helper that the book's chapters use: records, claims, figures. It knows no physics."""

from .chapter import Chapter, open_chapter

__all__ = ["Chapter", "open_chapter"]
