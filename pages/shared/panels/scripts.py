"""Scripts of what a page shows, side by side in tabs: to read, to copy and to download."""

from collections.abc import Callable, Mapping
from typing import Any

import streamlit as st

from optim.export import Script, commented
from pages.shared.text.markdown import plain
from pages.shared.text.translation import translate

TALL = 360
"""Pixels of a script."""


def show_scripts(
    scripts: Mapping[str, tuple[str, Callable[[Any], Script]]], spec: Any, key: str, said: Mapping[str, str] | None = None
) -> None:
    """Show the scripts of a spec, each in a tab of its own and written when that is opened; `key` tells panels on one page apart.

    `scripts` maps the name of a tab to its file and who writes it; `said` has a sentence for tabs that need one.
    """
    for tab, (name, (file, write)) in zip(
        st.tabs(list(scripts), key=f"{key} scripts", on_change="rerun"), scripts.items(), strict=True
    ):
        if not tab.open:
            continue
        script = write(spec)
        with tab:
            if said and name in said:
                st.caption(said[name])
            for sentence in script.left_out:
                st.markdown(plain(translate(sentence)))
            if script.text:
                text = commented(script, translate)
                st.code(text, height=TALL)
                label = translate("Download {file}", file=file)
                st.download_button(label, text, file, "text/x-python", key=f"{key} {name}", on_click="ignore")
