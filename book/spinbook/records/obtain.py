"""How a record is obtained from its experiment: computed, computed and stored, or read; checked and audited.

A smoke run is computed from the smoke runs of the records that it uses, so that every test goes through the whole
chain; a run of any other scale is computed from their shipped records, which must not be stale.
"""

from __future__ import annotations

from .. import layout
from ..claims import claim
from ..lock import held
from . import record, shared_runs, smoke_check
from .computation import Run
from .experiment import Experiment
from .record import Record

# Smoke runs of this process: a record that two others use is computed once.
_SMOKE: dict[tuple[str, str, str, str], Record] = {}


def obtain(experiment: Experiment, scale: str, device: str, *, store: bool = False) -> Record:
    """The record at a scale, computed now, or as it is stored.

    Parameters
    ----------
    scale : str
        "smoke", "laptop" or "paper": computed at that scale, or at the next smaller one that is declared. "recorded":
        what is stored, and nothing is computed.
    device : str
        A record that needs another device is read, or is empty (false in a condition) where none is stored.
    store : bool
        Store the result, where it is of the scale that was asked for; a stored record of this scale or a larger one
        that is up to date is returned, not computed again.

    Raises
    ------
    RecordError
        Where a record that must be read is missing or stale, and where a smoke run disagrees with the one that the
        stored record keeps.
    lock.Busy
        Where another process is storing the same record.
    """
    key = experiment.key
    if scale == "recorded" or lacks(experiment, device):
        return record.load(key) if key.device == "cpu" or key.path.exists() else Record.empty(key)
    nearest = layout.nearest_scale(scale, tuple(key.settings))
    if store and nearest == scale:
        with held(key.root / "build" / "parts" / f"{key.name}.lock", f"recording {key.name}"):
            return stored(experiment, scale, device)
    if nearest != "smoke":
        return compute(experiment, _run(experiment, nearest, device))
    result = smoke(experiment, device)
    smoke_check.check(key, result)
    return result


def lacks(experiment: Experiment, device: str) -> bool:
    """Whether a record needs another device than this."""
    return experiment.key.device != "cpu" and not device.startswith(experiment.key.device)


def compute(experiment: Experiment, run: Run) -> Record:
    """The result of a run; an error of the experiment's own code gets a note that names the record."""
    try:
        result = experiment.compute(experiment.key.settings[run.scale], run)
    except Exception as error:
        error.add_note(f"while record {experiment.key.name} was computed at {run.scale} scale")
        raise
    return Record.computed(experiment.key, run, result)


def _run(
    experiment: Experiment, scale: str, device: str, *, resumable: bool = False, another: int | None = None
) -> Run:
    uses = {
        other.key.name: smoke(other, device) if scale == "smoke" else record.load(other.key)
        for other in experiment.uses
    }
    return Run(experiment.key, scale, device, resumable=resumable, another=another, uses=uses)


def smoke(experiment: Experiment, device: str) -> Record:
    """The smoke run, computed once in a process, and once by those that share theirs."""
    key = experiment.key
    if not experiment.sources:
        return compute(experiment, _run(experiment, "smoke", device))
    identity = (str(key.root), key.name, device, experiment.text)
    if identity not in _SMOKE:
        found = shared_runs.read(identity)
        if found is None:
            found = compute(experiment, _run(experiment, "smoke", device))
            shared_runs.keep(identity, found)
        _SMOKE[identity] = found
    return _SMOKE[identity]


def stored(experiment: Experiment, scale: str, device: str) -> Record:
    """Compute what is missing of the stored record and of its smoke run, and store it."""
    key = experiment.key
    before = record.load_current(key, scale)
    if before is not None and smoke_check.is_current(key, before.meta["smoke"]):
        return before
    record.check_room(key)
    record.refuse_smaller(key, scale)
    claims = claim.resting_on(key.name, key.root)  # as they stand before the run
    run = _run(experiment, scale, device, resumable=True)
    result = before or compute(experiment, run)
    short = run if scale == "smoke" else _run(experiment, "smoke", device, resumable=True)
    kept = smoke_check.of(key, result if scale == "smoke" else compute(experiment, short))
    if before is None:
        record.store(key, result, kept, claims)
    else:
        record.replace_json(key, before, kept)
    run.clear()
    short.clear()
    return record.load(key)


def audit(experiment: Experiment, device: str, seed: int | None) -> str:
    """Compute a shipped record again, and say how well the numbers agree; RecordError where they do not."""
    shipped = record.load(experiment.key)
    again = compute(experiment, _run(experiment, shipped.scale, device, another=seed))
    return smoke_check.audit(experiment.key, shipped, again)


def refresh(experiment: Experiment) -> Record:
    """Compute the smoke run and keep it with the stored record, whose own numbers stay; RecordError if it is stale."""
    result = smoke(experiment, "cpu")
    smoke_check.renew(experiment.key, result)
    return result
