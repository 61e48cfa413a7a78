"""The Network page: what it trains is what its inputs say, its words and numbers are the library's, bad input gets a sentence."""

import dataclasses
import json

import pytest

import optim
from optim.export import numpy_training
from optim.networks.spec import BOOK_ENTRIES
from optim.reports import (
    line_sentence,
    network_claim,
    network_more,
    network_protocol,
    network_rates,
    network_table,
    plane_claim,
    plane_hides,
    toy_sentence,
    training_seeds_claim,
    training_seeds_more,
    training_seeds_table,
)
from pages.shared.inputs import network
from pages.shared.inputs.network import NETWORK, training_spec
from pages.shared.panels.network import training
from tests.pages.test_race_page import headline, menu_of, opened, ran, text_of
from tests.support.sweep_pages import page, whole

SMALL = {"net.data": "two_moons", "net.layers": "2x16", "net.n": "40"}
DEFAULTS = {field.key: field.default for field in NETWORK}


def spec(**changed):
    values = {"net.data": "two_moons", "net.layers": "2x16", "net.n": 40}
    return training_spec({**DEFAULTS, **values, **changed})


@pytest.mark.long
def test_the_page_says_what_the_library_finds():
    app, result = page("network", SMALL), optim.train(spec())
    text = text_of(app)
    assert network_claim(result) in headline(app)
    for said in (network_more(result), network_protocol(result), toy_sentence(result)):
        assert said in text
    table, wanted = app.dataframe[0].value, network_table(result)
    assert list(table.train_loss) == list(wanted.train_loss)
    assert list(table.test_accuracy) == pytest.approx(list(wanted.test_accuracy * 100))


def test_scripts_are_written_once_they_are_asked_for(monkeypatch):
    asked = []
    real = training.SCRIPTS["NumPy"][1]
    monkeypatch.setitem(training.SCRIPTS, "NumPy", ("training_numpy.py", lambda many: asked.append(many) or real(many)))
    app = page("network", SMALL)
    assert (asked, list(app.code)) == ([], [])
    app.session_state["net code"] = True
    ran(app)
    assert numpy_training(spec()).text.strip() in [block.value for block in app.code]
    assert asked == [optim.NetworkSeeds(spec())]


@pytest.mark.long
def test_inputs_are_the_training_and_stand_in_the_address():
    app = page("network", {**SMALL, "net.opt": "adam,lion", "net.lr.lion": "0.002", "net.act": "tanh", "net.bn": "true"})
    wanted = spec(**{"net.opt": ("adam", "lion"), "net.lr.lion": 0.002, "net.act": "tanh", "net.bn": True})
    assert wanted.entries[1].hyper["lr"] == 0.002
    assert network_claim(optim.train(wanted)) in headline(app)
    app.number_input(key="net.lr.adam").set_value(0.02)
    whole(ran(app))
    wanted = spec(**{"net.opt": ("adam", "lion"), "net.lr.lion": 0.002, "net.act": "tanh", "net.bn": True, "net.lr.adam": 0.02})
    assert network_claim(optim.train(wanted)) in headline(app)
    assert app.query_params["net.lr.adam"] == "0.02"


def test_as_in_the_book_sets_the_books_comparison():
    app = page("network", SMALL)
    app.button(key="net book").click()
    ran(app)
    held = {field.key: app.session_state[field.key] for field in (network.DATA, network.STEPS, network.SAME, network.LOSS)}
    assert held == {"net.data": "digits", "net.n": 2000, "net.start": "own", "net.loss": "after"}
    book = training_spec(network.BOOKS)
    assert (book.steps, book.weights, book.loss_at, book.batch, book.layers) == (2000, "own", "after", 128, (100,) * 4)
    assert {str(entry.optimizer): entry.hyper["lr"] for entry in book.entries} == {
        "sgd": 0.01,
        "momentum": 0.01,
        "adagrad": 0.01,
        "adam": 0.001,
    }
    app.number_input(key="net.n").set_value(1)  # so that nothing goes on after the test
    ran(app)


def test_it_opens_with_the_books_comparison_from_the_same_weights():
    first, book = network.first_view().training, training_spec(network.BOOKS)
    assert network.first_view().seeds == 1
    assert (first.data, first.layers, first.activation, first.initial) == ("digits", (100,) * 4, "relu", "he")
    assert (first.steps, first.batch, first.weights) == (2000, 128, "same")
    assert [(entry.optimizer, entry.hyper) for entry in first.entries] == [(one.optimizer, one.hyper) for one in BOOK_ENTRIES]
    assert dataclasses.replace(book, weights="same", loss_at="before") == first


@pytest.mark.long
def test_a_second_visitor_finds_the_training_finished():
    first = page("network", {**SMALL, "net.seed": "7"})
    app = opened({**SMALL, "net.seed": "7"})
    app.switch_page("pages/network.py")
    ran(app)
    ran(app)  # the harness reads the address with the second run
    assert headline(app) == headline(first)
    assert not any(button.label == "Cancel" for button in app.button)


