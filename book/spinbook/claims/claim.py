"""The claims of a paper, `book/claims/<paper>.yml`: what each item must show, fixed before the run.

    records:                                    # every record of the paper, and what its paper scale takes
      magnetization: {estimate: 20 min on 2 cores}
      diffusion: {estimate: 3 h on one GPU, device: cuda}   # device: of its paper scale, where that is not a CPU
    items:
      dp/fig2:                                  # the item's full name
        what: Ising snapshots, and |m|(T) for several L
        chapter: dp/ising                       # the chapter that reports all its claims
        claims:
          fig2/kaufman:                         # <item>/<claim>
            statement: The energy equals Kaufman's exact finite-size value at every T
            relation: chi_square                # equal at_least at_most ordering chi_square documentary
            tolerance: 0.001                    # chi_square: level of p; else in the units of the target
            source: paper                       # whose claim it is: paper, reading, ours (see SOURCES)
            place: Fig. 2; Sec. IV A            # where the paper says so, or what the claim is about
            refuted_by: a chi-square with p < 0.001 over the 60 energies   # what would show it wrong; not documentary
            record: magnetization               # optional: name or list of names of the records behind it
            paper_value: 2.269                  # optional: as the paper's text or table prints it
            exact: 2.269185                     # optional: the exact answer, a number or words
            conditions: one CPU, the paper one GPU   # optional: what differs from the paper, or is not stated there;
                                                # with it a contradiction is judged "differs" and not "fails"
            target: 2.269                       # equal, at_least, at_most: a number; ordering: labels that rise
    chapters: [dp/appendix]                     # optional: chapters without claims; then items may be left out

A missing, unknown or doubled key, an unknown relation and a target that does not fit it raise ValueError.
"""

from __future__ import annotations

import dataclasses
import functools
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from .. import layout
from ..records.storage import plain
from .verdict import Verdict

# Whose claim it is: the paper's; one of several readings of a statement that the paper leaves unclear; or a test of
# ours, beyond the paper, which is counted apart.
SOURCES = ("paper", "reading", "ours")
RELATIONS = ("equal", "at_least", "at_most", "ordering", "chi_square", "documentary")
SIGN = {"equal": "=", "at_least": "≥", "at_most": "≤"}


@dataclasses.dataclass(frozen=True)
class Claim:
    """One testable statement about an item of a paper."""

    id: str
    item: str
    chapter: str
    statement: str
    relation: str
    source: str
    place: str
    target: Any = None
    tolerance: Any = None
    paper_value: Any = None
    records: tuple[str, ...] = ()
    exact: Any = None
    conditions: str = ""
    refuted_by: str = ""

    @property
    def test(self) -> str:
        """The relation in words, with target and tolerance."""
        if self.relation in SIGN:
            within = f" within {self.tolerance:g}" if self.tolerance else ""
            return f"{SIGN[self.relation]} {self.target:.10g}{within}"
        if self.relation == "ordering":
            return " ≤ ".join(self.target) + (f" within {self.tolerance:g}" if self.tolerance else "")
        return f"$\\chi^2$, p > {self.tolerance:g}" if self.relation == "chi_square" else "documentary"


@dataclasses.dataclass(frozen=True)
class Paper:
    """All of one claims file: claims by id, for each record its chapter and the time it takes, and all chapters.

    chapters: in the order in which the items name them, then those without claims.
    """

    claims: dict[str, Claim]
    records: dict[str, dict[str, str]]
    items: dict[str, dict[str, str]]
    chapters: tuple[str, ...]


def load(paper: str, root: Path | None = None) -> dict[str, Claim]:
    """The claims of one paper by id, in the file's order."""
    return load_paper(paper, root).claims


def load_paper(paper: str, root: Path | None = None) -> Paper:
    """The whole validated file; ValueError naming file, place and what is allowed."""
    path = (root or layout.root()) / "book" / "claims" / f"{paper}.yml"
    if not path.exists():
        raise ValueError(f"paper {paper!r} has no claims: {path} is not there")
    return _parse(path, path.stat().st_mtime_ns)


