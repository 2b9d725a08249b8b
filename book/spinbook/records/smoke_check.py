"""The smoke check: a record keeps the compared numbers of its own smoke run, and every later smoke run is held to them.

So a change of code that changes a result is noticed in seconds, even where the record itself took hours. What is
compared, and how, the experiment declares: see spinbook.records.comparison.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from . import comparison, provenance, record, storage
from .key import Key

SIGMAS = 4.0
TRAININGS = 0.3  # between trainings at the same seed, see comparison.KINDS


def of(key: Key, smoke: record.Record) -> dict[str, Any]:
    """What the json of a record keeps of its smoke run: the compared numbers, and the commit that they come from."""
    return {
        "version": key.version,
        "settings": key.settings["smoke"],
        "compare": key.compare,
        "commit": provenance.git_commit(key.root),
        "numbers": comparison.to_json(comparison.quantities(key.name, smoke, key.compare)),
    }


def is_current(key: Key, kept: Mapping[str, Any]) -> bool:
    """Whether a smoke run was kept of the declared smoke settings, and of all that is declared to be compared."""
    return key.matches(kept, "smoke") and kept.get("compare") == storage.plain(key.compare)


def check(key: Key, fresh: record.Record) -> None:
    """Compare a smoke run with the one that the stored record keeps; nothing to compare where none is stored."""
    if not key.path.exists():
        return
    kept = record.read(key).meta["smoke"]
    if not is_current(key, kept):
        raise record.RecordError(
            f"record {key.name} keeps a smoke run of other settings, of version {kept['version']}, or with other "
            f"numbers to compare; bring it up to date with\n  python -m spinbook refresh {key.name}"
        )
    compare(comparison.from_json(kept["numbers"]), comparison.quantities(key.name, fresh, key.compare), key.name)


def renew(key: Key, fresh: record.Record) -> None:
    """Keep `fresh` as the smoke run of the stored record, whose own numbers stay; RecordError where that is stale."""
    if not key.path.exists():
        return
    stored = record.load(key)
    old, new = stored.meta["smoke"], storage.plain(of(key, fresh))
    # The other way round, a smoke run may leave out cases that the record has.
    if lacking := set(new["numbers"]) - set(comparison.quantities(key.name, stored, key.compare)):
        raise record.RecordError(f"record {key.name}: {', '.join(sorted(lacking))} in its smoke run alone")
    better_known = str(old.get("commit")).endswith("+changes") and not str(new["commit"]).endswith("+changes")
    if {**old, "commit": None} == {**new, "commit": None} and not better_known:
        print(f"{key.name}: unchanged")
        return
    why = "written in the present form"
    if is_current(key, old):
        try:
            compare(comparison.from_json(old["numbers"]), comparison.from_json(new["numbers"]), key.name)
            same = old["numbers"] == new["numbers"]
            why = "the same numbers, now of a commit" if same else "rewritten, within errors of the old one"
        except record.RecordError as difference:
            why = f"REWRITTEN, although {difference}"
    record.replace_json(key, stored, new)
    print(f"{key.name}: {why}")


def compare(stored: Mapping[str, comparison.Quantity], fresh: Mapping[str, comparison.Quantity], name: str) -> None:
    """RecordError where two runs of one record at the same seed disagree.

    They agree if they hold the same names and shapes, no element deviates by more than 4 errors of the difference (0.3
    between trainings, and what its rule allows where no error is known), and what is nan in one, as a value or as an
    error, is nan in the other.
    """
    _same_names(stored, fresh, name)
    for quantity, a in stored.items():
        b = fresh[quantity]
        found = comparison.deviations(a, b, same_seed=True)
        unlike = np.isnan(found) & (_known(a) | _known(b))
        if np.any(bad := unlike | (found > (TRAININGS if a.kind == "trainings" else SIGMAS))):
            at = tuple(int(i) for i in np.argwhere(bad)[0])
            raise record.RecordError(
                f"record {name}: {quantity}{list(at) or ''} = {_shown(b, at)} disagrees with the stored "
                f"{_shown(a, at)} ({int(bad.sum())} of {bad.size} elements, compared as {a.kind}); if the record's "
                "result changes, raise its version; if only random numbers do, run `python -m spinbook refresh`"
            )


def audit(key: Key, shipped: record.Record, fresh: record.Record) -> str:
    """In words, how a record and its repetition agree, as independent runs; RecordError where they do not.

    Deviations of as many numbers may be larger than 4 errors: one of them exceeds the limit by chance in at most one
    of a thousand audits.
    """
    stored, again = (comparison.quantities(key.name, one, key.compare) for one in (shipped, fresh))
    _same_names(stored, again, key.name)
    found = {name: comparison.deviations(a, again[name], same_seed=False) for name, a in stored.items()}
    measured = np.concatenate(
        [np.empty(0), *(each.ravel() for n, each in found.items() if stored[n].error is not None)]
    )
    measured = measured[~np.isnan(measured)]
    limit = _limit(measured.size)
    bad = [name for name, each in found.items() if np.any(each > limit)]
    told = [f"{measured.size} numbers with errors"]
    if measured.size:
        share, rms = 100 * np.mean(measured <= 2), np.sqrt(np.mean(measured**2))
        told[0] += f", {share:.1f} % within two errors (95 % expected), rms {rms:.2f}, largest {measured.max():.1f}"
    others = {
        "exact": "exact ones",
        "magnitude": "of the same order of magnitude",
        "tolerance": "within a stated tolerance",
    }
    for rule, what in others.items():
        n = sum(int(np.sum(each == 0)) for name, each in found.items() if stored[name].kind == rule)
        told += [f"{n} {what}"] * bool(n)
    message = f"{key.name}: {'; '.join(told)}"
    if bad:
        worst = bad[0]
        at = tuple(int(i) for i in np.argwhere(found[worst] > limit)[0])
        raise record.RecordError(
            f"{message}; {', '.join(bad)} disagree (limit {limit:.1f}): {worst}{list(at) or ''} = "
            f"{_shown(again[worst], at)}, stored {_shown(stored[worst], at)}"
        )
    return message


def _limit(n: int) -> float:
    from scipy.special import ndtri

    return max(SIGMAS, -float(ndtri(0.0005 / max(n, 1))))


def _same_names(a: Mapping[str, comparison.Quantity], b: Mapping[str, comparison.Quantity], name: str) -> None:
    if set(a) != set(b):
        raise record.RecordError(f"record {name}: compared names differ, {sorted(a)} stored and {sorted(b)} computed")
    for quantity in a:
        if a[quantity].value.shape != b[quantity].value.shape:
            raise record.RecordError(
                f"record {name}: {quantity} has shape {b[quantity].value.shape}, stored is {a[quantity].value.shape}"
            )


def _known(quantity: comparison.Quantity) -> np.ndarray:
    """Where an element is there to be compared: finite, and so is its error."""
    if quantity.value.dtype.kind == "U":
        return np.ones(quantity.value.shape, bool)
    return np.isfinite(quantity.value) & (True if quantity.error is None else np.isfinite(quantity.error))


def _shown(quantity: comparison.Quantity, at: tuple[int, ...]) -> str:
    value = quantity.value[at]
    if quantity.value.dtype.kind == "U":
        return repr(str(value))
    return f"{value:.8g}" + ("" if quantity.error is None else f" +- {quantity.error[at]:.2g}")
