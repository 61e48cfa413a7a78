"""The doors of the app and the pages behind each, in the order of the menu: addresses, titles, icons; no Streamlit here."""

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


@dataclass(frozen=True)
class Door:
    """A way into the app: what a visitor wants, and the pages that serve it."""

    title: str
    pages: tuple[Page, ...]


RACE = Page("race", message("Race"), "sports_score")
STEP = Page("step", message("Step"), "search", message("Why that step?"))
FAIR = Page("fair", message("Fair race"), "balance", message("Was it fair?"))
NETWORK = Page("network", message("Network"), "hub")
DOORS = (
    Door(message("Watch"), (RACE, STEP)),
    Door(message("Learn"), (Page("book", message("Book"), "menu_book"), Page("lessons", message("Lessons"), "school"))),
    Door(
        message("Decide"),
        (
            Page("rates", message("Learning rates"), "tune", message("Which learning rates work?")),
            Page("starts", message("Starts"), "grid_on", message("Who wins from where?")),
            FAIR,
            NETWORK,
        ),
    ),
    Door(
        message("Look up"),
        (Page("functions", message("Functions"), "terrain"), Page("optimizers", message("Optimizers"), "verified")),
    ),
)
"""The menu, from left to right."""
PAGES = tuple(page for door in DOORS for page in door.pages)
"""Every page; the first is the one without an address of its own."""