def resting_on(record: str, root: Path) -> Any:
    """Relation, target and tolerance of the claims that rest on `<paper>/<record>`, by id: what it keeps of them.

    A machine that only makes records may lack yaml: then the text of the whole file, which `changes` reads later.
    """
    paper, name = record.split("/")
    path = root / "book" / "claims" / f"{paper}.yml"
    if not path.exists():
        return {}
    try:
        return _tests(load_paper(paper, root), name)
    except ImportError:
        return path.read_text(encoding="utf-8")


def _tests(paper: Paper, record: str) -> dict[str, Any]:
    resting = {name: one for name, one in paper.claims.items() if record in one.records}
    return {
        name: plain({"relation": one.relation, "target": one.target, "tolerance": one.tolerance})
        for name, one in resting.items()
    }


def changes(claim: Claim, record: str, kept: Any) -> str:
    """How a claim differs from what a record keeps of it, in words; empty if it does not."""
    if isinstance(kept, str):
        paper = claim.item.split("/")[0]
        kept = _tests(validated(kept, paper, f"{paper}.yml"), record)
    if claim.id not in kept:
        return f"written after record {record} was made"
    now = plain({"relation": claim.relation, "target": claim.target, "tolerance": claim.tolerance})
    then = [f"{key} was {_in_words(kept[claim.id][key])}" for key in now if kept[claim.id][key] != now[key]]
    return f"{', '.join(then)} when record {record} was made" if then else ""


def _in_words(value: Any) -> str:
    return " ≤ ".join(map(str, value)) if isinstance(value, list) else str(value).replace("_", " ")


@functools.lru_cache(maxsize=8)
def _parse(path: Path, _changed: int) -> Paper:
    return validated(path.read_text(encoding="utf-8"), path.stem, path.name)


def validated(text: str, paper: str, file: str) -> Paper:
    """The claims of a file's text; `file` names it in errors."""
    import yaml

    return validate(yaml.load(text, Loader=_unique_loader()), paper, file)


def _unique_loader() -> type:
    import yaml

    class Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
        """YAML keeps the last of two equal keys; here that is an error."""

        def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
            keys = [self.construct_object(key, deep=True) for key, _ in node.value]
            if twice := {key for key in keys if keys.count(key) > 1}:
                raise ValueError(f"{sorted(twice)} stands twice, {node.start_mark}")
            return super().construct_mapping(node, deep)

    return Loader


def validate(content: Any, paper: str, file: str) -> Paper:
    """Check the content of a claims file."""
    top = _keys(content, f"{file}", set(), {"items", "records", "chapters"})
    if not {"items", "chapters"} & set(top):
        raise ValueError(f"{file}: lacks items")
    records = top.get("records") or {}
    for name, entry in records.items():
        _keys(entry, f"{file}: record {name}", required={"estimate"}, optional={"device"})
    claims: dict[str, Claim] = {}
    items = {}
    for item, entry in top.get("items", {}).items():
        where = f"{file}: {item}"
        if not str(item).startswith(f"{paper}/"):
            raise ValueError(f"{where}: an item of this file is named {paper}/<item>")
        _keys(entry, where, required={"what", "chapter", "claims"})
        items[item] = {"what": entry["what"], "chapter": entry["chapter"]}
        for name, fields in (entry["claims"] or {}).items():
            if not str(name).startswith(item.split("/")[1] + "/"):
                raise ValueError(f"{where}: claim {name!r} must be named {item.split('/')[1]}/<claim>")
            claims[name] = _claim(f"{file}: {name}", name, item, entry["chapter"], fields, records)
        if not entry["claims"]:
            raise ValueError(f"{where}: has no claims")
    extra = top.get("chapters", [])
    if not (isinstance(extra, list) and all(str(name).startswith(f"{paper}/") for name in extra)):
        raise ValueError(f"{file}: chapters {extra!r} must be a list of names {paper}/<topic>")
    named = dict.fromkeys([*(about["chapter"] for about in items.values()), *extra])
    return Paper(claims, records, items, tuple(named))


