"""Collect in one folder what jupyter-book reads: prose, executed chapters, scorecard, status, contents, MathJax."""

from __future__ import annotations

import ast
import importlib.metadata
import json
import re
import shutil
from pathlib import Path
from typing import Any

from .. import layout
from ..claims import claim, scorecard
from ..records.storage import write_atomically
from . import front, page, scorecard_page
from . import notebook as unexecuted

# Cells that a reader of the page need not see: the way into Colab, the parameters and what papermill made of them.
UNSEEN = {"colab", "parameters", "injected-parameters"}


def stage(folder: Path, root: Path | None = None) -> None:
    """Fill `folder` anew; also writes `build/scorecard.json`."""
    root = root or layout.root()
    book = root / "book"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(book / "static", folder / "static")
    for file in (*book.glob("*.md"), *book.glob("*.bib"), root / "_config.yml"):
        shutil.copy(file, folder / file.name)
    durations = {name: stage_chapter(name, folder, root) for name in layout.chapter_names(root)}
    found = scorecard.rows(root)
    write_atomically(root / "build" / "scorecard.json", scorecard.to_json(found))
    fill(folder / "scorecard.md", "<!-- scorecard -->", scorecard_page.to_html(found, root))
    answers = front.Answers(found, folder, root)
    for file in book.glob("*.md"):
        staged = folder / file.name
        staged.write_text(answers.fill(staged.read_text(encoding="utf-8"), file.name), encoding="utf-8")
    (folder / "status.md").write_text(status(durations, root), encoding="utf-8")
    (folder / "_toc.yml").write_text(contents(book / "_toc.yml", root), encoding="utf-8")
    (folder / "static" / "mathjax").mkdir(exist_ok=True)
    shutil.copy(mathjax(), folder / "static" / "mathjax" / "tex-svg.js")


def fill(file: Path, marker: str, content: str) -> None:
    """Replace the one marker of a page."""
    text = file.read_text(encoding="utf-8")
    if text.count(marker) != 1:
        raise ValueError(f"book/{file.name} must hold the line {marker} once")
    file.write_text(text.replace(marker, content), encoding="utf-8")


def stage_chapter(name: str, folder: Path, root: Path) -> float:
    """Copy an executed chapter, tag what its page hides, and return its run time in seconds."""
    executed = root / "build" / "executed" / f"{name}.ipynb"
    if not executed.exists():
        raise ValueError(f"chapter {name} has not been executed: {executed} is not there")
    notebook = json.loads(executed.read_text(encoding="utf-8"))
    figures = scorecard.report(name, root)["figures"]
    for cell in notebook["cells"]:
        source = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            cell["source"] = linked(source, figures)
        else:
            tags = cell["metadata"].setdefault("tags", [])
            tags.append(visibility(source, set(tags)))
    notebook["cells"] = answer_first(joined(notebook["cells"]))
    target = folder / "chapters" / f"{name}.ipynb"
    write_atomically(target, json.dumps(notebook).encode())
    # What the page offers as a download: the chapter as it is in book/notebooks.
    write_atomically(folder / "static" / "notebooks" / f"{name}.ipynb", unexecuted.notebook_text(name).encode())
    return float(notebook["metadata"]["papermill"]["duration"])


def visibility(source: str, tags: set[str]) -> str:
    """How a code cell is shown: not at all, its output alone, or with its code folded.

    The answer stands above all else, where code that sums up the page would only be in the way.
    """
    if UNSEEN & tags:
        return "remove-cell"
    return "remove-input" if "answer" in tags or is_plumbing(source) else "hide-input"


