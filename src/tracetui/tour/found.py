"""Pages that the analyses give: the verdict, the overview, origin, cascade, divergence, blast radius."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from tracetui.analysis.failure_mode import MODE_TITLE
from tracetui.analysis.findings import Effect, Pair
from tracetui.analysis.passages import asking_steps
from tracetui.analysis.rules import RULES
from tracetui.context import prompt_at
from tracetui.model import Session
from tracetui.postmortem.from_triage import effects_to_answer
from tracetui.postmortem.vocabulary import FAILURE_MODE, SEVERITY
from tracetui.tour.material import Material, plain_row, quote, quote_at, row, words_of
from tracetui.tour.pages import Block, Fact, Facts, Item, Items, Page, Quote, Say, Side, Sides, StepRow, StepRows

MOST_ROWS = 12
"""Steps on one page."""
_MOST_QUOTES = 2
_AROUND_DIVERGENCE = 2
_ROLE = re.compile(r"\b[A-Z]+(?:_[A-Z]+)*#\d+ \(([^()]*)\)")
_REVERSIBILITY = {
    "irreversible": "cannot be undone",
    "unknown": "may not be undone",
    "external": "changed another system",
    "reversible": "can be undone",
}


def is_healthy(material: Material) -> bool:
    """Whether nothing at all was found: the tour of such a run tells what was looked at instead of where it began."""
    return material.triage.verdict.failure_mode == "none_found" and not material.triage.flags


def verdict_page(material: Material) -> Page:
    """What happened, in words that need no trace."""
    postmortem, triage = material.postmortem, material.triage
    mode = postmortem.text("classification.failure_mode") or triage.verdict.failure_mode
    facts = [
        ("failure mode", FAILURE_MODE.title(mode) if FAILURE_MODE.term(mode) else ""),
        ("severity", SEVERITY.title(postmortem.text("classification.severity"))),
        ("began at", "" if is_healthy(material) else _origin_words(material)),
        ("path", " → ".join(str(material.number(index)) for index in triage.origin.cascade)),
        ("acted on the world", _effects_words(effects_to_answer(triage), healthy=is_healthy(material))),
        ("seen at", postmortem.text("detection.detected_at")),
    ]
    told: list[Block] = [Facts(tuple(Fact(label, text) for label, text in facts if text))]
    why = postmortem.text("identity.summary") or triage.verdict.why
    title = postmortem.text("identity.title") or _title(material)
    return Page(id="verdict", title=title, blocks=(Say(_sentence(why), strong=True), *told), step=triage.origin.step)


def overview_page(material: Material) -> Page:
    """The run at a glance: its flagged steps, its path and its actions, with what lies between left out."""
    steps, triage = material.session.steps, material.triage
    wanted = {*triage.origin.cascade, *(flag.step for flag in triage.flags)}
    wanted |= {effect.step for effect in effects_to_answer(triage)}
    must = sorted(wanted)
    if len(must) > MOST_ROWS:
        must = [*must[: MOST_ROWS - 2], *must[-2:]]
    chosen = set(must)
    ends = (0, len(steps) - 1)
    for index in (*ends, *(at + away for far in range(1, MOST_ROWS) for at in must or ends for away in (-far, far))):
        if 0 <= index < len(steps) and len(chosen) < MOST_ROWS:
            chosen.add(index)
    rows: list[StepRow | None] = []
    before = -1
    for index in sorted(chosen):
        rows += [None] if index > before + 1 else []
        rows.append(row(material, index))
        before = index
    rows += [None] if before < len(steps) - 1 else []
    return Page(id="overview", title="The run", blocks=(StepRows(tuple(rows), len(steps)),), step=triage.origin.step)


def origin_page(material: Material) -> Page:
    """Where it began: why this step, and the quotes that carry it."""
    origin = material.triage.origin
    if is_healthy(material):
        return _checked_page(material)
    if not origin.found or origin.step is None:
        blocks: tuple[Block, ...] = (Say(_sentence(origin.because), strong=True),)
        return Page(id="origin", title="Where it began is not known", blocks=blocks)
    evidence = sorted((p for p in origin.evidence if p.quote), key=lambda piece: piece.step != origin.step)
    quotes = {made.text: made for made in (quote_at(material, p.step, p.quote, p.role) for p in reversed(evidence))}
    carried = list(reversed(quotes.values()))[:_MOST_QUOTES]
    if not carried:
        carried = [quote(words_of(material, origin.step), material.number(origin.step), "", material.premise)]
    title = f"It began at step {material.number(origin.step)}"
    return Page(
        id="origin",
        title=title,
        blocks=(Say(_sentence(origin.because), strong=True), *carried, *shown_before(material, origin.step)),
        step=origin.step,
    )


def _checked_page(material: Material) -> Page:
    """Of a run in which nothing was found: what was looked at, and what that is worth."""
    gaps = "; ".join(gap.effect for gap in material.triage.gaps)
    facts = (
        Fact("flags", f"none of the {len(RULES)} kinds that are looked for"),
        Fact("origin", material.triage.origin.because.removeprefix("not found, because ")),
        Fact("not in the trace", gaps or "nothing is missing that is looked at"),
    )
    doubt = (
        "That proves no answer right. Is one wrong? O on its step traces back from there; d compares with a good run."
    )
    return Page(id="origin", title="What was looked at", blocks=(Facts(facts), Say(doubt)))


def cascade_page(material: Material) -> Page | None:
    """What was built on it."""
    origin = material.triage.origin
    if len(origin.cascade) < 2:
        return None
    kept = origin.cascade[:MOST_ROWS]
    rows: list[StepRow | None] = [row(material, index) for index in kept]
    rows += [None] if len(origin.cascade) > len(kept) else []
    rests = "1 later step rests" if len(origin.cascade) == 2 else f"{len(origin.cascade) - 1} later steps rest"
    premise = f"{rests} on {f'“{origin.value}”' if origin.value else 'it'}"
    blocks = (Say(premise), StepRows(tuple(rows), len(material.session.steps)))
    return Page(id="cascade", title="What it led to", blocks=blocks, step=origin.cascade[-1])


def divergence_page(material: Material) -> Page | None:
    """The bad run beside the good one, around where they part."""
    comparison, good = material.comparison, material.good
    if comparison is None or good is None or comparison.divergence is None:
        return None
    found = comparison.divergence
    positions = [at for at, pair in enumerate(comparison.pairs) if (pair.bad, pair.good) == (found.bad, found.good)]
    at = positions[0] if positions else _nearest(comparison.pairs, found.bad, found.good)
    around = range(max(at - _AROUND_DIVERGENCE, 0), min(at + _AROUND_DIVERGENCE + 1, len(comparison.pairs)))
    sides = tuple(_side(material, good, comparison.pairs[i], found.kind if i == at else "") for i in around)
    blocks: list[Block] = [Say(_sentence(_plain(found.why)), strong=True)]
    blocks.append(Sides(sides, _names(material.session, good)))
    if found.decisive is not None:
        blocks.append(Say(f"What it came to: {_plain(found.decisive.why)}"))
    return Page(id="divergence", title="Where a good run went another way", blocks=tuple(blocks), step=found.bad)


def blast_radius_page(material: Material) -> Page:
    """What it did to the world, the worst first, with the remedy where one is written."""
    order = {"irreversible": 0, "unknown": 1, "external": 2, "reversible": 3}
    effects = sorted(effects_to_answer(material.triage), key=lambda effect: order[effect.reversibility])
    title = "What it did" if is_healthy(material) else "Blast radius"
    if not effects:
        why = "No action on the world outside was found" + (
            "." if is_healthy(material) else " from where it began to the end."
        )
        return Page(id="blast-radius", title=title, blocks=(Say(why, strong=True),))
    rows = tuple(_effect(material, effect) for effect in effects[:MOST_ROWS])
    more = len(effects) - len(rows)
    blocks: tuple[Block, ...] = (Items(rows), *((Say(f"and {more} more actions"),) if more else ()))
    return Page(id="blast-radius", title=title, blocks=blocks, step=effects[0].step)


def shown_before(material: Material, index: int) -> Iterator[Quote]:
    """What the model had last been shown when it wrote this step; nothing where the trace does not hold it."""
    session = material.session
    asked = asking_steps(session)[index] if session.steps[index].kind == "tool_call" else index
    if asked is None or session.steps[asked].kind != "llm_call":
        return
    prompt = prompt_at(session, asked)
    for held in reversed(prompt.messages):
        if held.message.role == "assistant" or held.from_step is None or held.from_step >= asked:
            continue
        text = words_of(material, held.from_step)
        if text.strip():
            source = "" if prompt.fidelity == "recorded" else f", prompt {prompt.fidelity}"
            label = f"the last thing it had been shown{source}"
            yield quote(text, material.number(held.from_step), label, material.premise)
            return


def led_to(material: Material, index: int) -> Iterator[Items]:
    """Which later steps used what this one brought in."""
    links = [(later, value) for first, later, value in material.triage.origin.links if first == index]
    rows = [
        Item(f"step {material.number(later)} used {value}", (row(material, later).what,), step=material.number(later))
        for later, value in links[:_MOST_QUOTES]
    ]
    if rows:
        yield Items(tuple(rows))


def _title(material: Material) -> str:
    mode = material.triage.verdict.failure_mode
    if mode == "none_found":
        return f"Nothing found in {_name(material.session)}"
    if mode == "cannot_tell":
        return f"What went wrong in {_name(material.session)} cannot be told"
    return f"{MODE_TITLE[mode].capitalize()} in {_name(material.session)}"


def _origin_words(material: Material) -> str:
    origin = material.triage.origin
    if not origin.found or origin.step is None:
        return origin.because
    step = row(material, origin.step)
    return f"step {step.step}, {step.who}; confidence {origin.confidence:.2f}"


def _effects_words(effects: Sequence[Effect], *, healthy: bool) -> str:
    if not effects:
        return "" if healthy else "no action was found"
    count = "1 action" if len(effects) == 1 else f"{len(effects)} actions"
    if healthy:
        return count
    kinds = Counter[str](effect.reversibility for effect in effects)
    told = [f"{kinds[kind]} {words}" for kind, words in _REVERSIBILITY.items() if kinds[kind]]
    return (
        f"{count}: it {_REVERSIBILITY[effects[0].reversibility]}"
        if len(effects) == 1
        else f"{count}: {', '.join(told)}"
    )


def _sentence(text: str) -> str:
    """As the analyses say it, to be read aloud: a capital first, unless that is a name of the trace."""
    return text[:1].upper() + text[1:] if text.partition(" ")[0].isalpha() else text


def _plain(text: str) -> str:
    """What the comparison says, with the values alone: the roles by which it pairs them mean nothing to a room."""
    return _ROLE.sub(r"\1", text)


def _name(session: Session) -> str:
    agents = list(dict.fromkeys(step.agent for step in session.steps if step.agent))
    return agents[0] if len(agents) == 1 else session.session_id


def _names(bad: Session, good: Session) -> tuple[str, str]:
    """What two runs are called: by their agents where these differ."""
    names = _name(bad), _name(good)
    return names if names[0] != names[1] else (bad.session_id, good.session_id)


def _nearest(pairs: Iterable[Pair], bad: int | None, good: int | None) -> int:
    matching = (
        at
        for at, pair in enumerate(pairs)
        if (bad is not None and pair.bad == bad) or (good is not None and pair.good == good)
    )
    return next(matching, 0)


def _side(material: Material, good: Session, pair: Pair, kind: str) -> Side:
    theirs = plain_row(good, good.steps[pair.good]) if pair.good is not None else None
    return Side(row(material, pair.bad) if pair.bad is not None else None, theirs, kind)


def _effect(material: Material, effect: Effect) -> Item:
    number = material.number(effect.step)
    address = f"blast_radius/step-{number}"
    target = f" on {effect.target}" if effect.target else ""
    if is_healthy(material):
        return Item(f"step {number}, {effect.tool}{target}", step=number)
    written = material.postmortem.text(f"{address}/remedy")
    done = material.postmortem.text(f"{address}/done") == "yes"
    remedy = written or effect.undo
    details = [f"remedy: {remedy}{', done' if done else ''}" if remedy else "no remedy written yet"]
    if effect.reversibility == "unknown":
        details.insert(0, effect.why)
    urgent = effect.reversibility in ("irreversible", "unknown")
    words = _REVERSIBILITY[effect.reversibility]
    return Item(f"step {number}, {effect.tool}{target}: {words}", tuple(filter(None, details)), urgent, number)
