"""The inputs through Streamlit's own test harness: rates that work, racers that are named, moved and hidden, links explained."""

import pytest

import optim
from optim.races.suggested import first_race
from optim.sweeps.offered import offered_rate
from pages.shared.components.race_view.component import _looks
from pages.shared.inputs.display import HIDDEN, STRONG
from pages.shared.inputs.presets import BOOK, PRESETS
from tests.pages.test_race_page import losses, opened, ran, text_of


def chosen(app, function):
    app.selectbox(key="fn").set_value(function)
    return ran(app)


def rates(app, count=4):
    return [app.number_input(key=f"o{slot}.lr").value for slot in range(1, count + 1)]


def more(app, slot, action):
    app.menu_button(key=f"more {slot}").click(action)
    return ran(app)


BOOKS = [entry.hyper["lr"] for entry in BOOK.spec.entries]
NAMES = [entry.optimizer for entry in BOOK.spec.entries]


def test_another_function_brings_rates_that_work_there_and_says_where_they_come_from():
    app = chosen(opened(), "rosenbrock")
    assert rates(app) == [offered_rate(name, "rosenbrock") for name in NAMES]
    assert text_of(app).count("(tuned for this function)") == 4
    assert "set by hand" not in text_of(app)


def test_the_books_function_brings_the_books_race_back():
    app = chosen(chosen(opened(), "rosenbrock"), BOOK.spec.problem)
    assert rates(app) == BOOKS
    assert text_of(app).count("(book)") == 4


def test_a_rate_that_a_visitor_chose_is_kept_on_every_function():
    app = opened()
    app.number_input(key="o2.lr").set_value(0.07)
    ran(app)
    for function in ("himmelblau", "rosenbrock", BOOK.spec.problem):
        chosen(app, function)
        assert app.number_input(key="o2.lr").value == 0.07
        assert "Momentum: lr 0.07 (set by hand)" in text_of(app)
        assert text_of(app).count("set by hand") == 1
    assert rates(app) == [BOOKS[0], 0.07, *BOOKS[2:]]


def test_a_link_keeps_the_rates_that_it_had_and_says_that_they_are_the_books():
    app = opened({"fn": "rosenbrock"})
    assert rates(app) == BOOKS
    assert text_of(app).count("(kept from the book)") == 4
    assert rates(chosen(app, "himmelblau")) == [offered_rate(name, "himmelblau") for name in NAMES]


def test_rates_of_a_ready_experiment_are_nobodys_choice():
    app = opened()
    app.selectbox(key="preset").set_value("Along the banana")
    assert "set by hand" not in text_of(ran(app))
    chosen(app, "beale")
    assert "set by hand" not in text_of(app)
    assert app.number_input(key="o1.lr").value == offered_rate("sgd", "beale")


@pytest.mark.long
def test_a_typed_function_brings_rates_that_work_there():
    app = chosen(opened(), "own")
    app.text_input(key="f").set_value("1000*x^2 + y^2")
    ran(app)
    assert rates(app) == [offered_rate(name, "1000*x^2 + y^2") for name in NAMES]
    assert text_of(app).count("(tuned for this function)") + text_of(app).count("(default)") == 4
    app.text_input(key="f").set_value("x^2 +")
    ran(app)
    app.text_input(key="f").set_value("x^2 + 9*y^2")
    assert rates(ran(app)) == [offered_rate(name, "x^2 + 9*y^2") for name in NAMES]


def test_dials_are_not_what_a_rate_was_tuned_for():
    app = chosen(opened({"rotate": "30"}), "himmelblau")
    assert text_of(app).count("(tuned for this function without its dials)") == 4


def test_a_new_racer_and_another_optimizer_get_rates_that_work_here():
    app = chosen(opened(), "rosenbrock")
    next(button for button in app.button if button.label == "Add a racer").click()
    ran(app)
    fifth = app.selectbox(key="o5").value
    assert app.number_input(key="o5.lr").value == offered_rate(fifth, "rosenbrock")
    app.selectbox(key="o1").set_value("rmsprop")
    assert rates(ran(app))[0] == offered_rate("rmsprop", "rosenbrock")
    app.number_input(key="k").set_value(6)
    ran(app)
    assert app.number_input(key="o6.lr").value == offered_rate(app.selectbox(key="o6").value, "rosenbrock")
    assert "set by hand" not in text_of(app)


