"""Rates, starts and fair races in a real browser: a click opens that very race, and cancelling is quick."""

import pytest

import optim
from optim.export.torch_script import torch_line
from optim.reports.rates import advised, rates_claim
from optim.sweeps.scores import median_start
from pages.shared.compute import sweep_specs
from pages.shared.inputs.presets import PRESETS
from pages.shared.panels.sweeps.shared import with_enough_steps
from tests.support.rest import LONG, at_rest, box, finished
from tests.support.visit import HEADLINE, SCREENS, address_change, assert_fits_every_screen, go, spec_of_address

OWN = "log(1 + x**2) + y**2/4 + cos(y)/9"


def without_origins(spec):
    return [(entry.optimizer, entry.hyper) for entry in spec.entries], spec.start, spec.steps, spec.problem


def test_a_click_on_a_curve_opens_that_very_race(visit):
    visitor = visit("rates?n=100")
    finished(visitor.page)
    spec, _ = sweep_specs.rates_spec(optim.RaceSpec("elongated_bowl", PRESETS[0].spec.entries, (-7.0, 2.0), 100))
    result, entry, at = optim.sweep(spec), 2, 50
    points = visitor.page.locator(".js-plotly-plot .trace.scatter").nth(2).locator("path.point")
    left, top, width, height = box(points.nth(at))
    with address_change(visitor):
        visitor.page.mouse.click(left + width / 2, top + height / 2)
    visitor.page.locator(HEADLINE, has_text="won").first.wait_for(timeout=30_000)
    wanted = spec.race_at(at, start=median_start(result, entry, at))
    visitor.expect(wanted)
    assert without_origins(spec_of_address(visitor.page.url)) == without_origins(wanted)
    assert visitor.complaints == visitor.outside == []


def test_a_click_on_a_map_opens_the_race_from_that_cell_and_the_way_back_keeps_the_racers(visit):
    visitor = visit("?fn=Himmelblau&n=60&o1.lr=0.01&o2.lr=0.002")
    mine = spec_of_address(visitor.page.url)
    go(visitor.page, "Starts")
    visitor.page.wait_for_url("**/starts?**")
    finished(visitor.page)
    left, top, width, height = box(visitor.page.locator("canvas[aria-label^='Who wins']").first)
    column, row = 30, 150
    across = sweep_specs.starts_spec(mine).starts.across
    with address_change(visitor):
        visitor.page.mouse.click(left + (column + 0.5) / across * width, top + (1 - (row + 0.5) / across) * height)
    wanted = sweep_specs.starts_spec(mine).race_at(start=row * across + column)
    visitor.expect(wanted)
    assert without_origins(spec_of_address(visitor.page.url)) == without_origins(wanted)
    assert visitor.complaints == visitor.outside == []


def test_cancelling_stops_within_a_second_keeps_what_there_is_and_can_go_on(visit):
    visitor = visit("?fn=Rosenbrock&n=900&k=4&o1.lr=0.001")
    go(visitor.page, "Starts")
    cancel = visitor.page.get_by_role("button", name="Cancel")
    cancel.wait_for(timeout=30_000)
    visitor.page.locator("canvas").first.wait_for(timeout=LONG)
    cancel.click()
    visitor.page.get_by_text("Stopped at").wait_for(timeout=5_000)
    stopped = visitor.page.get_by_test_id("stProgress").inner_text()
    at_rest(visitor.page)
    assert visitor.page.get_by_test_id("stProgress").inner_text() == stopped
    assert visitor.page.locator("h1").first.inner_text().startswith("So far")
    visitor.page.get_by_role("button", name="Go on").click()
    cancel.wait_for(timeout=10_000)
    assert visitor.complaints == []


def test_a_fair_race_gives_its_rates_to_the_race(visit):
    visitor = visit("?n=40&k=3")
    go(visitor.page, "Fair race")
    link = visitor.page.get_by_role("link", name="Race with the tuned rates")
    link.wait_for(timeout=LONG)
    with address_change(visitor):
        link.click()
    race = optim.RaceSpec("elongated_bowl", PRESETS[0].spec.entries[:3], (-7.0, 2.0), 40)
    tuned = optim.tune(sweep_specs.fair_spec(race)).entries
    visitor.page.locator(HEADLINE, has_text="won").first.wait_for(timeout=30_000)
    assert [entry.hyper for entry in spec_of_address(visitor.settled().page.url).entries] == [entry.hyper for entry in tuned]


def test_a_practitioner_s_own_function_gets_a_rate_that_is_used_raced_and_taken_home(visit):
    visitor = visit("rates?fn=own")
    with address_change(visitor):
        visitor.type_formula(OWN)
    finished(visitor.page)
    race = with_enough_steps(spec_of_address(visitor.page.url))
    assert race.problem == OWN
    spec, _ = sweep_specs.rates_spec(race)
    result = optim.sweep(spec)
    entry = advised(result)
    slot = [one.optimizer for one in race.entries].index(entry.optimizer)
    assert visitor.headline == rates_claim(result)
    line = visitor.page.locator("code", has_text="torch.optim").inner_text()
    assert line == torch_line(entry).text
    with address_change(visitor):
        visitor.page.get_by_role("button", name="Use this").click()
    field = visitor.page.locator(f".st-key-o{slot + 1}-lr input").first
    visitor.page.wait_for_function("([field, rate]) => +field.value === rate", arg=[field.element_handle(), entry.hyper["lr"]])
    visitor.page.get_by_role("button", name="In use").wait_for(timeout=30_000)
    assert f"o{slot + 1}.lr={entry.hyper['lr']:g}" in visitor.page.url
    finished(visitor.page)
    with address_change(visitor):
        visitor.page.get_by_role("link", name="Race it").click()
    raced = spec_of_address(visitor.page.url)
    assert (raced.problem, raced.entries[slot].hyper["lr"], raced.steps) == (OWN, entry.hyper["lr"], race.steps)
    visitor.expect(raced)
    assert visitor.complaints == visitor.outside == []
    assert trained(line, raced) == pytest.approx(optim.race(raced).loss[slot], rel=1e-5, abs=1e-12)


def trained(line, spec):
    """The losses along `spec` of the optimizer that PyTorch makes of `line`; the test ends here where it is not installed."""
    torch = pytest.importorskip("torch")

    def loss():
        x, y = model.weight
        return torch.log(1 + x**2) + y**2 / 4 + torch.cos(y) / 9

    class Model(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.weight = torch.nn.Parameter(torch.tensor(spec.start, dtype=torch.float64))

    model = Model()
    names = {"torch": torch, "model": model}
    exec(line, names)
    losses = [loss().item()]
    for _ in range(spec.steps):
        names["optimizer"].zero_grad()
        loss().backward()
        names["optimizer"].step()
        losses.append(loss().item())
    return losses


@pytest.mark.parametrize("address", ["rates?n=100", "rates?n=60&p=momentum", "starts?n=40", "fair?n=40"])
def test_no_page_of_many_races_is_wider_than_the_screen(new_page, app_url, address):
    page = new_page({"width": SCREENS[0][0], "height": 844})
    page.goto(app_url + address)
    finished(page)
    page.locator(".js-plotly-plot .main-svg, .maps canvas").first.wait_for(timeout=LONG)
    assert_fits_every_screen(page)
