"""A third language that nobody speaks: every text of the catalogue with accents, a third longer, and in brackets.

It proves that a language is one catalogue and one line. `python -m tests.support.pseudo_locale FOLDER` copies the app there
with that catalogue and that line, to look for text that is cut off: `?lang=xx`.
"""

import re
import shutil
import string
import sys
from pathlib import Path

from babel.messages.catalog import Catalog

from pages.shared.text.languages import DOMAIN
from tests.support.catalogues import ROOT, compiled, wanted

NAME, TITLE = "xx", "⟦Ẋẋ⟧"
LINE = '"ja": "日本語"'
"""The end of the line that names the languages, in the module that does."""
ACCENTS = str.maketrans("aeiouncysAEIOUNCYS", "áéíóúñçýšÁÉÍÓÚÑÇÝŠ")
KEPT = re.compile(r"`[^`]*`|\$[^$]*\$|:\w+(?:-\w+)*(?:/\w+:|\[)|&\w+;|<[^>]*>|\b(?:starts at|if|else)\b")
"""What is written as it is in every language: code, formulas, markup."""


def pseudo(template):
    """Return a template in the third language; what is filled in keeps its place."""
    parts = string.Formatter().parse(template)
    return "".join(f"{_words(text)}{_hole(*hole)}" for text, *hole in parts)


def _words(text):
    if not text:
        return ""
    accented = "".join(part if KEPT.fullmatch(part) else part.translate(ACCENTS) for part in re.split(f"({KEPT.pattern})", text))
    letters = sum(map(str.isalpha, text))
    return f"⟦{accented}{'ẋ' * (letters // 3)}⟧" if letters else f"⟦{text}⟧" if text.strip() else text


def _hole(name, spec, change):
    return "" if name is None else f"{{{name}{f'!{change}' if change else ''}{f':{spec}' if spec else ''}}}"


def write_catalogue(folder):
    """Write the language's compiled catalogue into a folder of languages."""
    catalogue = Catalog(locale="de")  # whose plurals are as in English
    for message in wanted():
        if message.id:
            forms = message.id if isinstance(message.id, tuple) else (message.id,)
            said = tuple(map(pseudo, forms))
            catalogue.add(message.id, said if isinstance(message.id, tuple) else said[0])
    place = folder / NAME / "LC_MESSAGES" / f"{DOMAIN}.mo"
    place.parent.mkdir(parents=True)
    place.write_bytes(compiled(catalogue))


def copy_app(folder):
    """Copy the app into a folder and add the language to it: one catalogue and one line."""
    for part in ("optim", "pages", ".streamlit"):
        shutil.copytree(ROOT / part, folder / part)
    shutil.copy(ROOT / "streamlit_app.py", folder)
    text = folder / "pages" / "shared" / "text"
    write_catalogue(text / "locale")
    module = text / "languages.py"
    source = module.read_text(encoding="utf-8")
    assert source.count(LINE) == 1
    module.write_text(source.replace(LINE, f'{LINE}, "{NAME}": "{TITLE}"'), encoding="utf-8")


if __name__ == "__main__":
    copy_app(Path(sys.argv[1]))
