"""Blocks of chains, computed here or by the workers of an executor, with draws that outlive an interruption.

Whether a block that was lost with its worker is tried again is the executor's business: dask.distributed does so. Where
it is not, the error says which block it was and how to go on, and `spinlib.checkpoint` keeps what was finished.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, as_completed
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from spinlib import checkpoint
from spinlib.samplers import chains
from spinlib.samplers.chains import Block

Result = tuple[Block, dict[str, np.ndarray]]


def results(
    blocks: Sequence[Block], executor: Executor | None, folder: Path | None, report: Callable[[int], Any]
) -> Iterator[Result]:
    """Each block with its draws, in any order; see `spinlib.samplers.chains.run` for these.

    executor: None computes here. folder: blocks that are stored there are read, all others are stored as soon as they
    are finished; by this process, so that the workers need no common file system. report is called with numbers of
    draws. What a block raises gets a note of where that was and of how to resume.
    """
    finished, waiting = 0, []
    for block in blocks:
        draws = None if folder is None else checkpoint.load(folder, block)
        if draws is None:
            waiting.append(block)
        else:
            finished += 1
            report(_n_draws(block))
            yield block, draws
    computed = _here(waiting, report) if executor is None else _by_workers(waiting, executor, report)
    try:
        for block, draws in computed:
            if folder is not None:
                checkpoint.store(folder, block, draws)
            finished += 1
            yield block, draws
    except Exception as error:
        error.add_note(f"{finished} of {len(blocks)} blocks were finished; {_how_to_resume(folder)}")
        raise


def _here(blocks: Sequence[Block], report: Callable[[int], Any]) -> Iterator[Result]:
    for block in blocks:
        with _named(block):
            draws = chains.run(block, report)
        yield block, draws


def _by_workers(blocks: Sequence[Block], executor: Executor, report: Callable[[int], Any]) -> Iterator[Result]:
    tasks = {}
    try:
        for block in blocks:
            # A pool that has lost a worker raises here.
            with _named(block):
                tasks[executor.submit(chains.run, block)] = block
        for task in as_completed(list(tasks)):
            # Not kept here, so that the draws of a finished task are not held twice.
            block = tasks.pop(task)
            with _named(block):
                draws = task.result()
            del task
            report(_n_draws(block))
            yield block, draws
    finally:
        for task in tasks:
            task.cancel()


@contextmanager
def _named(block: Block) -> Iterator[None]:
    """What is raised within gets a note of the block that it was about."""
    try:
        yield
    except Exception as error:
        first, last = block.chains[0], block.chains[-1]
        error.add_note(
            f"sampling {block.model!r} with {block.method} at temperature {block.temperature}, chains {first} to {last}"
        )
        raise


def _how_to_resume(folder: Path | None) -> str:
    if folder is None:
        return "they are lost: with checkpoint=<a folder> the same call would compute only the others"
    return f"they are stored in {folder}: the same call, with a new pool if one broke, computes only the others"


def _n_draws(block: Block) -> int:
    return len(block.chains) * block.n_samples
