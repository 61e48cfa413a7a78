"""A language for tests, in which every text of the catalogue stands in brackets, and every text on screen that does not."""

import functools
import gettext
import json
import re
import string
from dataclasses import fields

from google.protobuf.descriptor import FieldDescriptor

from optim import MODIFIERS, PROBLEMS, SCHEDULES, NetworkSpec
from optim.networks.data import DATA_SETS
from optim.networks.data.digits import WORK
from optim.networks.layers import ACTIVATIONS
from optim.optimizers.typed import WORDS
from optim.problems.formulas.parse import FUNCTIONS
from optim.races.entry import every_optimizer
from optim.reports.verification.recorded import proof
from pages.shared.compute import cache
from pages.shared.inputs.fields import LOOKED_AT
from pages.shared.text import languages, translation
from tests.support.catalogues import wanted

NOT_SHOWN = {
    "id", "spec", "code_text",
    "form_id", "url", "icon", "css_content", "css_source_path", "js_content", "js_source_path", "html_content",
    "component_name", "json", "place", "group_id", "query_param_key", "deferred_file_id", "page_script_hash", "page", "gap_size",
    "format", "language", "query_string", "type", "emoji", "tab_id", "config", "editing_mode", "styler_uuid", "anchor",
    "column_order",
}  # fmt: skip
"""Fields of Streamlit's messages that nobody reads on screen."""
MARKUP = r""":color\[.\]\{foreground="\#\w+"\} | &nbsp; | &emsp; | :material/\w+: | :green-badge\[
    | \]\(\#[\w-]+\) | In\xa0\[\d+ | \$+[^$]*\$+ | <br> | <extra></extra> |
    :small\[ | :gray\[ | %\{[^}]*\} | `[^`]*` | \{\w+\} | '[^']*'"""
"""Signs, colours and sizes, formulas as LaTeX or code, parts that are filled in later, and what a visitor gave, quoted."""
RULES = every_optimizer()
NAMES = {
    **{rule.title: "names of optimizers stay as they are" for rule in RULES.values()},
    **{p.name: "a parameter's name in code" for kind in (RULES, SCHEDULES, MODIFIERS) for k in kind.values() for p in k.parameters},
    **{one.reference: "a reference is cited as it was published" for kind in (PROBLEMS, RULES) for one in kind.values()},
    **{check.library: "a library and its version" for rule in RULES for check in proof(rule)},
    **{name: "a state variable" for rule in RULES.values() for name in rule.memory},
    **{field.key: "a key of a link" for field in LOOKED_AT},
    WORK: "a work is cited as it was published",
    **dict.fromkeys((f.name for f in fields(NetworkSpec)), "fields of a network's JSON form, which its errors name"),
    **dict.fromkeys(ACTIVATIONS, "activations as a network's JSON form has them"),
    **dict.fromkeys(DATA_SETS, "data sets as a network's JSON form has them"),
    **dict.fromkeys(WORDS, "functions of a rule that is typed"),
    **dict.fromkeys((*languages.LANGUAGES, *languages.LANGUAGES.values()), "each language is named in its own words"),
    **dict.fromkeys((*RULES, *SCHEDULES, *MODIFIERS, "optimizer"), "names and fields as a race's JSON form has them"),
    **dict.fromkeys(("sphere", "sphere2", "foo", "Floor", "Max", *FUNCTIONS), "functions, as the tests type them"),
    "Optimizer Race": "the app's own name",
    **dict.fromkeys(("nan", "inf", "true", "false", "β₁ᵗ", "β₂ᵗ", "β₃ᵗ"), "numbers and signs"),
    **dict.fromkeys(("CSV", "NumPy", "Python", "PyTorch"), "names everywhere"),
    **dict.fromkeys(("array(0, dtype=object)", "ln 1000 / ln 1.1"), "as the notebook and mathematics write it"),
    **{p.symbol: "a parameter's symbol" for rule in RULES.values() for p in rule.parameters},
    "g²": "a formula",
    **dict.fromkeys(
        ("lr", "lang", "fn", "log10", "en, ja", "o1", "o2.lr", "also", "pin", "Language · 言語"),
        "keys of a link, and symbols of formulas",
    ),
}
"""What stands outside brackets, with the reason."""


class Brackets(gettext.NullTranslations):
    """A language in which every text that the catalogue knows stands in brackets, what is filled into it does not."""

    def gettext(self, message):
        return bracketed(message) if message in known() else message

    def ngettext(self, one, many, n):
        message = one if n == 1 else many
        return bracketed(message) if one in known() else message


