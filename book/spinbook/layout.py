"""Where things lie: chapters, records, and the names of the scales."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

SCALES = ("smoke", "laptop", "paper")


def root() -> Path:
    """The folder that holds `book/chapters`: this one or the nearest above it, else the source tree's own."""
    here = Path.cwd()
    for folder in (here, *here.parents, Path(__file__).resolve().parents[2]):
        if (folder / "book" / "chapters").is_dir():
            return folder
    raise FileNotFoundError(f"no book/chapters in {here} or above it: run this inside a clone of the repository")


def chapter_names(base: Path | None = None) -> list[str]:
    """All chapters on disk as `<paper>/<topic>`, sorted; nothing lists them by hand."""
    chapters = (base or root()) / "book" / "chapters"
    return sorted(path.relative_to(chapters).with_suffix("").as_posix() for path in chapters.glob("*/*.py"))


def short_name(name: str, kind: str, base: Path) -> str:
    """`<paper>/<topic>` of a file in `book/<kind>`, which may be given by its path."""
    folder = base / "book" / kind
    if Path(name).is_absolute() and Path(name).is_relative_to(folder):
        return Path(name).relative_to(folder).with_suffix("").as_posix()
    return name.removeprefix("./").removeprefix(f"book/{kind}/").removesuffix(".py")


def chapter_path(name: str, base: Path | None = None) -> Path:
    """The script of a chapter, given as `<paper>/<topic>` or as its path."""
    base = base or root()
    short = short_name(name, "chapters", base)
    if short not in chapter_names(base):
        raise ValueError(f"unknown chapter {name!r}: choose from {', '.join(chapter_names(base)) or '(none)'}")
    return base / "book" / "chapters" / f"{short}.py"


def check_name(name: str) -> None:
    """Names of records and figures become file and anchor names."""
    if not isinstance(name, str) or not re.fullmatch(r"[a-z0-9][A-Za-z0-9_]*", name):
        raise ValueError(f"bad name {name!r}: lower-case first letter, then letters, digits and _")


def check_scale(scale: str, also: tuple[str, ...] = ()) -> None:
    if scale not in SCALES + also:
        raise ValueError(f"unknown scale {scale!r}: choose from {', '.join(SCALES + also)}")


def nearest_scale(wanted: str, declared: tuple[str, ...]) -> str:
    """`wanted` where it is declared, else the next smaller declared scale."""
    return max((s for s in declared if SCALES.index(s) <= SCALES.index(wanted)), key=SCALES.index)


def repository(base: Path | None = None) -> str:
    """The repository's public address, which stands in pyproject.toml and nowhere else."""
    with open((base or root()) / "pyproject.toml", "rb") as file:
        return str(tomllib.load(file)["project"]["urls"]["Repository"])
