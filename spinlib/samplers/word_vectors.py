"""Eight 64-bit words side by side in numba kernels: numba's own loops do not vectorise the packed-bit sweep.

A kernel written with these functions and with + ^ & | ~ << >> serves both kinds of word: its argument `like` is
either a uint64 (one word at a time) or a `Vector` (eight). The results are the same bit by bit. A vector is
LLVM's generic <8 x i64>, which LLVM splits into whatever registers the host has; no instruction set is named.

numba's disk cache does not notice an edit of this file: delete the __pycache__ of the kernels after one.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import numpy as np
from llvmlite import ir
from numba import extending, types
from numba.core import cgutils
from numba.extending import lower_builtin, models, overload, register_model, type_callable

WIDTH = 8  # words of a vector

# numba's annotation of it leaves the typing context among the arguments of a call.
intrinsic: Any = extending.intrinsic

_WORD = ir.IntType(64)
_VECTOR = ir.VectorType(_WORD, WIDTH)
_ALL_BITS = ir.IntType(64 * WIDTH)
_INDEX = ir.IntType(32)


class Vector(types.Type):
    """numba type of eight uint64; it lives inside kernels only."""

    def __init__(self) -> None:
        super().__init__(name=f"Vector({WIDTH} x uint64)")


_vector = Vector()


@register_model(Vector)
class _VectorModel(models.PrimitiveModel):
    def __init__(self, data_model_manager: Any, numba_type: Any) -> None:
        super().__init__(data_model_manager, numba_type, _VECTOR)


def widest(word):
    """Eight copies of a word; one where numba is told not to compile (NUMBA_DISABLE_JIT)."""
    return word


def width(like):
    """Words that are handled at once: 1 or 8."""
    return 1


def splat(word, like):
    """A word, or eight copies of it."""
    return word


def load(words, row, column, like):
    """words[row, column], or the eight words from there on. Bounds are not checked."""
    return words[row, column]


def store(words, row, column, value):
    """The inverse of `load`."""
    words[row, column] = value


def any_bit(value):
    """Whether any bit is set."""
    return value != np.uint64(0)


def lowest_bit(word):
    """Number of the lowest set bit of one word that is not zero, uint64."""
    return np.uint64((int(word) & -int(word)).bit_length() - 1)


# numba wants the signatures of an overload and of what it returns to be equal, annotations included: none here.
@overload(widest)
def _widest(word):
    return lambda word: _splat_vector(word)


@overload(width)
def _width(like):
    words = WIDTH if like == _vector else 1
    return lambda like: words


@overload(splat)
def _splat(word, like):
    return (lambda word, like: _splat_vector(word)) if like == _vector else splat


@overload(load)
def _load(words, row, column, like):
    return (lambda words, row, column, like: _load_vector(words, row, column)) if like == _vector else load


@overload(store)
def _store(words, row, column, value):
    return (lambda words, row, column, value: _store_vector(words, row, column, value)) if value == _vector else store


@overload(any_bit)
def _any_bit(value):
    return (lambda value: _any_bit_vector(value)) if value == _vector else any_bit


@overload(lowest_bit)
def _lowest_bit(word):
    return lambda word: _trailing_zeros(word)


def _broadcast(builder: Any, word: Any) -> Any:
    first = builder.insert_element(ir.Constant(_VECTOR, ir.Undefined), word, ir.Constant(_INDEX, 0))
    everywhere = ir.Constant(ir.VectorType(_INDEX, WIDTH), [0] * WIDTH)
    return builder.shuffle_vector(first, ir.Constant(_VECTOR, ir.Undefined), everywhere)


def _pointer(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
    array = context.make_array(signature.args[0])(context, builder, arguments[0])
    indices = [
        context.cast(builder, index, kind, types.intp)
        for index, kind in zip(arguments[1:3], signature.args[1:3], strict=True)
    ]
    item = cgutils.get_item_pointer(context, builder, signature.args[0], array, indices, wraparound=False)
    return builder.bitcast(item, _VECTOR.as_pointer())


@intrinsic
def _splat_vector(typing_context: Any, word: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return _broadcast(builder, arguments[0])

    return _vector(types.uint64), generate


@intrinsic
def _load_vector(typing_context: Any, words: Any, row: Any, column: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.load(_pointer(context, builder, signature, arguments), align=8)

    return _vector(words, row, column), generate


@intrinsic
def _store_vector(typing_context: Any, words: Any, row: Any, column: Any, value: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        builder.store(arguments[3], _pointer(context, builder, signature, arguments), align=8)
        return context.get_dummy_value()

    return types.void(words, row, column, value), generate


@intrinsic
def _any_bit_vector(typing_context: Any, value: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        bits = builder.bitcast(arguments[0], _ALL_BITS)
        return builder.icmp_unsigned("!=", bits, ir.Constant(_ALL_BITS, 0))

    return types.boolean(value), generate


@intrinsic
def _trailing_zeros(typing_context: Any, word: Any) -> Any:
    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.cttz(arguments[0], ir.Constant(ir.IntType(1), 1))

    return types.uint64(types.uint64), generate


def _give_operator(operation: Callable, instruction: str) -> None:
    """Let `operation` act on two vectors as LLVM's `instruction`."""

    def result(left: Any, right: Any) -> Any:
        return _vector if left == _vector and right == _vector else None

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return getattr(builder, instruction)(*arguments)

    type_callable(operation)(lambda context: result)
    lower_builtin(operation, _vector, _vector)(generate)


def _give_shift(operation: Callable, instruction: str) -> None:
    """Let `operation` shift every word of a vector by one integer as LLVM's `instruction`."""

    def result(value: Any, count: Any) -> Any:
        return _vector if value == _vector and isinstance(count, types.Integer) else None

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        count = context.cast(builder, arguments[1], signature.args[1], types.uint64)
        return getattr(builder, instruction)(arguments[0], _broadcast(builder, count))

    type_callable(operation)(lambda context: result)
    lower_builtin(operation, _vector, types.Integer)(generate)


@type_callable(operator.invert)
def _type_of_invert(context: Any) -> Callable:
    def result(value: Any) -> Any:
        return _vector if value == _vector else None

    return result


@lower_builtin(operator.invert, _vector)
def _invert(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
    return builder.not_(arguments[0])


_give_operator(operator.xor, "xor")
_give_operator(operator.ixor, "xor")
_give_operator(operator.and_, "and_")
_give_operator(operator.or_, "or_")
_give_operator(operator.add, "add")
_give_shift(operator.lshift, "shl")
_give_shift(operator.rshift, "lshr")
