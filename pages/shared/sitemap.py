"""The pages of the app in the order of the menu: addresses, titles, icons; no Streamlit here."""

from dataclasses import dataclass

from optim.i18n.message import message


@dataclass(frozen=True)
class Page:
    """One page: `name` is its file and its address; `question` is what it asks about the race in the sidebar, if anything."""

    name: str
    title: str
    symbol: str
    question: str = ""

    @property
    def file(self) -> str:
        """The page's file, as Streamlit's links want it: relative to the entry point."""
        return f"pages/{self.name}.py"

    @property
    def icon(self) -> str:
        """The page's Material icon in Streamlit's notation."""
        return f":material/{self.symbol}:"


RACE = Page("race", message("Race"), "sports_score")
STEP = Page("step", message("Step"), "search", message("Why that step?"))
FAIR = Page("fair", message("Fair race"), "balance", message("Was it fair?"))
PAGES = (
    RACE,
    Page("book", message("Book"), "menu_book"),
    Page("lessons", message("Lessons"), "school"),
    STEP,
    Page("rates", message("Learning rates"), "tune", message("Which learning rates work?")),
    Page("starts", message("Starts"), "grid_on", message("Who wins from where?")),
    FAIR,
    Page("functions", message("Functions"), "terrain"),
    Page("optimizers", message("Optimizers"), "verified"),
)
"""Every page; the first is the one without an address of its own."""