@pytest.mark.long
def test_several_seeds_are_told_together():
    app = page("network", {**SMALL, "net.seed": "5"})
    app.number_input(key="net.seeds").set_value(3)
    whole(ran(app))
    assert app.query_params["net.seeds"] == "3"
    many = optim.train_seeds(optim.NetworkSeeds(spec(**{"net.seed": 5}), 3))
    text = text_of(app)
    assert training_seeds_claim(many) in headline(app)
    for said in (training_seeds_more(many), network_protocol(many.first, 3), toy_sentence(many.first)):
        assert said in text
    assert "What follows is of the first seed, 5." in text
    assert "These are the networks of the first seed, 5." in text
    table, wanted = app.dataframe[0].value, training_seeds_table(many)
    assert list(table.train_loss) == list(wanted.train_loss)
    assert "reason" not in table
    assert training_seeds_claim(many) in headline(page("network", {**SMALL, "net.seed": "5", "net.seeds": "3"}))


@pytest.mark.long
def test_the_rates_that_were_found_can_be_trained_with():
    app = page("network", {**SMALL, "net.opt": "sgd,adam", "net.rates": "true"})
    from optim.networks.rates import sweep_rates

    found = sweep_rates(spec(**{"net.opt": ("sgd", "adam")}))
    assert network_rates(found) in text_of(app)
    app.button(key="net use").click()
    whole(ran(app))
    assert [app.session_state[f"net.lr.{name}"] for name in ("sgd", "adam")] == list(found.suggested)
    assert app.button(key="net use").disabled


@pytest.mark.long
def test_the_inside_and_the_landscape_are_shown_where_they_are_asked_for():
    app = page("network", {**SMALL, "net.in": "adam", "net.land": "true"})
    result = optim.train(spec())
    from optim.networks.views.inside import inside
    from optim.networks.views.landscape import truth
    from optim.networks.views.plane import joint_plane

    text = text_of(app)
    plane = joint_plane(result)
    found = truth(result, plane)
    assert plane.sentence in text
    assert str(plane_hides(result, found)) in text
    scene = played_on(app)
    assert scene["verdict"]["headline"] == str(plane_claim(result, found).headline)
    assert [racer["label"] for racer in scene["race"]["racers"]] == list(result.labels)
    assert (scene["race"]["steps"], scene["fixed"], scene["arrows"]) == (40, True, {})
    dead = sum(int(state.dead.sum()) for state in inside(result, 3, len(result.marks) - 2)[:-1])
    assert f"{dead} of 32 hidden units are dead" in text


def played_on(app):
    """Return the facts of the race view on a page."""
    (view,) = [part.proto for part in app.get("bidi_component") if part.proto.component_name == "race_view"]
    return json.loads(view.bytes[4 : 4 + int.from_bytes(view.bytes[:4], "little")])


@pytest.mark.long
def test_a_second_look_has_the_same_heights_as_the_first():
    first, again = (page("network", {**SMALL, "net.seed": "3", "net.land": "true"}) for _ in range(2))
    assert played_on(first)["race"]["scale"] == played_on(again)["race"]["scale"]
    assert played_on(first) == played_on(again)


@pytest.mark.long
def test_another_plane_and_a_line_are_chosen_in_the_link():
    result = optim.train(spec())
    from optim.networks.views.landscape import line_between
    from optim.networks.views.plane import random_plane

    looked = {**SMALL, "net.land": "true", "net.end": "momentum"}
    app = page("network", {**looked, "net.plane": "random"})
    assert str(random_plane(result, 1).sentence) in text_of(app)
    assert played_on(app)["formula"] == ""
    app = page("network", {**looked, "net.plane": "line", "net.to": "adam"})
    assert str(line_sentence(result, line_between(result, 1, 3), 1, 3)) in text_of(app)
    app = page("network", {**looked, "net.plane": "line"})
    assert "On the straight line" not in text_of(app)
    lost = {**SMALL, "net.opt": "sgd,adam", "net.lr.sgd": "1e9", "net.land": "true", "net.plane": "random", "net.end": "sgd"}
    assert "SGD diverged: there is nothing around its end" in text_of(page("network", lost))


@pytest.mark.long
def test_data_in_a_plane_shows_what_is_decided_where_at_the_step_chosen():
    app, result = page("network", SMALL), optim.train(spec())
    place = result.marks.index(20)
    next(slider for slider in app.select_slider if str(slider.key).startswith("net shown step")).set_value(20)
    ran(app)
    text = text_of(app)
    assert "What each network decides" in text
    assert app.session_state["net.at"] == 20
    assert f"SGD: {result.test_accuracy[0, place]:.1%} right" in text_of(page("network", {**SMALL, "net.at": "20"}))
    for i, label in enumerate(result.labels):
        assert f"{label}: {result.test_accuracy[i, place]:.1%} right" in text
    assert "What each network" not in text_of(page("network", {"net.data": "digits", "net.layers": "none", "net.n": "2"}))
    assert "What each network predicts" in text_of(page("network", {**SMALL, "net.data": "own", "net.f": "x*y", "net.n": "3"}))


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"net.data": "mnist"}, "Data (net.data) was 'mnist'"),
        ({"net.n": "-3", "net.opt": "sgd"}, "Steps (net.n) was '-3'"),
        ({"net.opt": "adam,newton"}, "left out 'newton'"),
        ({"net.lr.adam": "fast"}, "lr of Adam (net.lr.adam) was 'fast'"),
        ({"net.drop": "2"}, "Dropout (net.drop) was '2'"),
    ],
)
@pytest.mark.long
def test_a_part_of_the_link_that_cannot_be_used_is_named(query, said):
    app = page("network", {**SMALL, **query, "net.n": query.get("net.n", "2"), "net.data": query.get("net.data", "two_moons")})
    assert said in text_of(app).replace("\\", "")


