"""Free text and the facts in it: what of two wordings can be compared."""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable, Iterable
from fractions import Fraction

from tracetui.analysis.entities import Entity, find_entities

FACT_KINDS = frozenset(("id", "email", "url", "phone", "amount", "date", "number"))
"""Kinds of entity that carry a claim in prose; names, codes and times are worded too freely to be compared."""
_ARITHMETIC = re.compile(r"[\d\s.()+*/-]{3,200}\Z")
_OPERATORS: dict[type[ast.operator], Callable[[Fraction, Fraction], Fraction]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+|\n+")
_STATEMENT_WORDS = 1
"""Words, beside its facts, from which a sentence can be told from another one."""
_MARKUP = "*_`~()[]:;,.!?"
"""What may stand around a word without being part of it."""
_NOT_WORD = re.compile(r"[^\w]+")
_SHORT_ANSWER = 6
"""Words up to which a final answer is a value rather than a wording."""
_PROSE_WORDS = 4
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*[.,;:!?)]*\Z")


def is_prose(text: str) -> bool:
    """Whether a value is free text that a model words anew each time, not a name, a command or an expression."""
    words = text.split(maxsplit=60)
    if len(words) < _PROSE_WORDS:
        return False
    return sum(1 for word in words if _WORD.match(word)) >= 0.6 * len(words)


def facts_of(text: str) -> list[Entity]:
    """The claims of a text that can be checked, each once, in order."""
    facts: dict[tuple[str, str], Entity] = {}
    for entity in find_entities(text):
        if entity.kind in FACT_KINDS:
            facts.setdefault((_family(entity), entity.key), entity)
    return list(facts.values())


def unmatched(facts: Iterable[Entity], others: Iterable[Entity]) -> list[Entity]:
    """The facts that `others` does not hold; an amount and a plain number of one value are one fact."""
    held = {(_family(other), other.key) for other in others}
    return [fact for fact in facts if (_family(fact), fact.key) not in held]


def statements(text: str) -> dict[str, list[tuple[Entity, ...]]]:
    """The sentences of a text that state facts: each with a blank for every fact, and the facts it was said with."""
    found: dict[str, list[tuple[Entity, ...]]] = {}
    for sentence in _SENTENCE_END.split(text):
        facts = [entity for entity in find_entities(sentence) if entity.kind in FACT_KINDS]
        if not facts:
            continue
        pieces: list[str] = []
        end = 0
        for fact in facts:
            pieces += [sentence[end : fact.start], f"<{_family(fact)}>"]
            end = max(end, fact.end)
        template = " ".join("".join([*pieces, sentence[end:]]).split())
        if sum(1 for word in template.split() if _WORD.match(word.strip(_MARKUP))) >= _STATEMENT_WORDS:
            found.setdefault(template, []).append(tuple(facts))
    return found


def is_other_answer(text: str, other: str) -> bool:
    """Whether two texts are short answers, a name or a figure, that do not say the same."""
    bare, other_bare = _NOT_WORD.sub(" ", text.casefold()).split(), _NOT_WORD.sub(" ", other.casefold()).split()
    if not bare or not other_bare or max(len(bare), len(other_bare)) > _SHORT_ANSWER:
        return False
    return not (set(bare) <= set(other_bare) or set(other_bare) <= set(bare))


def arithmetic_of(text: str) -> Fraction | None:
    """The value of a written sum, "(158 + 141) * 2"; None for anything else."""
    if not _ARITHMETIC.match(text):
        return None
    try:
        return _value(ast.parse(text.strip(), mode="eval").body)
    except (SyntaxError, ValueError, ArithmeticError, RecursionError, MemoryError):
        return None


def _value(node: ast.expr) -> Fraction:
    match node:
        case ast.Constant(value=int() | float() as value):
            return Fraction(str(value))
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_value(operand)
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _OPERATORS:
            return _OPERATORS[type(op)](_value(left), _value(right))
    raise ValueError("not a sum")


def _family(entity: Entity) -> str:
    return "quantity" if entity.kind in ("amount", "number") else entity.kind
