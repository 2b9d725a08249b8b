"""One chapter of the book: what `open_chapter` returns, and all that a chapter needs of spinbook.

A chapter is a py:percent script, `book/chapters/<paper>/<topic>.py`. It runs as a plain script, as a notebook, in
Colab, and headless (`python -m spinbook run`). Its cells, in order:

    # %% [markdown]
    # # Title. What it reproduces, how long it takes at each scale on which hardware, how to run it.

    # %% tags=["colab"]           the text of spinbook.pages.notebook.COLAB_CELL, unchanged

    # %% tags=["parameters"]
    scale = "smoke"      # smoke, laptop, paper: compute at that scale; recorded: show the largest shipped record
    device = "cpu"
    store = False        # store what was computed under book/records

    # %%
    from spinbook import open_chapter
    chapter = open_chapter("dp/ising", scale=scale, device=device, store=store)

    # %%
    def curves(settings, run):                                  # thin: it calls spinlib
        rows = [run.part(f"L={L}", measure, L, settings["draws"], run.seed) for L in run.progress(settings["L"])]
        return {"T": ..., "m": ..., "m_error": ..., "spins": ...}           # `x_error` beside `x`: measured, with error
    magnetization = chapter.record(
        "magnetization", {"smoke": {"L": [16]}, "paper": {"L": [16, 32]}}, curves, version=1,
        compare={"T": "exact", "spins": "kept"},                # how all other numbers are compared with another run's
    )

    # %% tags=["figure"]          skipped by `python -m spinbook run ... --record`: no matplotlib there
    import matplotlib.pyplot as plt
    figure, axes = plt.subplots()
    axes.errorbar(magnetization["T"], magnetization["m"], magnetization["m_error"])
    chapter.figure(figure, "fig2", caption="...", alt="...", data={"T": magnetization["T"]}, records=[magnetization])

    # %%
    chapter.claim("fig2/kaufman", chi2=chi2, dof=dof)           # the row of the scorecard; None while recording
    chapter.claim("fig2/critical_temperature", estimate)        # a spinlib.statistics.Estimate
    chapter.claim("fig1/valid_coloring", conflicts, 0.0)        # value and error; an exact number has error 0.0
    chapter.not_run("fig3/gpu", "needs a GPU")                  # nothing was measured: the row says so

    # %%
    chapter.close()                                             # claims table and provenance of the records

Claims (statement, relation, target, tolerance, the record behind it) stand in `book/claims/<paper>.yml`, fixed
before the run: a record keeps target and tolerance as they stood then, and a later change is shown. Their values are
computed, never typed. See spinbook.claims.claim; spinbook.records.comparison says what `compare` may hold,
spinbook.records.record what a record is, spinbook.records.computation which seeds and parts a computation has.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from contextvars import ContextVar
from typing import Any

from . import layout
from .claims import claim
from .claims.claim import Claim
from .lock import held
from .pages import page
from .records import comparison, provenance, smoke_check, storage
from .records import record as shelf
from .records.computation import Run
from .records.record import Key, Record

# How the cells are being executed: "show" (notebook or plain script), "record" (python -m spinbook run: neither
# figures nor claims), "refresh" (keep the smoke runs with the stored records), or "audit <record>" (recompute that one
# record, with the seed SEED or its own, and compare it with the shipped one).
MODE: ContextVar[str] = ContextVar("MODE", default="show")
SEED: ContextVar[int | None] = ContextVar("SEED", default=None)


class AuditFinished(Exception):
    """Raised by `record` when the record under audit was recomputed and agrees, with how well it does."""


def open_chapter(name: str, *, scale: str = "smoke", device: str = "cpu", store: bool = False) -> Chapter:
    """The chapter `<paper>/<topic>`, after printing its provenance header.

    Raises ValueError for an unknown chapter, scale or device, and where `store` is asked for with scale="recorded".
    """
    return Chapter(name, scale, device, store)


class Chapter:
    """Records, figures and claims of one chapter; made by `open_chapter`."""

    def __init__(self, name: str, scale: str, device: str, store: bool) -> None:
        self.root = layout.root()
        self.path = layout.chapter_path(name, self.root)
        layout.check_scale(scale, also=("recorded",))
        provenance.check_device(device)
        if store and scale == "recorded":
            raise ValueError('store=True needs scale "smoke", "laptop" or "paper": "recorded" computes nothing')
        self.name, self.scale, self.device, self.store = name, scale, device, bool(store)
        self.paper = name.split("/")[0]
        self.records: dict[str, Record] = {}
        self.rows: dict[str, dict[str, Any]] = {}
        self._not_shipped: dict[str, str] = {}  # record -> the command that makes it
        self._mode = MODE.get()
        self._drawn: set[str] = set()
        if self._mode == "show":
            from .plots import style

            style.use()
            page.show(page.header(self))

    # ------------------------------------------------------------------ records

    def record(
        self,
        name: str,
        settings: Mapping[str, Mapping[str, Any]],
        compute: Callable[[Mapping[str, Any], Run], Mapping[str, Any]],
        version: int = 1,
        *,
        requires: str | None = None,
        compare: Mapping[Any, Any] | None = None,
    ) -> Record:
        """The result of `compute(settings[scale], run)`, live or from `book/records/<paper>/<name>.json`.

        settings: one dict of JSON values per declared scale ("smoke" is required). Where the chapter's scale is not
        declared, the next smaller declared one is computed (and not stored).
        compute: returns a dict of arrays and numbers; `x_error` beside `x` marks measured values.
        compare: how every other number is compared (spinbook.records.comparison). Every smoke run is compared with
        the one that the record keeps, and an audit's repetition with the record; one that compares nothing is refused.
        version: raise it by hand when a change of code changes the result.
        requires: a device ("cuda") without which the record is not computed; then the shipped record is returned,
        or an empty one (false in a condition) where none is shipped.

        scale="recorded" never computes: a missing or stale record raises record.RecordError with the command to run.
        With store=True a stored record of this scale that is up to date is returned, not computed again, and lock.Busy
        is raised where another process is recording it.
        """
        layout.check_name(name)
        if name in self.records:
            raise ValueError(f"record {name!r} is opened twice in {self.name}")
        declared = shelf.check_settings(name, settings)
        rules = comparison.check(name, compare or {})
        key = Key(self.root, self.name, name, declared, int(version), requires or "cpu", rules)
        self.records[name] = self._obtain(key, compute, requires)
        if not self.records[name]:
            self._not_shipped[name] = key.command()
        return self.records[name]

    def _obtain(self, key: Key, compute: Callable[..., Mapping[str, Any]], requires: str | None) -> Any:
        lacking = requires is not None and not self.device.startswith(requires)
        if self._mode == f"audit {key.name}":
            shipped = shelf.load(key)
            run = Run(key, shipped.scale, self.device, resumable=False, another=SEED.get())
            raise AuditFinished(smoke_check.audit(key, shipped, self._compute(key, run, compute)))
        if self.scale == "recorded" or lacking or self._mode.startswith("audit"):
            if requires is not None and not key.path.exists():
                return Record.empty(key)
            return shelf.load(key)
        scale = layout.nearest_scale(self.scale, tuple(key.settings))
        if self.store and scale == self.scale:
            with held(self.root / "build" / "parts" / f"{key.full_name}.lock", f"recording {key.full_name}"):
                return self._stored(key, scale, compute)
        result = self._compute(key, Run(key, scale, self.device, resumable=False), compute)
        if scale == "smoke":
            (smoke_check.renew if self._mode == "refresh" else smoke_check.check)(key, result)
        return result

    def _stored(self, key: Key, scale: str, compute: Callable[..., Mapping[str, Any]]) -> Record:
        """Compute what is missing of the stored record and of its smoke run, and store it."""
        result = shelf.load_current(key, scale)
        if result is not None and smoke_check.is_current(key, result.meta["smoke"]):
            return result
        shelf.check_room(key)
        shelf.refuse_smaller(key, scale)
        claims = claim.resting_on(self.name, key.name, self.root)  # as they stand before the run
        stored = result
        runs = [Run(key, each, self.device, resumable=True) for each in dict.fromkeys((scale, "smoke"))]
        if result is None:
            result = self._compute(key, runs[0], compute)
        smoke = result if scale == "smoke" else self._compute(key, runs[-1], compute)
        if stored is None:
            shelf.store(key, result, smoke_check.of(key, smoke), claims)
        else:
            shelf.replace_json(key, stored, smoke_check.of(key, smoke))
        for run in runs:
            run.clear()
        return shelf.load(key)

    def _compute(self, key: Key, run: Run, compute: Callable[..., Mapping[str, Any]]) -> Record:
        return Record.computed(key, run, compute(key.settings[run.scale], run))

    # ------------------------------------------------------------------ figures and claims

    def figure(
        self,
        figure: Any,
        name: str,
        *,
        caption: str,
        alt: str,
        data: Mapping[str, Any],
        records: Sequence[Record] = (),
    ) -> None:
        """Show a matplotlib figure with caption, alt text and its data as a CSV download.

        figure: matplotlib Figure (closed afterwards). name: unique in the chapter, such as "fig2" or "fig2_binder".
        caption: HTML-free text, `$...$` for mathematics; scale, device and wall time of `records` are appended.
        alt: what a reader who does not see the picture should know, at least 20 characters.
        data: column name -> array of at most two dimensions, as drawn.
        """
        from .pages.figure import figure_html

        layout.check_name(name)
        if name in self._drawn:
            raise ValueError(f"figure {name!r} is drawn twice in {self.name}")
        self._drawn.add(name)
        page.show(figure_html(figure, name, caption=caption, alt=alt, data=data, records=records))

    def table(self, caption: str, head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """Show a table of plain text, `$...$` for mathematics; nothing while recording."""
        if self._mode == "show":
            cells = [[page.prose(cell) for cell in row] for row in rows]
            page.show(page.table(page.prose(caption), [page.prose(title) for title in head], cells))

    def claim(
        self,
        claim_id: str,
        ours: Any = None,
        ours_error: float | None = None,
        *,
        chi2: Any = None,
        dof: Any = None,
        reason: str = "",
        would_decide: str = "",
    ) -> dict[str, Any] | None:
        """Judge one claim of `book/claims/<paper>.yml`; returns its row (None while recording).

        equal, at_least, at_most: `ours` and `ours_error` (0.0 for an exact number), or an Estimate alone; an error
        of nan gives "inconclusive". ordering: `ours` is a dict label -> Estimate or (value, error).
        chi_square: `chi2` and `dof`, numbers or sequences of one length (one per family). documentary: nothing, or
        `ours` for display.
        reason: why a failing claim fails; would_decide: the run that would decide an inconclusive one.
        A claim whose record is not shipped (an empty record) is reported as "not run" whatever is given.
        """
        if self._mode != "show":
            return None
        from .claims import verdict

        declared = self._declared(claim_id)
        for name in declared.records:
            if name in self._not_shipped:
                return self.not_run(claim_id, f"record {name} is not shipped; make it with `{self._not_shipped[name]}`")
        judged = verdict.judge(declared, ours, ours_error, chi2=chi2, dof=dof, reason=reason, would_decide=would_decide)
        scale = self._scale_of(declared.records, judged.verdict)
        return self._report(claim.row(declared, judged, scale, self._changes(declared)))

    def not_run(self, claim_id: str, why: str) -> dict[str, Any] | None:
        """Report that a claim was not tested here, and why; its row gets the verdict "not run"."""
        if self._mode != "show":
            return None
        from .claims import verdict

        declared = self._declared(claim_id)
        return self._report(claim.row(declared, verdict.Verdict("not run", note=why), None))

    def _changes(self, declared: Claim) -> str:
        """How a claim differs from what it was when the records behind it were made."""
        behind = [self.records[name] for name in declared.records if "claims" in self.records[name].meta]
        return "; ".join(filter(None, (claim.changes(declared, one.name, one.meta["claims"]) for one in behind)))

    def _report(self, row: dict[str, Any]) -> dict[str, Any]:
        self.rows[row["claim"]] = row
        page.show(page.verdict_line(row))
        return row

    def _declared(self, claim_id: str) -> Claim:
        declared = claim.load(self.paper, self.root)
        if claim_id not in declared or declared[claim_id].chapter != self.name:
            known = ", ".join(c.id for c in declared.values() if c.chapter == self.name)
            raise ValueError(f"unknown claim {claim_id!r}: chapter {self.name} has {known or 'none'}")
        if claim_id in self.rows:
            raise ValueError(f"claim {claim_id!r} is reported twice in {self.name}")
        unopened = set(declared[claim_id].records) - set(self.records)
        if unopened:
            raise ValueError(f"claim {claim_id!r} rests on record {sorted(unopened)}, which {self.name} did not open")
        return declared[claim_id]

    def _scale_of(self, records: Sequence[str], judged: str) -> str | None:
        """The smallest scale behind a claim; a claim without a record was computed at the chapter's own scale."""
        if records:
            return min((self.records[name].scale for name in records), key=layout.SCALES.index)
        if judged == "drawn":
            return None
        return "paper" if self.scale == "recorded" else self.scale

    def close(self) -> None:
        """Show the claims table and the records' provenance; raise ValueError if a claim was not reported.

        With scale="recorded" (a build of the book) the rows are written to `build/claims/<paper>/<topic>.json`.
        """
        if self._mode != "show":
            return
        declared = claim.load(self.paper, self.root)
        missing = [c.id for c in declared.values() if c.chapter == self.name and c.id not in self.rows]
        if missing:
            raise ValueError(f"chapter {self.name} does not report its claims {', '.join(missing)}")
        rows = [self.rows[c.id] for c in declared.values() if c.id in self.rows]
        page.show((page.claims_table(rows) if rows else "") + page.records_table(self.records.values()))
        if self.scale == "recorded":
            content = {"chapter": self.name, "rows": rows, "provenance": provenance.collect(self.root, self.device)}
            target = self.root / "build" / "claims" / f"{self.name}.json"
            storage.write_atomically(target, json.dumps(content, indent=1).encode())
