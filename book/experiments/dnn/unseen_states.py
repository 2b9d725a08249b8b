"""What networks inferred of the 4 x 4 states that they had not seen, from the records of their training."""

from __future__ import annotations

from typing import TYPE_CHECKING

from experiments.dnn.four_by_four_classifier import counts, distinct, levels, model, recorded_energy
from experiments.dnn.random_training import random_examples
from spinlib.evaluation import classifier_errors

if TYPE_CHECKING:
    from spinbook import Record


def by_seed(record: Record) -> list[str]:
    """States seen, misclassified when recorded, misclassified now by the first seed's weights, least unseen accuracy.

    Parameters
    ----------
    record : Record
        Of `dnn/random_training` or `dnn/targeted_training`.

    Returns
    -------
    list of str
        Numbers of all seeds, with commas between them; the accuracy in per cent. It is the one that follows if all
        errors are among the unseen states.
    """
    again = classifier_errors.errors(recorded_energy(record), model, levels).wrong.sum()
    wrong, seen = record["wrong"].sum(axis=1), record["distinct"]
    least = classifier_errors.least_unseen_accuracy(wrong, counts.sum(), seen)
    told = [", ".join(map(str, each)) for each in (seen, wrong, least.round(3))]
    return [told[0], told[1], str(again), told[2]]


def counted(record: Record) -> str:
    """The first seed of `dnn/random_training` on the states that were not among its examples, as a sentence.

    Where the draws are not those of the record, as with other random numbers, the sentence says so.
    """
    drawn = random_examples(record.settings, record.meta["seed"])
    if distinct(drawn) != record["distinct"][0]:
        return "The examples of the record could not be drawn again here."
    unseen = classifier_errors.errors_of_unseen(recorded_energy(record), model, levels, drawn)
    return (
        f"Random examples, first seed, counted: {unseen.wrong.sum():,} of {unseen.distance.sum():,} unseen states are "
        f"wrong, {unseen.accuracy:.3f} % right."
    )