def test_the_formula_is_first_in_the_menu_of_functions():
    assert opened().selectbox(key="fn").options[0] == "Write your own formula"


def test_a_function_is_chosen_by_its_picture():
    app = opened()
    app.button(key="pictures").click()
    ran(app)
    assert {f"picture {name}" for name in ("own", *optim.PROBLEMS)} <= {button.key for button in app.button}
    app.button(key="picture rosenbrock").click()
    ran(app)
    assert app.selectbox(key="fn").value == "rosenbrock"
    assert rates(app) == [offered_rate(name, "rosenbrock") for name in NAMES]


def test_a_racer_is_renamed_and_its_name_travels_in_link_and_json():
    app = more(opened(), 4, "rename")
    app.text_input(key="o4.name").set_value("  My  Adam ")
    ran(app)
    assert list(losses(app).columns) == ["SGD", "Momentum", "AdaGrad", "My Adam"]
    again = opened({"o4.name": "My Adam"})
    assert list(losses(again).columns) == ["SGD", "Momentum", "AdaGrad", "My Adam"]
    spec = optim.RaceSpec("sphere", optim.Entry("adam", {"lr": 0.1}, label="My Adam"), (1.0, 2.0))
    app = opened({"race": spec.to_json()})
    assert list(losses(app).columns) == ["My Adam"]
    assert app.text_input(key="o1.name").value == "My Adam"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("<b>bold</b>", "bbold/b"), ("x" * 99, "x" * 30), ("a\u202eb\nc", "ab c"), ("%{x} &lt;", "%x lt;"), ("   ", "")],
)
def test_what_cannot_be_in_a_name_is_left_out(typed, kept):
    app = more(opened(), 1, "rename")
    app.text_input(key="o1.name").set_value(typed)
    ran(app)
    assert losses(app).columns[0] == (kept or "SGD")


def test_a_hostile_name_in_a_link_is_explained_and_a_good_one_is_shown_as_it_is():
    app = opened({"o1.name": "<script>", "o2.name": "*a* [b](c) $d$"})
    assert "SGD's name (o1.name) was '<script>'; expected a name of at most 30 characters" in text_of(app)
    assert list(losses(app).columns)[:2] == ["SGD", "*a* [b](c) $d$"]
    assert "\\*a\\* \\[b\\](c) \\$d\\$" in " ".join(block.value for block in app.markdown)


def racers(app):
    return [app.selectbox(key=f"o{slot}").value for slot in range(1, app.number_input(key="k").value + 1)]


def test_racers_are_duplicated_and_moved_with_all_their_settings():
    app = opened({"o2.name": "Heavy", "o2.schedule": "cosine", "hide": "2", "hl": "3"})
    more(app, 2, "duplicate")
    assert racers(app) == ["sgd", "momentum", "momentum", "adagrad", "adam"]
    assert list(losses(app).columns) == ["SGD", "Heavy #1", "Heavy #2", "AdaGrad", "Adam"]
    assert (app.session_state["hide"], app.session_state["hl"]) == ((2, 3), "4")
    more(app, 4, "up")
    assert racers(app) == ["sgd", "momentum", "adagrad", "momentum", "adam"]
    assert (app.session_state["hide"], app.session_state["hl"]) == ((2, 4), "3")
    more(app, 1, "down")
    assert racers(app) == ["momentum", "sgd", "adagrad", "momentum", "adam"]
    assert [app.selectbox(key=f"o{slot}.schedule").value for slot in (1, 4)] == ["cosine", "cosine"]
    assert (app.session_state["hide"], app.session_state["hl"]) == ((1, 4), "3")
    app.button(key="remove 1").click()
    ran(app)
    assert (app.session_state["hide"], app.session_state["hl"]) == ((3,), "2")
    assert "Move up" not in app.menu_button(key="more 1").options
    assert "Move down" not in app.menu_button(key="more 4").options


@pytest.mark.parametrize(
    ("hidden", "strong", "wanted"),
    [
        ((), "none", "..."),
        ((2,), "none", ".h."),
        ((1, 2, 3), "none", "..."),  # nobody would be seen
        ((), "2", "f.f"),
        ((3,), "2", "f.h"),
        ((), "7", "..."),  # a racer that there is not
    ],
)
def test_the_race_view_is_told_who_is_hidden_and_who_is_faint(hidden, strong, wanted):
    held = {HIDDEN.key: hidden, STRONG.key: strong}
    looks = _looks(3, lambda field: held[field.key])
    assert "".join("h" if look["hidden"] else "f" if look["faint"] else "." for look in looks) == wanted


