"""The string catalogues: `python -m tests.support.catalogues` brings them up to date with the texts and says what is missing.

The texts are those given to `say`, `counted`, `joined` in the source, and what the registries hold as data. Translations are in
`pages/shared/text/locale/<language>/LC_MESSAGES/race.po`, to be edited there; the compiled file beside it is made from it.
"""

import ast
import io
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import get_args

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from optim import LESSONS, MODIFIERS, PROBLEMS, SCHEDULES, Entry
from optim.core.rules.operations import FUNCTIONS
from optim.explain.latex import NOT_A_NUMBER, SYMBOLS
from optim.figures import AGAINST, QUANTITIES
from optim.races.entry import every_optimizer, no_modifier, no_schedule
from optim.races.status import Kind
from optim.reports.verification.recorded import proof
from pages.shared.inputs.fields import CUSTOM, LOOKED_AT, fields, second_parameters
from pages.shared.inputs.link_codec import decode
from pages.shared.inputs.presets import PRESETS
from pages.shared.text.languages import DOMAIN, FOLDER, LANGUAGES
from pages.shared.text.translation import WORDS

BEGUN = datetime(2026, 11, 24, tzinfo=UTC)
ROOT = Path(__file__).parents[2]
KEYWORDS = {"message": 1, "translate": 1, "plural": 2, "translate_plural": 2, "joined": 1}
"""What is called with a text, and how many forms of it come first."""
TRANSLATED = [name for name in LANGUAGES if name != "en"]


def texts_of_source():
    """Yield every text that the source gives to the keywords: where, and the message, a pair where it has a plural.

    Babel's own extractor does not see a call among the arguments of another.
    """
    for path in sorted([ROOT / "streamlit_app.py", *(ROOT / "optim").rglob("*.py"), *(ROOT / "pages").rglob("*.py")]):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            called = node.func.attr if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) else None
            called = node.func.id if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) else called
            texts = [getattr(given, "value", None) for given in node.args[: KEYWORDS[called]]] if called in KEYWORDS else []
            if texts and all(isinstance(text, str) for text in texts):
                yield f"{path.relative_to(ROOT).as_posix()}:{node.lineno}", tuple(texts) if len(texts) > 1 else texts[0]


IN_SCRIPT = re.compile(r'"""([^"\n$]+)(?:"""|\n)|(?:^|  )# ([^\n#$]+?)(?= #\?|$)', re.MULTILINE)
"""A line of a docstring or a comment in a script's template; marks such as `#? norm` and what is filled in are none."""


