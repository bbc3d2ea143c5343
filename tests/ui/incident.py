"""The sample incident with a fixed analysis, for tests of how it is shown."""

from __future__ import annotations

from tests.ui.pilot import SAMPLES
from tracetui.analysis.findings import Effect, FaultOrigin, Reason, Suspect, Triage, Verdict
from tracetui.model import Evidence, Flag, Session
from tracetui.ui.loading import load
from tracetui.ui.state import Opened


def opened_incident(*, analysed: bool = True) -> Opened:
    """The incident as a screen gets it."""
    loaded = load(str(SAMPLES / "incident_content.jsonl"))
    opened = loaded.opened(*loaded.sessions[0])
    return opened.with_(triage=fixed_triage(opened.session)) if analysed else opened


def fixed_triage(session: Session) -> Triage:
    """What is wrong in the sample incident, as a person would find it."""
    steps = session.steps
    first = Evidence(2, "Her latest order is ord_555", steps[2].source, "first appears here")
    owner = Evidence(3, "cust_012", steps[3].source, "owner returned")
    return Triage(
        verdict=Verdict(
            failure_mode="hallucination_propagation",
            confidence=0.95,
            why="an invented id was used as a fact",
            escalate=True,
            escalate_because=("an external action was taken",),
        ),
        origin=FaultOrigin(
            found=True,
            because="“ord_555” first appears in step 3, in nothing recorded before",
            step=2,
            confidence=0.95,
            value="ord_555",
            symptom=7,
            cascade=(2, 3, 4, 5, 6, 7),
            links=tuple((2, step, "ord_555") for step in (3, 4, 5, 6, 7)),
            evidence=(first, owner),
        ),
        suspects=(Suspect(2, 0.95, (Reason("first", 0.6, "wrote the value first"),)), Suspect(4, 0.2)),
        flags=(
            Flag(
                kind="ENTITY_HALLUCINATION",
                step=2,
                source=steps[2].source,
                recorded=False,
                confidence=0.95,
                message="“ord_555” stands in nothing before step 3",
                rule="entity_hallucination",
                evidence=(first,),
            ),
            Flag(
                kind="ENTITY_MISMATCH",
                step=3,
                source=steps[3].source,
                recorded=True,
                confidence=1.0,
                message="the order belongs to cust_012, not to cust_789",
                evidence=(owner,),
            ),
        ),
        blast_radius=(
            Effect(step=5, tool="confirm_order", target="ord_555", reversibility="external", after_origin=True),
            Effect(
                step=6,
                tool="send_email",
                target="alice.chen@example.com",
                reversibility="irreversible",
                after_origin=True,
                why="sends a message",
                undo="send a correction",
            ),
        ),
        gaps=(),
    )
