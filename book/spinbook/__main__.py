"""Command line: `python -m spinbook run | audit | refresh | wanted | chapter`, and the build's steps (see Makefile)."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from . import layout
from .imports import EXTRAS
from .lock import Busy
from .records.record import RecordError


def main(arguments: list[str] | None = None) -> int:
    options = parser().parse_args(arguments)
    try:
        return options.action(options) or 0
    except ModuleNotFoundError as error:
        extra = EXTRAS.get((error.name or "").partition(".")[0])
        if extra is None:
            raise
        print(f"spinbook: {error.name} is not installed here: pip install '.[{extra}]'", file=sys.stderr)
        return 2
    except (ValueError, RecordError, Busy, FileNotFoundError) as error:
        if hasattr(error, "__notes__") and not isinstance(error, RecordError | Busy):
            raise  # from an experiment's own code: where it happened matters
        print(f"spinbook: {error}", file=sys.stderr)
        return 2


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(prog="python -m spinbook", description=__doc__)
    commands = top.add_subparsers(required=True, metavar="command")

    def add(name: str, action: Any, help: str) -> argparse.ArgumentParser:
        command = commands.add_parser(name, help=help, description=help)
        command.set_defaults(action=action)
        return command

    run = add("run", make_records, "compute a record, or all of a chapter, and store it with --record")
    run.add_argument("name", help="<paper>/<record> or <paper>/<chapter>, or the path of its file")
    run.add_argument("--scale", default="smoke", help="smoke, laptop or paper")
    run.add_argument("--device", default="cpu", help="cpu, cuda, ...")
    run.add_argument("--record", action="store_true", help="store the results under book/records")
    audit = add("audit", run_audit, "recompute one shipped record and compare it within errors")
    audit.add_argument("--device", default="cpu")
    audit.add_argument("--record", help="<paper>/<name>; at random unless given, after a list of all and their times")
    audit.add_argument("--seed", type=int, help="another seed than the record's own")
    audit.add_argument("--of-commit", action="store_true", help="a record of at most two minutes, by the commit's hash")
    refresh = add("refresh", run_refresh, "compute the smoke runs that stored records keep, and keep them anew")
    refresh.add_argument("names", nargs="*", help="records or chapters; all, unless given")
    add("wanted", print_wanted, "list the claims whose paper-scale record is missing, with estimated times")
    chapter = add("chapter", new_chapter, "write a running chapter with its experiment and claim, as a start")
    chapter.add_argument("name", help="<paper>/<topic>")
    add("chapters", lambda _: print(*layout.chapter_names(), sep="\n"), "list the chapters")
    notebook = add("notebook", write_notebook, "write a chapter as an unexecuted notebook with fixed cell ids")
    notebook.add_argument("chapter")
    notebook.add_argument("target", type=Path)
    notebook.add_argument("--scale", choices=layout.SCALES, help="the scale it runs at; the chapter's own unless given")
    stage = add("stage", stage_book, "collect all that jupyter-book reads, and write the scorecard")
    stage.add_argument("folder", type=Path)
    return top


def make_records(options: argparse.Namespace) -> None:
    from .run import run

    run(options.name, options.scale, options.device, options.record)


def run_audit(options: argparse.Namespace) -> None:
    from .records.provenance import git_commit
    from .run import audit, of_commit

    record = of_commit(git_commit(layout.root())) if options.of_commit else options.record
    print(audit(options.device, record, options.seed))


def run_refresh(options: argparse.Namespace) -> None:
    from .run import refresh

    refresh(options.names)


def print_wanted(options: argparse.Namespace) -> None:
    from .claims.scorecard import wanted

    print("\n".join(wanted()) or "nothing: every claim rests on a record of the largest scale")


def new_chapter(options: argparse.Namespace) -> None:
    from .skeleton import write

    print(write(options.name), end="")


def write_notebook(options: argparse.Namespace) -> None:
    from .pages.notebook import write

    write(options.chapter, options.target, options.scale)


def stage_book(options: argparse.Namespace) -> None:
    from .pages.stage import stage

    stage(options.folder)


if __name__ == "__main__":
    sys.exit(main())
