"""`python -m spinbook chapter`: what it writes is the example of CONTRIBUTING.md, and runs as it stands."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from spinbook import skeleton
from spinbook.__main__ import main
from spinbook.claims import claim
from spinbook.pages import notebook, stage

ROOT = Path(__file__).resolve().parents[2]
NAME = "vae/energies"
FILES = ["book/claims/vae.yml", "book/experiments/vae/energies.py", "book/chapters/vae/energies.py"]


@pytest.fixture
def clone(demo):
    """The throw-away book with CONTRIBUTING.md and the real contents of the book, its own paper among them."""
    shutil.copy(ROOT / "CONTRIBUTING.md", demo)
    toc = (ROOT / "book" / "_toc.yml").read_text()
    listed = toc.replace("chapters/dp/*", "chapters/demo/*")
    papers = r"  - caption: .*\n    chapters:\n(?:      - file: .*\n)?      - glob: chapters/(?!demo/|library/).*\n"
    (demo / "book" / "_toc.yml").write_text(re.sub(papers, "", listed))
    (demo / "book" / "claims" / "library.yml").write_text("chapters: []\n")
    return demo


@pytest.fixture
def written(clone, capsys):
    assert main(["chapter", NAME]) == 0
    return clone, capsys.readouterr().out


def everything(root):
    return {path: path.read_bytes() for path in root.rglob("*") if path.is_file() and "__pycache__" not in path.parts}


def test_it_says_what_it_wrote_and_what_is_next(written):
    root, printed = written
    assert printed.splitlines()[:4] == [f"wrote {place}" for place in [*FILES, "book/_toc.yml"]]
    assert "next: make smoke CHAPTER=vae/energies\n" in printed
    assert all((root / place).is_file() for place in FILES)


def test_it_is_the_example_of_the_guide_under_another_name(written):
    root, _ = written
    guide = (ROOT / "CONTRIBUTING.md").read_text().replace("demo", "vae").replace("small_lattice", "energies")
    for place in FILES:
        text = (root / place).read_text()
        assert f"`{place}`:\n\n```{'yaml' if place.endswith('yml') else 'python'}\n{text}```\n" in guide


def test_the_record_is_computed_and_stored_and_the_claim_is_judged(written, capsys):
    root, _ = written
    assert main(["run", NAME]) == 0
    assert "vae/energies: smoke scale" in capsys.readouterr().out
    assert main(["run", NAME, "--scale", "laptop", "--record"]) == 0
    assert {path.name for path in (root / "book" / "records" / "vae").iterdir()} == {"energies.json", "energies.npz"}
    done = subprocess.run(
        [sys.executable, root / FILES[2]], cwd=root, capture_output=True, text=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr


def test_a_build_shows_the_stored_record_with_its_verdict(written, execute):
    main(["run", NAME, "--scale", "laptop", "--record"])
    (row,) = execute("recorded", NAME)["chapter"].rows.values()
    assert (row["claim"], row["verdict"], row["scale"]) == ("energies/energy", "holds", "laptop")


def test_the_book_takes_it_up(written):
    root, _ = written
    contents = stage.contents(root / "book" / "_toc.yml", root)
    assert contents.index("chapters/demo/coin\n") < contents.index('caption: "Paper vae"')
    assert contents.index("- file: chapters/vae/energies\n") < contents.index("caption: The library")
    assert "small" in notebook.notebook_text(NAME)


@pytest.mark.parametrize("place", FILES[1:])
@pytest.mark.parametrize("command", [["check"], ["format", "--check"]], ids=" ".join)
def test_linters_have_nothing_against_it(written, place, command):
    root, _ = written
    done = subprocess.run(
        [sys.executable, "-m", "ruff", *command, "--no-cache", "--stdin-filename", place, "-"],
        input=(root / place).read_text(),
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_second_chapter_of_a_paper_leaves_what_is_there(clone, capsys):
    before = everything(clone)
    assert main(["chapter", "demo/dice"]) == 0
    assert "_toc.yml" not in capsys.readouterr().out
    changed = {path.name for path, content in before.items() if path.read_bytes() != content}
    assert changed == {"demo.yml"}
    path = clone / "book" / "claims" / "demo.yml"
    assert set(before[path].decode().splitlines()) <= set(path.read_text().splitlines())
    paper = claim.load_paper("demo", clone)
    assert paper.chapters == ("demo/coin", "demo/dice")
    assert list(paper.records)[-1] == "dice"
    assert list(paper.claims)[-1] == "dice/energy"
    assert main(["run", "demo/dice"]) == 0


@pytest.mark.parametrize("paper", ["dp", "dnn", "library"])
def test_the_claims_of_every_paper_can_be_added_to(paper, clone):
    path = clone / "book" / "claims" / f"{paper}.yml"
    shutil.copy(ROOT / "book" / "claims" / path.name, path)
    before = claim.load_paper(paper, clone)
    skeleton.write(f"{paper}/new_topic", clone)
    after = claim.load_paper(paper, clone)
    assert list(after.claims) == [*before.claims, "new_topic/energy"]
    assert all(after.claims[name] == one for name, one in before.claims.items())
    assert list(after.records) == [*before.records, "new_topic"]


@pytest.mark.parametrize(
    ("name", "message"),
    [
        (NAME, f"{FILES[1]} and {FILES[2]} exist already"),
        ("demo/coins", "book/experiments/demo/coins.py exist already"),
        ("energies", "name 'energies': allowed are <paper>/<topic>"),
        ("vae/a/b", "name 'vae/a/b': allowed are"),
        ("../vae/b", "name '../vae/b': allowed are"),
        ("Vae/b", "name 'Vae/b': allowed are"),
        ("vae/2d", "name 'vae/2d': allowed are"),
        ("vae/for", "name 'vae/for': allowed are"),
        ("vae/", "name 'vae/': allowed are"),
    ],
)
def test_what_cannot_be_written_is_one_line_and_changes_nothing(written, capsys, name, message):
    root, _ = written
    before = everything(root)
    assert main(["chapter", name]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith(f"spinbook: {message}")
    assert everything(root) == before


def test_a_claim_that_is_there_already_is_refused(written, capsys):
    root, _ = written
    for place in FILES[1:]:
        (root / place).unlink()
    assert main(["chapter", NAME]) == 2
    assert "stands twice" in capsys.readouterr().err
    assert not (root / FILES[1]).exists()