@functools.cache
def known():
    """Return every text that there is to translate."""
    return {form for message in wanted() for form in (message.id if isinstance(message.id, tuple) else (message.id,)) if form}


@functools.cache
def bracketed(message):
    """Return a template with brackets around each of its own parts."""
    parts = string.Formatter().parse(message)
    return "".join((f"⟦{text}⟧" if text else "") + _hole(name, spec, change) for text, name, spec, change in parts)


def _hole(name, spec, change):
    return "" if name is None else f"{{{name}{f'!{change}' if change else ''}{f':{spec}' if spec else ''}}}"


def speak(monkeypatch):
    """Put the language of brackets in place of Japanese."""
    known()  # in a language that does not ask for it
    spoken = {name: Brackets() if name == "ja" else gettext.NullTranslations() for name in languages.LANGUAGES}
    for module in (languages, translation):
        monkeypatch.setattr(module, "catalogue", spoken.__getitem__)
    forget()


def forget():
    """Forget what is kept by a language's name: texts, and pictures with texts on them, which other tests saw in Japanese."""
    languages.everywhere.cache_clear()
    cache._ground.clear()


def strangers(text):
    """Return the words of a text that stand outside brackets without being a name, a number or a formula."""
    rest = re.sub(r"⟦[^⟧]*⟧|10[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+", "·", text.replace("\\", ""))
    rest = re.sub(MARKUP, "·", rest, flags=re.VERBOSE)
    rest = names().sub("·", rest)
    return re.findall(r"[^\W\d_]{2,}", re.sub(r"[eE][+-]?\d+", "", rest))


@functools.cache
def names():
    """Return the pattern of a name, whole: as a part of another word it is none."""
    longest = sorted(filter(None, NAMES), key=len, reverse=True)
    return re.compile(rf"(?<![^\W\d_])(?:{'|'.join(map(re.escape, longest))})(?![^\W\d_])")


def shown(app):
    """Yield every text that a page shows or says aloud, and those of the race view."""
    yield from _of_blocks(app._tree)
    for view in app.get("bidi_component"):
        data = view.proto.json or view.proto.mixed.json
        yield from _of_data(json.loads(data)) if data else ()
    for table in app.dataframe:
        called = {name: column.get("label") for name, column in json.loads(table.proto.columns).items()}
        seen = [name for name in table.value if not table.proto.column_order or name in table.proto.column_order]
        yield table.value.index.name or ""
        yield from (called.get(name) or name for name in seen)
        yield from (value for name in seen for value in table.value[name] if isinstance(value, str))
    for chart in app.get("plotly_chart"):
        yield from _of_figure(json.loads(chart.proto.spec))


def _of_figure(part):
    """The texts of a Plotly figure: names, hovers, titles, notes, and words on its axes."""
    for name, value in part.items() if isinstance(part, dict) else enumerate(part) if isinstance(part, list) else ():
        words = value if isinstance(value, list) else [value]
        if name in ON_FIGURES:
            yield from (text for text in words if isinstance(text, str))
        if isinstance(value, dict | list) and name != "template":
            yield from _of_figure(value)


ON_FIGURES = {"name", "text", "hovertemplate", "hovertext", "texttemplate", "title", "ticktext", "customdata"}
"""Where a Plotly figure holds what is read on it."""


def _of_blocks(block):
    children = getattr(block, "children", {})
    if hasattr(block, "proto"):
        yield from _of_message(block.proto)
    for child in children.values():
        yield from _of_blocks(child)


def _of_message(message):
    for field, value in message.ListFields() if hasattr(message, "ListFields") else ():
        if field.name in NOT_SHOWN or field.name == "columns":
            continue
        values = value if field.is_repeated else [value]
        if field.type == FieldDescriptor.TYPE_STRING:
            yield from (text for text in values if not text.startswith("<style>"))
        elif field.type == FieldDescriptor.TYPE_MESSAGE and not field.message_type.GetOptions().map_entry:
            for part in values:
                yield from _of_message(part)


def _of_data(data):
    """The texts among the facts that a component gets."""
    if isinstance(data, dict):
        for name, value in data.items():
            if name in SHOWN_FACTS and isinstance(value, str):
                yield value
            elif name == "texts":
                yield from value.values()
            elif name != "curve":  # what its axes say is among them
                yield from _of_data(value)
    elif isinstance(data, list):
        for value in data:
            yield from _of_data(value)


SHOWN_FACTS = {"label", "reason", "ended", "note", "title", "name", "hovertemplate"}