def test_hidden_racers_and_one_that_stands_out_are_a_matter_of_looks():
    app = opened()
    before = losses(app)
    more(app, 2, "hide")
    assert app.session_state["hide"] == (2,)
    more(app, 2, "hide")
    assert app.session_state["hide"] == ()
    more(app, 3, "alone")
    assert app.session_state["hide"] == (1, 2, 4)
    more(app, 3, "alone")
    assert app.session_state["hide"] == ()
    more(app, 3, "highlight")
    assert app.session_state["hl"] == "3"
    more(app, 3, "highlight")
    assert app.session_state["hl"] == "none"
    assert losses(app).equals(before)


def test_the_last_racer_that_is_seen_cannot_be_hidden():
    app = opened({"k": "2"})
    more(app, 1, "hide")
    more(app, 2, "hide")
    assert app.session_state["hide"] == ()


def test_every_button_and_menu_of_a_racer_says_whose_it_is():
    app = opened({"o2.name": "Heavy"})
    assert [app.button(key=f"remove {slot}").label for slot in (1, 2)] == ["Remove SGD", "Remove Heavy"]
    assert [app.menu_button(key=f"more {slot}").label for slot in (1, 2)] == ["More for SGD", "More for Heavy"]
    assert [app.selectbox(key=f"o{slot}").label for slot in (1, 2)] == ["Racer 1", "Racer 2"]
    assert not any(":color" in part.label for part in [*app.button, *app.selectbox, *app.number_input, *app.select_slider])


def test_a_step_that_the_race_does_not_have_is_said():
    app = opened({"t": "999"})
    assert "Step shown (t) was 999; this race has 30 steps. Showing its end." in text_of(app)
    assert "could not be used" not in text_of(opened({"t": "30"}))


def test_a_link_to_a_step_opens_that_step_of_that_racer():
    app = opened({"t": "7", "hl": "3"})
    link = next(link.proto for link in app.get("page_link") if link.proto.label == "Why that step?")
    assert link.query_string == "r=3&step=7"
    app.switch_page("pages/step.py")
    app.query_params["r"], app.query_params["step"] = "3", "7"
    assert "Why did AdaGrad take step 7?" in text_of(ran(app))


@pytest.mark.parametrize(
    ("query", "wanted"), [({}, "r=1&step=30"), ({"t": "0"}, "r=1&step=1"), ({"hl": "4", "k": "2"}, "r=1&step=30")]
)
def test_where_none_stands_out_or_none_has_moved_the_step_is_still_one_that_was_taken(query, wanted):
    link = next(link.proto for link in opened(query).get("page_link") if link.proto.label == "Why that step?")
    assert link.query_string == wanted


def test_the_step_of_a_racer_that_is_lost_is_its_last():
    query = {"k": "1", "o1.lr": "1e9", "n": "300"}
    link = next(link.proto for link in opened(query).get("page_link") if link.proto.label == "Why that step?")
    taken = optim.race(optim.RaceSpec("elongated_bowl", optim.Entry("sgd", {"lr": 1e9}), (-7.0, 2.0), 300)).taken[0]
    assert taken < 300
    assert link.query_string == f"r=1&step={taken}"


def test_a_race_from_another_page_keeps_what_it_says_of_its_rates():
    race = first_race(optim.PROBLEMS["himmelblau"])
    app = opened({"race": race.to_json()})
    assert text_of(app).count("(scaled to this function)") == 4
    app.number_input(key="o1.lr").set_value(0.0123)
    assert text_of(ran(app)).count("(scaled to this function)") == 3
    chosen(app, "beale")
    assert rates(app) == [0.0123, *(offered_rate(name, "beale") for name in NAMES[1:])]
    assert "scaled" not in text_of(app)


@pytest.mark.long
def test_presets_are_told_apart_from_what_a_visitor_did():
    for preset in PRESETS:
        app = opened()
        app.selectbox(key="preset").set_value(preset.title)
        assert "set by hand" not in text_of(ran(app))
