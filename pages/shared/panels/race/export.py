"""The panel "Export and share": a race as code, data, picture, film or link, within another page, and back from JSON."""

import html
from collections.abc import Callable
from functools import partial
from typing import Any
from urllib.parse import urlencode, urlsplit

import streamlit as st

from optim import RaceResult, RaceSpec
from optim.core.errors import FormulaError, RuleError, ScriptError, SpecError
from optim.export import Script, csv, numpy_script, optim_script, parquet, torch_classes, torch_script
from optim.optimizers.typed import is_typed
from pages.shared.components.race_view.component import Others, Scene, fixed_scene, input_scene, input_style
from pages.shared.components.race_view.file import race_file
from pages.shared.compute import cache
from pages.shared.inputs import state
from pages.shared.inputs.display import name_field
from pages.shared.inputs.fields import HEIGHT
from pages.shared.inputs.link_codec import encode, not_held
from pages.shared.inputs.widgets import uploaded
from pages.shared.panels.scripts import show_scripts
from pages.shared.sitemap import PAGES
from pages.shared.text.markdown import plain
from pages.shared.text.translation import later, translate

SCRIPTS: dict[str, tuple[str, Callable[[RaceSpec], Script]]] = {
    "NumPy": ("race_numpy.py", numpy_script),
    "optim": ("race_optim.py", optim_script),
    "PyTorch": ("race_torch.py", torch_script),
}
"""What a script is called -> the file that it is kept in, and who writes it."""
CLASSES = {"torch.optim": ("your_rule.py", torch_classes)}
"""What is written too where racers follow rules that were typed."""
IN_FILE = 61
"""Grid lines each way in a file that plays by itself: enough to see, and a quarter of the bytes."""
WIDTH, HEIGHT_OF_FRAME = 700, 500
MAX_MEGABYTES = 1
_PLAIN: dict[str, Any] = {"on_click": "ignore", "width": "stretch"}


def take_away(result: RaceResult, key: str, theme: str, *, from_inputs: bool = False, others: Others = ()) -> None:
    """Show the panel for a race, closed at first; nothing is made before it is opened, and no file before it is asked for.

    `key` tells panels on one page apart. With `from_inputs` it is the race of the page's inputs, and another can be put into them;
    `others` are shown beside it, and so they are in a file that plays.
    """
    box = st.expander(translate("Export and share"), key=f"{key} take away", icon=":material/ios_share:", on_change="rerun")
    if not box.open:
        return
    with box:
        code, rest = st.columns([3, 2], gap="large")
        with code:
            _code(result, key)
        with rest:
            _data(result, key)
            _pictures(result, key, theme, from_inputs, others)
            _links(result, from_inputs)
        if from_inputs:
            _open_json(key)


def _heading(text: str) -> None:
    st.markdown(f"**{text}**")


def _code(result: RaceResult, key: str) -> None:
    _heading(translate("As code"))
    scripts = SCRIPTS | (CLASSES if any(is_typed(str(entry.optimizer)) for entry in result.spec.entries) else {})
    st.caption(translate("Each script prints this race's table, the same numbers. The button at its corner copies it."))
    rule_itself = translate("This is no script of the race: it is the rule itself, to train a model with.")
    show_scripts(scripts, result.spec, key, dict.fromkeys(CLASSES, rule_itself))


def _data(result: RaceResult, key: str) -> None:
    _heading(translate("As data"))
    with st.container(horizontal=True):
        _file("CSV", partial(csv, result), "race.csv", "text/csv", key, translate("One row per racer and step, with all digits"))
        try:
            table = parquet(result)
        except ScriptError as error:
            st.caption(translate(error.reason))
        else:
            _file(
                "Parquet", table, "race.parquet", "application/vnd.apache.parquet", key, translate("The same table, for programs")
            )
        try:
            text = result.spec.to_json()
        except SpecError as error:
            st.caption(translate(error.args[0]))
        else:
            _file("JSON", text, "race.json", "application/json", key, translate("The experiment itself: this page opens it again"))


def _file(label: str, data: Any, name: str, kind: str, key: str, words: str) -> None:
    st.download_button(label, data, name, kind, key=f"{key} {label}", help=words, icon=":material/download:", **_PLAIN)


