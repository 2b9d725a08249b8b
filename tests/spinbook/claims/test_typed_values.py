"""No chapter types the value of a claim: `chapter.claim(id, ours, ours_error, chi2=..., dof=...)` gets computed ones.

An expression is typed if it holds nothing but literals, names that the chapter only ever assigns typed expressions to,
and operations and calls of numpy and math on such: `2.269`, `float(2.269)`, `np.array([1, 2]).mean()`, `guess` after
`guess = 2.269`. Of ours (each of its values in a dict), ours_error, chi2 and dof (each element) none may be typed, with
two exceptions: an error of exactly 0.0, which says that the number is exact, and nan, which says that there is no
number. A literal inside a computed expression is an index, a factor or a unit, and may stand. What a determined author
could still do, such as adding a number to something computed times zero, is left to the reader of the chapter.
"""

import ast
import math
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
CHAPTERS = sorted((ROOT / "book" / "chapters").glob("*/*.py"))


def imported(tree):
    """Names of numpy, math, what comes from them, and Estimate: their calls of literals say no more than the literals.

    What spinlib computes from literals, such as an exact solution, is computed.
    """
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.asname or alias.name for alias in node.names if alias.name in ("numpy", "math")}
        elif isinstance(node, ast.ImportFrom):
            plain = node.module in ("numpy", "math")
            found |= {alias.asname or alias.name for alias in node.names if plain or alias.name == "Estimate"}
    return found


def typed_names(tree):
    """Names all of whose assignments are typed."""
    given: dict[str, list[ast.expr | None]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign | ast.AnnAssign | ast.NamedExpr):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            for target in targets:
                for name, value in bound(target, node.value):
                    given.setdefault(name, []).append(value)
        elif isinstance(node, ast.Name | ast.arg) and not isinstance(getattr(node, "ctx", None), ast.Load):
            given.setdefault(node.id if isinstance(node, ast.Name) else node.arg, [])
    stores: dict[str, int] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            stores[node.id] = stores.get(node.id, 0) + 1
        elif isinstance(node, ast.arg):
            stores[node.arg] = stores.get(node.arg, 0) + 1
    # A name that a loop, a function or `+=` sets as well has more stores than values.
    whole = {name: values for name, values in given.items() if values and len(values) == stores[name]}
    names: set[str] = set()
    while more := {name for name in whole.keys() - names if all(typed(v, names | imported(tree)) for v in whole[name])}:
        names |= more
    return names


def bound(target, value):
    """(name, expression) of an assignment, tuple by tuple where both sides are written as such."""
    if isinstance(target, ast.Name):
        yield target.id, value
    elif isinstance(target, ast.Tuple | ast.List):
        parts = value.elts if isinstance(value, ast.Tuple | ast.List) else [value] * len(target.elts)
        for each, part in zip(target.elts, parts, strict=False):
            yield from bound(each, part)


def typed(node, names):
    """Whether an expression is made of literals and of `names` alone."""
    if isinstance(node, ast.Name):
        return node.id in names
    if isinstance(node, ast.Constant):
        return True
    parts = [part for part in ast.iter_child_nodes(node) if isinstance(part, ast.expr | ast.keyword)]
    if isinstance(node, ast.keyword):
        parts = [node.value]
    if isinstance(node, ast.Call):
        builtin = isinstance(node.func, ast.Name) and node.func.id in {
            "float",
            "int",
            "abs",
            "sum",
            "max",
            "min",
            "round",
        }
        parts = [*([] if builtin else [node.func]), *node.args, *node.keywords]
    return bool(parts) and all(typed(part, names) for part in parts)


def values_of(call):
    """The expressions of a claim's numbers, and whether each is an error."""
    given = dict(zip(("ours", "ours_error"), call.args[1:], strict=False))
    given |= {keyword.arg: keyword.value for keyword in call.keywords}
    for name in ("ours", "ours_error", "chi2", "dof"):
        node = given.get(name)
        if node is None or (isinstance(node, ast.Constant) and node.value is None):
            continue
        node = node.value if isinstance(node, ast.Starred) else node
        if name == "ours" and isinstance(node, ast.Dict | ast.DictComp):
            for value in node.values if isinstance(node, ast.Dict) else [node.value]:
                if isinstance(value, ast.Tuple):
                    yield from zip(value.elts, (False, True), strict=True)
                else:
                    yield value, False
        elif name != "ours" and isinstance(node, ast.List | ast.Tuple):
            yield from ((element, name == "ours_error") for element in node.elts)
        else:
            yield node, name == "ours_error"


