"""The string catalogues: `python -m tests.words` brings them up to date with the texts of the app and says what is missing.

The texts are those given to `say`, `counted`, `joined` in the source, and what the registries hold as data. Translations are in
`pages/shared/locale/<language>/LC_MESSAGES/race.po`, to be edited there; the compiled file beside it is made from it.
"""

import io
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from optim import LESSONS, OPTIMIZERS
from pages.shared.words import DOMAIN, FOLDER, LANGUAGES

ROOT = Path(__file__).parent.parent
KEYWORDS = {"say": None, "counted": (1, 2), "joined": (1,)}
TRANSLATED = [name for name in LANGUAGES if name != "en"]


def texts_of_source():
    """Yield every text that the source gives to the keywords: where, and the message, a pair where it has a plural."""
    for part in ("optim", "pages"):
        found = extract_from_dir(ROOT / part, method_map=[("**.py", "python")], keywords=KEYWORDS)
        for name, line, message, _, _ in found:
            yield f"{part}/{name}:{line}", message
    for name, line, message, _, _ in extract_from_dir(
        ROOT, [("streamlit_app.py", "python")], keywords=KEYWORDS, directory_filter=lambda _: False
    ):
        yield f"{name}:{line}", message


def texts_of_data():
    """Yield every text that the app's objects hold and its translated pages show."""
    for lesson in LESSONS.values():
        yield from ((f"optim/lessons/{lesson.name}:0", text) for text in lesson.texts())
    # Who has no script, and why.
    yield from (("optim/optimizers", rule.exempt["script"]) for rule in OPTIMIZERS.values() if "script" in rule.exempt)


def wanted():
    """Return a catalogue of every text there is."""
    catalogue = Catalog(project="Optimizer Race", charset="utf-8")
    for place, message in [*texts_of_source(), *texts_of_data()]:
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
    catalogue = known(language) if po(language).exists() else Catalog(locale=language)
    catalogue.update(wanted(), no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    po(language).parent.mkdir(parents=True, exist_ok=True)
    with po(language).open("wb") as file:
        write_po(file, catalogue, width=0, omit_header=False, no_location=False, sort_output=True)
    po(language).with_suffix(".mo").write_bytes(compiled(catalogue))
    return missing(catalogue)


if __name__ == "__main__":
    for name in TRANSLATED:
        lacking = bring_up_to_date(name)
        print(f"{name}: {len(lacking)} texts without a translation", *lacking, sep="\n  ")