def _pictures(result: RaceResult, key: str, theme: str, from_inputs: bool, others: Others) -> None:
    _heading(translate("As a picture or a film"))
    if len(result.spec.start) != 2:
        st.caption(translate("There are pictures of functions of x and y only."))
        return
    st.caption(translate("A PNG of any moment: “Save picture”, beside the arrows under a race's pictures."))
    played, looks = _scene(result, theme, from_inputs, others)

    def film() -> str:
        grounds = [cache.ground(one.spec, theme, points=IN_FILE, **looks) for one in (result, *(other.result for other in others))]
        return race_file(result, grounds[0], played, theme, grounds[1:])

    words = translate("Plays the race without this app and without a network. 5 MB, since it holds the drawing library.")
    label = translate("Download as one HTML file")
    st.download_button(
        label, later(film), "race.html", "text/html", key=f"{key} HTML", help=words, icon=":material/movie:", **_PLAIN
    )


def _scene(result: RaceResult, theme: str, from_inputs: bool, others: Others) -> tuple[Scene, dict[str, Any]]:
    """Return what a film plays, computed now, since the download callback runs outside the session; and how its ground is drawn."""
    if not from_inputs:
        return fixed_scene(result, theme)[1], {"height": HEIGHT.default, "downhill": False}
    return input_scene(result, theme, others)[1], input_style()


def _links(result: RaceResult, from_inputs: bool) -> None:
    _heading(translate("As a link, or within another page"))
    refusal = not_held(result.spec)
    if refusal:
        st.caption(translate(refusal))
        return
    link = f"{_home()}?{urlencode(state.query() if from_inputs else encode(result.spec))}".removesuffix("?")
    st.code(link, language=None)
    address = html.escape(f"{link}{'&' if '?' in link else '?'}embed=true")
    size = f'width="{WIDTH}" height="{HEIGHT_OF_FRAME}"'
    st.code(f'<iframe src="{address}" {size} title="Optimizer Race" style="border: 0" loading="lazy"></iframe>', language="html")
    st.caption(
        translate("The frame shows the verdict and the race view, without sidebar and menu, light or dark as its reader has it.")
    )


def _home() -> str:
    """Return the address of the Race page, on whatever page this is."""
    scheme, host, path, *_ = urlsplit(st.context.url or "")
    above, _, last = path.rpartition("/")
    return f"{scheme}://{host}{above if last in {page.name for page in PAGES} else path.rstrip('/')}/"


def _open_json(key: str) -> None:
    _heading(translate("Open an experiment from JSON"))
    file, pasted = f"{key} JSON file", f"{key} JSON text"
    st.file_uploader(translate("A file that was saved here"), "json", key=file, max_upload_size=MAX_MEGABYTES)
    st.text_area(
        translate("Or its text"),
        key=pasted,
        height=100,
        placeholder='{"problem": "rosenbrock", "entries": [...], "start": [-1.5, 2]}',
    )
    st.button(
        translate("Open this experiment"), key=f"{key} open JSON", on_click=_opened, args=(key, file, pasted), width="stretch"
    )
    good, said = st.session_state.pop(f"{key} JSON said", (True, ""))
    if said:
        (st.success if good else st.error)(said)


def _opened(key: str, file: str, pasted: str) -> None:
    """Put the experiment that was given into the inputs, or say what is wrong with it."""
    held = uploaded(file)
    text = held.getvalue().decode("utf-8", "replace") if held else st.session_state.get(pasted) or ""
    st.session_state[f"{key} JSON said"] = _loaded(text)


def _loaded(text: str) -> tuple[bool, str]:
    if not text.strip():
        return False, translate("There is nothing to open yet: choose a file or paste its text.")
    try:
        spec = RaceSpec.from_json(text)
    except (SpecError, FormulaError, RuleError) as error:
        what = (
            translate("the formula: {error}", error=error.args[0]) if isinstance(error, FormulaError) else translate(error.args[0])
        )
        return False, translate("This experiment cannot be opened. {what}", what=plain(what))
    refusal = not_held(spec)
    if refusal:
        return False, plain(translate(refusal))
    state.load(spec)
    unfit = any(name_field("", str(entry.optimizer)).accepted(entry.label or "") is None for entry in spec.entries)
    return True, translate("Opened.") if not unfit else translate(
        "Opened, without the names of racers that are too long or hold signs such as <."
    )
