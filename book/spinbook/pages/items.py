"""What readers call the items of a paper, and in which order the pages list them."""

from __future__ import annotations

import re
from pathlib import Path

from ..claims import claim

# The kinds in the order of the pages, as they are called in tables and, short, in strips of verdicts.
KINDS = {"fig": ("Figure", "Fig."), "table": ("Table", "Table"), "text": ("Text", "Text")}
NUMBERED = re.compile(rf"(?P<kind>{'|'.join(KINDS)})(?P<number>(?P<supplement>S?)(?P<digits>\d+)(?P<panel>[a-z]?))")


def item_name(item: str, *, short: bool = False) -> str:
    """dp/fig2: Figure 2, or short Fig. 2, with a blank that does not break; fid/figS1: Figure S1; vit/beyond: Beyond.

    The paper before the slash may be left out.
    """
    name = item.rpartition("/")[2]
    if found := NUMBERED.fullmatch(name):
        return f"{KINDS[found['kind']][short]}\N{NO-BREAK SPACE}{found['number']}"
    return name.capitalize().replace("_", " ")


def items_in_order(paper: str, root: Path) -> list[tuple[str, dict[str, str]]]:
    """The items of a paper: figures by number, then those of its supplement, tables, statements of the text, others."""
    items = claim.load_paper(paper, root).items
    return [(item, items[item]) for item in sorted(items, key=_place)]


def _place(item: str) -> tuple[int, bool, int, str]:
    """The kind's place, whether it stands in the supplement, its number and its panel; others are behind all kinds."""
    found = NUMBERED.fullmatch(item.rpartition("/")[2])
    if found is None:
        return len(KINDS), False, 0, ""
    return list(KINDS).index(found["kind"]), bool(found["supplement"]), int(found["digits"]), found["panel"]