def texts_of_scripts():
    """Yield every comment and docstring that the templates of scripts hold: where, and the message."""
    for path in sorted((ROOT / "optim" / "export").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                texts = ((found[1] or found[2]).strip() for found in IN_SCRIPT.finditer(node.value))
                yield from ((f"{path.relative_to(ROOT).as_posix()}:0", text) for text in texts if re.match(r"\w+ ", text))


def texts_of_data():
    """Yield every text that the app's objects hold and its translated pages show: where, and the message."""
    yield from texts_of_the_race()
    yield from texts_of_formulas()
    for lesson in LESSONS.values():
        yield from ((f"optim/lessons/{lesson.name}:0", text) for text in lesson.texts())
    for rule in every_optimizer().values():
        yield from _at("optim/optimizers", *rule.memory.values(), *filter(None, (rule.form,)), *rule.exempt.values())
        libraries = {one.library for one in proof(rule.name) if one.library.count(" ") > 1}  # more than a name and a version
        yield from _at("optim/reports/verification", *(one.what for one in proof(rule.name)), *sorted(libraries))


def texts_of_formulas():
    """Yield the words that formulas have in their text, those of the language of rules apart: where, and the message."""
    written = [*SYMBOLS.values(), NOT_A_NUMBER, *(latex for one in MODIFIERS.values() for latex in one.symbols.values())]
    for rule in every_optimizer().values():
        written += rule.lines.symbols.values()
        written += [call.latex.replace("{{", "{").replace("}}", "}") for call in (*FUNCTIONS.values(), *rule.lines.calls.values())]
    yield from _at("optim/explain", *(found[2] for latex in written for found in WORDS.finditer(latex)))


def texts_of_the_race():
    """Yield the texts that the Race page finds on objects; names of optimizers and references stay as they are."""
    for problem in PROBLEMS.values():
        yield from _at("optim/problems", problem.title, problem.family, problem.teaches, *problem.tags)
    for rule in every_optimizer().values():
        refusals = (no_schedule(rule), *(no_modifier(rule, name) for name in MODIFIERS))
        yield from _at("optim/optimizers", rule.idea, *(p.doc for p in rule.parameters), *refusals)
    for kind in (*SCHEDULES.values(), *MODIFIERS.values()):
        yield from _at("optim", kind.title, *(p.doc for p in kind.parameters))
    yield from _at("optim/races/status.py", *get_args(Kind))
    yield from _at("optim/figures/race/curves.py", *QUANTITIES, *AGAINST)
    for preset in PRESETS:
        yield from _at(
            "pages/shared/inputs/presets.py", preset.title, preset.question, *(entry.origin for entry in preset.spec.entries)
        )
    yield from _at("optim/races/entry.py", Entry("sgd").origin, "default")
    for field in (*fields(decode({"fn": CUSTOM})[0]), *LOOKED_AT):
        yield from _at("pages/shared/inputs/fields.py", field.title, *(field.options or {}).values())


def _at(place, *texts):
    return ((place, text) for text in texts if text not in NAMES and _plain(text))


def _plain(text):
    """Whether a text was not made of others, which are found in the source."""
    return not getattr(text, "values", None)


NAMES = {*(rule.title for rule in every_optimizer().values()), *second_parameters(), *map(str, range(1000))}
"""What is the same in every language: names of optimizers and of parameters, and numbers."""


def wanted():
    """Return a catalogue of every text there is."""
    catalogue = Catalog(project="Optimizer Race", charset="utf-8")
    for place, message in [*texts_of_source(), *texts_of_scripts(), *texts_of_data()]:
        if message and message != ("", ""):
            catalogue.add(message, locations=[(place.rsplit(":", 1)[0], None)])
    return catalogue


def po(language):
    return FOLDER / language / "LC_MESSAGES" / f"{DOMAIN}.po"


def known(language):
    """Return a language's catalogue as it stands in its file."""
    with po(language).open("rb") as file:
        return read_po(file, locale=language)


def compiled(catalogue):
    """Return the bytes that gettext reads."""
    out = io.BytesIO()
    write_mo(out, catalogue)
    return out.getvalue()


def missing(catalogue):
    """Return every message without a translation."""
    return [message.id for message in catalogue if message.id and not (message.string and all(message.string))]


def bring_up_to_date(language):
    """Write a language's files anew with every text there is; what is gone goes, nothing is guessed."""
    catalogue = blank(language)
    before = known(language) if po(language).exists() else catalogue
    for message in wanted():
        if message.id:
            there = before.get(message.id)
            catalogue.add(message.id, there.string if there else None, locations=message.locations)
    po(language).parent.mkdir(parents=True, exist_ok=True)
    with po(language).open("wb") as file:
        write_po(file, catalogue, width=0, sort_output=True)
    po(language).with_suffix(".mo").write_bytes(compiled(catalogue))
    return missing(catalogue)


def blank(language):
    """Return a catalogue that holds nothing yet; its dates stay, so that files change only with their texts."""
    return Catalog(
        locale=language,
        project="Optimizer Race",
        version="1",
        header_comment=f"# {LANGUAGES[language]}: the texts of Optimizer Race; see `python -m tests.support.catalogues`.",
        msgid_bugs_address="none",
        last_translator="Optimizer Race",
        language_team=language,
        creation_date=BEGUN,
        revision_date=BEGUN,
        fuzzy=False,
    )


if __name__ == "__main__":
    for name in TRANSLATED:
        lacking = bring_up_to_date(name)
        print(f"{name}: {len(lacking)} texts without a translation", *lacking, sep="\n  ")
