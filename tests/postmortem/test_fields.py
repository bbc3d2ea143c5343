from __future__ import annotations

from tracetui.postmortem.fields import FIELDS, SECTIONS, TABLES, field_at, labels, section_of
from tracetui.postmortem.vocabulary import VOCABULARIES, YES_NO


def test_addresses_are_unique_and_lead_back_to_their_section() -> None:
    addresses = [address for address, _ in labels()]
    assert len(addresses) == len(set(addresses))
    for section in SECTIONS:
        for field in section.fields:
            assert section_of(f"{section.id}.{field.id}") == section
        for table in section.tables:
            assert section_of(f"{table.id}/r1/{table.columns[0].id}") == section
    assert field_at("nowhere.at_all") is None
    assert field_at("actions/r1/nothing") is None
    assert section_of("nowhere.at_all") is None


def test_choices_have_a_vocabulary_and_nothing_else_has() -> None:
    columns = [column for table in TABLES.values() for column in table.columns]
    for field in [*FIELDS.values(), *columns]:
        assert (field.kind == "choice") == (field.vocabulary is not None), field


def test_every_term_has_a_meaning_of_one_line() -> None:
    for vocabulary in VOCABULARIES.values():
        codes = [term.code for term in vocabulary.terms]
        assert len(codes) == len(set(codes))
        for term in vocabulary.terms:
            assert term.meaning or vocabulary is YES_NO
            assert "\n" not in term.meaning + term.fix + term.note


def test_the_checklist_has_its_thirteen_items() -> None:
    assert len(TABLES["checklist"].fixed) == 13