@pytest.mark.long
def test_rules_on_matrices_train_where_there_are_matrices():
    app = page("network", {**SMALL, "net.opt": "muon,soap,shampoo", "net.n": "10", "net.in": "muon"})
    wanted = spec(**{"net.opt": ("muon", "soap", "shampoo"), "net.n": 10})
    assert [entry.rule.title for entry in wanted.entries] == ["Muon", "SOAP", "Shampoo"]
    assert network_claim(optim.train(wanted)) in headline(app)
    app = page_with_error({**SMALL, "net.opt": "muon", "net.layers": "1x32", "net.n": "10"})
    assert app.error[0].value.startswith("Optimizers is 'muon'; expected ")
    assert "Muon moves matrices that it has not" in app.error[0].value


OWN = """\
g = gradient(x)
v = 0.8 * v + g
x = x - lr * v"""


def test_your_own_rule_trains_and_a_mistake_is_named_while_the_last_one_trains_on():
    app = page("network", {**SMALL, "net.opt": "own,adam", "net.rule": OWN, "net.lr.own": "0.05", "net.n": "20"})
    wanted = spec(**{"net.opt": ("own", "adam"), "net.rule": OWN, "net.lr.own": 0.05, "net.n": 20})
    momentum = dataclasses.replace(wanted, entries=(optim.Entry("momentum", {"lr": 0.05, "momentum": 0.8}),))
    result = optim.train(wanted)
    assert (wanted.entries[0].optimizer, wanted.entries[0].hyper) == (OWN, {"lr": 0.05})
    assert result.loss[0] == pytest.approx(optim.train(momentum).loss[0], rel=1e-9)  # v has the other sign
    assert network_claim(result) in headline(app)
    assert app.query_params["net.rule"] == OWN
    app.text_area(key="net.rule").set_value("g = gradient(x)\nx = x - lr * h(g)")
    whole(ran(app))
    assert "Line 2, column 14: there is no function h" in text_of(app).replace("\\", "")
    assert network_claim(result) in headline(app)
    app.text_area(key="net.rule").set_value("g = gradient(x)\nx = x - 0.05 * sign(g)")
    whole(ran(app))
    without_rate = spec(**{"net.opt": ("own", "adam"), "net.rule": "g = gradient(x)\nx = x - 0.05 * sign(g)", "net.n": 20})
    assert network_claim(optim.train(without_rate)) in headline(app)
    assert "net.lr.own" not in [box.key for box in app.number_input]


def test_lines_in_the_link_that_make_no_rule_are_named():
    app = page("network", {**SMALL, "net.opt": "own", "net.rule": "x = ", "net.n": "2"})
    assert "Lines of your rule (net.rule) was 'x = '" in text_of(app).replace("\\", "")


def test_a_function_that_cannot_be_learned_gets_a_sentence():
    app = page_with_error({**SMALL, "net.data": "own", "net.f": "x + foo"})
    assert "foo" in app.error[0].value
    assert "This cannot be asked" in headline(app)


@pytest.mark.parametrize(("language", "called"), [("en", "Function to learn is '3'"), ("ja", "学習する関数の値")])
def test_an_input_that_cannot_be_used_is_called_as_on_screen(language, called):
    app = page_with_error({**SMALL, "net.data": "own", "net.f": "3", "lang": language})
    assert app.error[0].value.startswith(called)


def test_every_condition_can_be_looked_at():
    """The input of a number that is none has such bounds too: else it is an exception where "More" is opened."""
    app = page("network", {**SMALL, "net.n": "2"})
    app.toggle(key="net more").set_value(True)
    ran(app)
    shown = {widget.key for kind in (app.number_input, app.selectbox, app.toggle) for widget in kind}
    assert {"net.batch", "net.seed", "net.wd", "net.drop", "net.bn"} <= shown


def page_with_error(query):
    app = opened(query)
    app.switch_page("pages/network.py")
    ran(app)
    return ran(app)


def test_without_a_file_or_an_optimizer_the_page_asks_for_one():
    assert "Which file?" in headline(page("network", {**SMALL, "net.data": "file"}))
    app = page("network", {**SMALL, "net.n": "2"})
    menu_of(app, "net.opt").set_value(["adam", "lion"])
    whole(ran(app))
    assert app.query_params["net.opt"] == "adam,lion"
    menu_of(app, "net.opt").set_value([])
    whole(ran(app))
    assert "Nobody trains" in headline(app)
