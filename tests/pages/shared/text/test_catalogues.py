"""The catalogues of translations: whole, of today, and fit to be filled in."""

import string

import pytest
from babel.messages.mofile import read_mo

from optim.i18n.message import translated
from pages.shared.inputs.fields import CUSTOM, LOOKED_AT, fields
from pages.shared.inputs.link_codec import decode
from pages.shared.text.languages import LANGUAGES, catalogue
from tests.support import catalogues

LANGUAGE = pytest.mark.parametrize("language", catalogues.TRANSLATED)


@pytest.fixture(scope="module")
def wanted():
    return catalogues.wanted()


def _forms(text):
    return text if isinstance(text, tuple | list) else (text,)


def _parts(text):
    return {(name, spec, change) for _, name, spec, change in string.Formatter().parse(text) if name is not None}


@LANGUAGE
def test_every_text_has_a_translation_and_none_is_of_a_text_that_is_gone(language, wanted):
    known = catalogues.known(language)
    assert catalogues.missing(known) == []
    assert {message.id for message in known} == {message.id for message in wanted}
    assert not known.obsolete
    assert not any(message.fuzzy for message in known if message.id)


@LANGUAGE
def test_a_translation_is_filled_in_with_the_same_parts_as_its_text(language):
    for message in catalogues.known(language):
        if message.id:
            asked = set().union(*map(_parts, _forms(message.id)))
            assert all(_parts(text) == asked for text in _forms(message.string)), message.id


@LANGUAGE
def test_the_compiled_catalogue_says_what_the_one_that_people_edit_says(language):
    with catalogues.po(language).with_suffix(".mo").open("rb") as file:
        compiled = read_mo(file)
    # The heading is left out: it names the version of the program that wrote it.
    texts = [
        {tuple(_forms(message.id)): tuple(_forms(message.string)) for message in catalogue if message.id}
        for catalogue in (compiled, catalogues.known(language))
    ]
    assert texts[0] == texts[1]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_options_of_a_menu_are_told_apart_in_every_language(language):
    for field in (*fields(decode({"fn": CUSTOM})[0]), *LOOKED_AT):
        for name, title in (field.options or {}).items():
            assert field.read(translated(title, catalogue(language))) == name


@LANGUAGE
def test_a_text_that_nobody_translated_would_be_missed(language):
    catalogue = catalogues.known(language)
    catalogue.add("A text of the test")
    assert catalogues.missing(catalogue) == ["A text of the test"]