def is_nan(node):
    return isinstance(node, ast.Attribute) and node.attr == "nan"


def typed_values(source):
    """The typed numbers of all claims in a chapter's source, as `line: expression`."""
    tree = ast.parse(source)
    names = typed_names(tree) | imported(tree)
    found = []
    for call in ast.walk(tree):
        if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "claim"):
            continue
        for value, is_error in values_of(call):
            exact = (
                is_error
                and isinstance(value, ast.Constant)
                and value.value == 0.0
                and not math.copysign(1, value.value) < 0
            )
            if typed(value, names) and not exact and not is_nan(value):
                found.append(f"{value.lineno}: {ast.unparse(value)}")
    return found


@pytest.mark.parametrize("chapter", CHAPTERS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_values_of_claims_are_computed(chapter):
    assert typed_values(chapter.read_text(encoding="utf-8")) == []


def test_chapters_are_found_and_make_claims():
    claims = [text.count("chapter.claim(") for text in (path.read_text(encoding="utf-8") for path in CHAPTERS)]
    assert len(CHAPTERS) >= 15
    assert sum(claims) >= 100


@pytest.mark.parametrize(
    "line",
    [
        "chapter.claim('a', 2.269, error)",
        "chapter.claim('a', -2.269, 0.0)",
        "chapter.claim('a', ours=float(2.269), ours_error=0.0)",
        "chapter.claim('a', np.array([1, 2]).mean(), 0.0)",
        "chapter.claim('a', measured, 0.001)",
        "chapter.claim('a', measured, ours_error=1e-3 / 2)",
        "chapter.claim('a', chi2=31.2, dof=n)",
        "chapter.claim('a', chi2=x, dof=28)",
        "chapter.claim('a', chi2=[x, 31.2], dof=[n, n])",
        "chapter.claim('a', guess, 0.0)",
        "chapter.claim('a', 2 * other, 0.0)",
        "chapter.claim('a', table['guess'], 0.0)",
        "chapter.claim('a', left, 0.0)",
        "chapter.claim('a', {'x': (0.3, measured), 'y': (measured, measured)})",
        "chapter.claim('a', {'x': (measured, 0.1), 'y': estimate})",
        "chapter.claim('a', *(2.269, 0.001))",
        "chapter.claim('a', Estimate(2.269, 0.001, 0.5, 3.0, True, ''))",
    ],
)
def test_a_typed_number_is_found(line):
    before = "import numpy as np\nfrom spinlib.statistics import Estimate\nguess = 2.269\nother = np.sqrt(guess)\n"
    before += "table = {'guess': 1.5}\nleft, right = 1.0, measured\n"
    assert typed_values(before + line), line


@pytest.mark.parametrize(
    "line",
    [
        "chapter.claim('a')",
        "chapter.claim('a', estimate)",
        "chapter.claim('a', measured, 0.0)",
        "chapter.claim('a', record['x'][0] / 2, record['x_error'][0])",
        "chapter.claim('a', float((1 - 0.9988) * counts.sum() + 0.5), 0.0)",
        "chapter.claim('a', {n: by_size.get(n, (np.nan, np.nan)) for n in ('10', '20')})",
        "chapter.claim('a', {'x': (np.nan, np.nan), 'y': estimate})",
        "chapter.claim('a', chi2=[t[0] for t in tests], dof=[t[1] for t in tests])",
        "chapter.claim('a', *median_and_spread(rates))",
        "chapter.claim('a', total, 0.0)",
        "chapter.claim('a', kaufman.energy(2.0, (8, 8)), 0.0)",
        "chapter.claim('a', right, 0.0)",
        "other.reclaim('a', 2.269)",
    ],
)
def test_a_computed_number_is_none(line):
    before = "import numpy as np\nfrom timing import median_and_spread\ntotal = 0\nfor x in data:\n    total += x\n"
    assert typed_values(before + "left, right = 1.0, measured\n" + line) == []