def _claim(where: str, name: str, item: str, chapter: str, fields: Any, records: Mapping[str, Any]) -> Claim:
    needs: dict[Any, set[str]] = {"documentary": set(), "chi_square": {"tolerance"}}
    needed = needs.get(fields.get("relation") if isinstance(fields, Mapping) else "", {"target", "tolerance"})
    optional = {"paper_value", "record", "exact", "conditions", "refuted_by"}
    _keys(fields, where, {"statement", "relation", "source", "place"} | needed, optional)
    relation, target, tolerance = fields["relation"], fields.get("target"), fields.get("tolerance")
    if fields["source"] not in SOURCES:
        raise ValueError(f"{where}: unknown source {fields['source']!r}: choose from {', '.join(SOURCES)}")
    if relation not in RELATIONS:
        raise ValueError(f"{where}: unknown relation {relation!r}: choose from {', '.join(RELATIONS)}")
    if relation in SIGN and not _is_number(target):
        raise ValueError(f"{where}: target {target!r} must be a number")
    labels = isinstance(target, list) and all(isinstance(label, str) for label in target)
    if relation == "ordering" and not (labels and len(set(target)) == len(target) > 1):
        raise ValueError(f"{where}: target {target!r} must list at least two different labels in rising order")
    if relation != "documentary" and not (_is_number(tolerance) and tolerance >= 0):
        raise ValueError(f"{where}: tolerance {tolerance!r} must be a number, zero or larger")
    behind = fields.get("record") or []
    behind = tuple([behind] if isinstance(behind, str) else behind)
    for record in behind:
        if record not in records:
            raise ValueError(f"{where}: record {record!r} is not listed under records")
    return Claim(
        name, item, chapter, fields["statement"], relation, fields["source"], fields["place"], target, tolerance,
        fields.get("paper_value"), behind, fields.get("exact"), fields.get("conditions", ""),
        fields.get("refuted_by", ""),
    )  # fmt: skip


def _keys(entry: Any, where: str, required: set[str], optional: set[str] | frozenset[str] = frozenset()) -> Any:
    if not isinstance(entry, Mapping):
        raise ValueError(f"{where}: must be a mapping, not {entry!r}")
    if missing := required - set(entry):
        raise ValueError(f"{where}: lacks {', '.join(sorted(missing))}")
    if unknown := set(entry) - required - optional:
        allowed = ", ".join(sorted(required | optional))
        raise ValueError(f"{where}: unknown key {', '.join(sorted(map(str, unknown)))}: choose from {allowed}")
    return entry


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


class Row(dict[str, Any]):
    """A row of the scorecard; silent as the last value of a notebook's cell, because its verdict is shown already."""

    def _ipython_display_(self) -> None:
        pass


def row(claim: Claim, judged: Verdict, scale: str | None, changed: str = "", anchor: str = "") -> Row:
    """The row of the scorecard, with what only pages show besides.

    anchor: the id of the figure above it on the chapter's page, or its own there. changed: how the claim
    differs from what it was when its record was made, which the reason repeats.
    """
    content = {
        "item": claim.item,
        "claim": claim.id,
        "paper": claim.item.split("/")[0],
        "source": claim.source,
        "statement": claim.statement,
        "paper_value": claim.paper_value,
        "ours": judged.ours,
        "ours_error": judged.error,
        "exact": claim.exact,
        "relation": claim.relation,
        "tolerance": claim.tolerance,
        "verdict": judged.verdict,
        "scale": scale,
        "chapter": claim.chapter,
        "record": ", ".join(claim.records) or None,
        "reason": "; ".join(filter(None, (f"changed after the run: {changed}" if changed else "", judged.note))),
        "place": claim.place,
        "target": claim.target,
        "test": claim.test,
        "shown": judged.shown,
        "changed": changed,
        "conditions": claim.conditions,
        "refuted_by": claim.refuted_by,
        "anchor": anchor,
    }
    return Row(plain(content))
