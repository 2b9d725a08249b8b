"""One chapter of the book: what `open_chapter` returns, and all that a chapter needs of spinbook.

A chapter is a py:percent script, `book/chapters/<paper>/<topic>.py`. It runs as a plain script, as a notebook, and in
Colab. It is an argument: what the paper shows, what we found, whether the claim holds. What is computed for it stands
in `book/experiments/<paper>/<record>.py`, one file per record (see spinbook.records.experiment). Its cells, in order:

    # %% [markdown]
    # # Title. What it reproduces, how to run it. (How long that takes stands in the captions, from the records.)

    # %% tags=["parameters"]
    scale = "smoke"      # smoke, laptop, paper: compute at that scale; recorded: show the largest shipped record
    device = "cpu"
    store = False        # store what was computed under book/records

    # %%
    from spinbook import open_chapter
    chapter = open_chapter("dp/ising", scale=scale, device=device, store=store)

    # %%
    magnetization = chapter.record("dp/magnetization")          # computed by book/experiments/dp/magnetization.py

    # %% tags=["figure"]          its code is folded on the page
    import matplotlib.pyplot as plt
    figure, axes = plt.subplots()
    axes.errorbar(magnetization["T"], magnetization["m"], magnetization["m_error"])
    chapter.figure(figure, "fig2", caption="...", alt="...", data={"T": magnetization["T"]}, records=[magnetization])

    # %%
    chapter.claim("fig2/kaufman", chi2=chi2, dof=dof)           # the row of the scorecard
    chapter.claim("fig2/critical_temperature", estimate)        # a spinlib.statistics.Estimate
    chapter.claim("fig1/valid_coloring", conflicts, 0.0)        # value and error; an exact number has error 0.0
    chapter.void("fig3/errors", "no example is misclassified")  # nothing was left to test
    chapter.not_run("fig3/gpu", "needs a GPU")                  # nothing was measured: the row says so

    # %% tags=["answer"]          shown below the title on the page
    chapter.answer(f"The method is exact: {chapter.shown('fig2/kaufman')}. ...")

    # %%
    chapter.close()                                             # provenance of the records

The cell that makes the notebook run in Colab is put in when the notebook is written (spinbook.pages.notebook).

Claims (statement, relation, target, tolerance, the record behind it) stand in `book/claims/<paper>.yml`, fixed
before the run: a record keeps target and tolerance as they stood then, and a later change is shown. Their values are
computed, never typed. See spinbook.claims.claim.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from . import layout
from .claims import claim, verdict
from .claims.claim import Claim
from .pages import page
from .records import experiment, provenance, storage
from .records.obtain import obtain
from .records.record import Record


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
        experiment.make_importable(self.root)
        self.records: dict[str, Record] = {}
        self.rows: dict[str, dict[str, Any]] = {}
        self._not_shipped: dict[str, str] = {}  # record -> the command that makes it
        self._listed: set[str] = set()  # paths of files whose code the page shows already
        self._figures: dict[str, int] = {}  # name -> number, in the order in which they are drawn
        experiment.make_importable(self.root)
        from .plots import style  # matplotlib is loaded where something is shown

        style.use()
        page.show(page.header(self))

    def record(self, name: str) -> Record:
        """The record `<paper>/<name>`, live or as it is stored; shows the source of its experiment, folded.

        Parameters
        ----------
        name : str
            Of any paper: `book/experiments/<name>.py` computes it. At the chapter's scale, or the next smaller one
            that it declares, it is computed, and stored with store=True; with scale="recorded" it is read.

        Returns
        -------
        Record
            Empty, which is false in a condition, where it needs another device and is not shipped.

        Raises
        ------
        RecordError
            With scale="recorded", where it is missing or stale; the message holds the command that makes it. At smoke
            scale where the result disagrees with the smoke run that the stored record keeps.
        """
        found = experiment.load(name, self.root)
        if name in self.records:
            raise ValueError(f"record {name!r} is opened twice in {self.name}")
        page.show_sources(name, found.sources, self._listed)
        self.records[name] = obtain(found, self.scale, self.device, store=self.store)
        if not self.records[name]:
            self._not_shipped[name] = found.key.command()
        return self.records[name]

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
        caption: HTML-free text, `$...$` for mathematics; the figure's number stands before it; scale, device and wall
        time of `records` are appended. A chapter's markdown refers to the figure by `[Figure](#fig2_binder)`.
        alt: what a reader who does not see the picture should know, at least 20 characters.
        data: column name -> array of at most two dimensions, as drawn.
        """
        from .pages.figure import figure_html

        layout.check_name(name)
        if name in self._figures:
            raise ValueError(f"figure {name!r} is drawn twice in {self.name}")
        self._figures[name] = number = len(self._figures) + 1
        draft = self.scale == "smoke"
        page.show(figure_html(figure, name, number, caption=caption, alt=alt, data=data, records=records, draft=draft))

    def table(self, caption: str, head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        """Show a table of plain text, `$...$` for mathematics."""
        cells = [[page.prose(cell) for cell in row] for row in rows]
        page.show(page.table(page.prose(caption), [page.prose(title) for title in head], cells))

    def say(self, text: str) -> None:
        """Show a paragraph of prose whose numbers code made; `$...$` for mathematics."""
        page.show(f"<p>{page.prose(text)}</p>")

    def claim(
        self,
        claim_id: str,
        ours: Any = None,
        ours_error: float | None = None,
        *,
        chi2: Any = None,
        dof: Any = None,
        ties: int = 0,
        reason: str = "",
        would_decide: str = "",
    ) -> dict[str, Any]:
        """Judge one claim of `book/claims/<paper>.yml`; returns its row.

        equal, at_least, at_most: `ours` and `ours_error` (0.0 for an exact number), or an Estimate alone; an error
        of nan gives "inconclusive". ordering: `ours` is a dict label -> Estimate or (value, error).
        chi_square: `chi2` and `dof`, numbers or sequences of one length (one per family). documentary: nothing, or
        `ours` for display.
        ties: the number of paired runs, where all of them ended with the same value on both sides and `ours` is the
        target of an at_least or at_most.
        reason: why a failing claim fails; would_decide: the run that would decide an inconclusive one.
        A claim whose record is not shipped (an empty record) is reported as "not run" whatever is given.
        """
        declared = self._declared(claim_id)
        for name in declared.records:
            if command := self._not_shipped.get(f"{self.paper}/{name}"):
                return self.not_run(claim_id, f"record {name} is not shipped; make it with `{command}`")
        judged = verdict.judge(
            declared, ours, ours_error, chi2=chi2, dof=dof, ties=ties, reason=reason, would_decide=would_decide
        )
        return self._report(declared, judged, self._scale_of(declared.records, judged.verdict))

    def void(self, claim_id: str, why: str) -> dict[str, Any]:
        """Report that a claim left nothing to test, and why; its row gets the verdict "void"."""
        declared = self._declared(claim_id)
        judged = verdict.Verdict("void", note=why)
        return self._report(declared, judged, self._scale_of(declared.records, judged.verdict))

    def not_run(self, claim_id: str, why: str) -> dict[str, Any]:
        """Report that a claim was not tested here, and why; its row gets the verdict "not run"."""
        return self._report(self._declared(claim_id), verdict.Verdict("not run", note=why), None)

    def shown(self, claim_id: str) -> str:
        """Our result of a claim that was reported above, with its error, for a sentence; ValueError for another."""
        if claim_id not in self.rows:
            raise ValueError(f"claim {claim_id!r} was not reported in {self.name} so far")
        return page.shown(self.rows[claim_id]) or self.rows[claim_id]["verdict"]

    def answer(self, text: str) -> None:
        """Say what the chapter found, in about three sentences, and show its verdicts as links.

        It stands near the chapter's end, in a cell tagged `answer`, because its numbers come from the claims
        (`chapter.shown`); the page shows that cell below the title.
        """
        page.show(page.answer(text, self._declared_rows()))

    def _changes(self, declared: Claim) -> str:
        """How a claim differs from what it was when the records behind it were made."""
        behind = {name: self.records[f"{self.paper}/{name}"].meta for name in declared.records}
        told = (claim.changes(declared, name, meta["claims"]) for name, meta in behind.items() if "claims" in meta)
        return "; ".join(filter(None, told))

    def _report(self, declared: Claim, judged: verdict.Verdict, scale: str | None) -> dict[str, Any]:
        changed = self._changes(declared) if scale else ""
        above = next(reversed(self._figures), page.anchor(declared.id))
        row = claim.row(declared, judged, scale, changed, above)
        self.rows[declared.id] = row
        page.show(page.claim_card(row))
        return row

    def _declared_rows(self) -> list[dict[str, Any]]:
        """The rows so far, in the order of the claims file."""
        return [self.rows[name] for name in claim.load(self.paper, self.root) if name in self.rows]

    def _declared(self, claim_id: str) -> Claim:
        declared = claim.load(self.paper, self.root)
        if claim_id not in declared or declared[claim_id].chapter != self.name:
            known = ", ".join(c.id for c in declared.values() if c.chapter == self.name)
            raise ValueError(f"unknown claim {claim_id!r}: chapter {self.name} has {known or 'none'}")
        if claim_id in self.rows:
            raise ValueError(f"claim {claim_id!r} is reported twice in {self.name}")
        behind = [f"{self.paper}/{name}" for name in declared[claim_id].records]
        if unopened := [name for name in behind if name not in self.records]:
            raise ValueError(f"claim {claim_id!r} rests on record {unopened}, which {self.name} did not open")
        return declared[claim_id]

    def _scale_of(self, records: Sequence[str], judged: str) -> str | None:
        """The smallest scale behind a claim; a claim without a record was computed at the chapter's own scale."""
        if records:
            return min((self.records[f"{self.paper}/{name}"].scale for name in records), key=layout.SCALES.index)
        if judged == "drawn":
            return None
        return "paper" if self.scale == "recorded" else self.scale

    def close(self) -> None:
        """Show the provenance of the records; raise ValueError if a claim was not reported.

        With scale="recorded" (a build of the book) the rows are written to `build/claims/<paper>/<topic>.json`.
        """
        declared = claim.load(self.paper, self.root)
        missing = [c.id for c in declared.values() if c.chapter == self.name and c.id not in self.rows]
        if missing:
            raise ValueError(f"chapter {self.name} does not report its claims {', '.join(missing)}")
        page.show(page.records_table(self.records.values()))
        if self.scale == "recorded":
            content = {
                "chapter": self.name,
                "rows": self._declared_rows(),
                "figures": self._figures,
                "provenance": provenance.collect(self.root, self.device),
            }
            target = self.root / "build" / "claims" / f"{self.name}.json"
            storage.write_atomically(target, json.dumps(content, indent=1).encode())