def joined(cells: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The cells, with folded code that shows nothing put before the folded code that follows it: one fold for both."""
    kept: list[dict[str, Any]] = []
    for cell in cells:
        before = kept[-1] if kept else cell
        if all(_is_folded(each) for each in (before, cell)) and before is not cell and not before["outputs"]:
            tags = [*before["metadata"]["tags"], *cell["metadata"]["tags"]]
            source = f"{''.join(before['source'])}\n\n{''.join(cell['source'])}"
            cell = {**cell, "source": source, "metadata": {**cell["metadata"], "tags": tags}}
            kept.pop()
        kept.append(cell)
    return kept


def _is_folded(cell: dict[str, Any]) -> bool:
    return cell["cell_type"] == "code" and "hide-input" in cell["metadata"]["tags"]


def linked(text: str, figures: dict[str, int]) -> str:
    """Markdown whose links to a figure, `[Figure](#fig2_binder)`, say its number and whose links to claims are HTML.

    Sphinx knows neither of them, because both are HTML that code shows. ValueError for a figure that is not drawn.
    """

    def link(match: re.Match[str]) -> str:
        words, target = match["words"], match["target"]
        if "/" in target:
            return f'<a href="#{page.anchor(target)}">{words}</a>'
        if target not in figures:
            raise ValueError(f"{match[0]} refers to no figure: drawn are {', '.join(figures) or 'none'}")
        return f'<a href="#{target}">{words} {figures[target]}</a>'

    return re.sub(r"\[(?P<words>[^\]]+)\]\(#(?P<target>[a-z0-9_/]+)\)", link, text)


def is_plumbing(source: str) -> bool:
    """Whether a cell only opens the chapter, reports claims or closes it: its code tells a reader nothing."""
    return all(
        isinstance(statement, ast.Import | ast.ImportFrom) or _names_the_chapter(statement)
        for statement in ast.parse(source).body
    )


def _names_the_chapter(statement: ast.stmt) -> bool:
    """`chapter.claim(...)`, `name = chapter.record(...)` or `chapter = open_chapter(...)`."""
    called = statement.value.func if _is_call(statement) else None  # type: ignore[attr-defined]
    if isinstance(called, ast.Attribute):
        return isinstance(called.value, ast.Name) and called.value.id == "chapter"
    return isinstance(called, ast.Name) and called.id == "open_chapter"


def _is_call(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr | ast.Assign) and isinstance(statement.value, ast.Call)


def answer_first(cells: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The cell tagged `answer`, which needs the numbers of all others, behind the title."""
    answers = [cell for cell in cells if "answer" in cell["metadata"].get("tags", [])]
    others = [cell for cell in cells if cell not in answers]
    return [*others[:1], *answers, *others[1:]]


def status(durations: dict[str, float], root: Path) -> str:
    """The status page: what executing each chapter took in this build, and with which versions."""
    origins = {name: scorecard.report(name, root)["provenance"] for name in durations}
    lines = []
    for name, seconds in durations.items():
        memory = origins[name]["peak_memory_mib"]
        link = f'<a href="chapters/{name}.html">{name}</a>'
        lines.append([link, page.whole(page.duration(seconds)), f"{memory:.0f} MiB" if memory else ""])
    alike: dict[tuple[str, ...], list[str]] = {}
    for name, origin in origins.items():
        versions = ", ".join(f"{library} {version}" for library, version in origin["versions"].items())
        made = (page.prose(origin["device"]), page.commit_cell(origin["commit"]), page.whole(origin["date"]), versions)
        alike.setdefault(made, []).append(name)
    intro = (
        "# Status of this build\n\nHow long each chapter took to execute from its records, and with what. How each "
        "record was made stands at the end of its chapter.\n\n"
    )
    if len(alike) == 1:
        groups = [["all", *made] for made in alike]
    else:
        groups = [[", ".join(names), *made] for made, names in alike.items()]
    with_what = page.table("With what", ("Chapters", "Device", "Commit", "Date", "Versions"), groups)
    return (
        intro + page.table("Chapters of this build", ("Chapter", "Run time", "Peak memory"), lines) + with_what + "\n"
    )


def contents(toc: Path, root: Path) -> str:
    """`_toc.yml` with each `glob: chapters/<paper>/*` replaced by the chapters found on disk.

    A paper's chapters stand in the order in which its claims file first names them, so that the book follows the
    paper; ValueError for a chapter that no claims file names, or whose paper has no part.
    """
    text = toc.read_text(encoding="utf-8")
    listed: list[str] = []

    def chapters(match: re.Match[str]) -> str:
        paper = match["paper"]
        names = [name for name in claim.load_paper(paper, root).chapters if name in layout.chapter_names(root)]
        listed.extend(names)
        return "\n".join(f"{match['indent']}- file: chapters/{name}" for name in names)

    text = re.sub(r"(?m)^(?P<indent> *)- glob: chapters/(?P<paper>\w+)/\*$", chapters, text)
    if lost := set(layout.chapter_names(root)) - set(listed):
        raise ValueError(f"chapters {', '.join(sorted(lost))}: in no claims file, or their paper is not in {toc.name}")
    return text


def mathjax() -> Path:
    """MathJax 3 with its fonts in one file, out of the installed package that carries it."""
    files: Any = importlib.metadata.files("sphinx-mathjax-offline") or []
    found = [file for file in files if file.name == "tex-svg.js"]
    if not found:
        raise FileNotFoundError("the package sphinx-mathjax-offline carries no tex-svg.js")
    return Path(found[0].locate())
