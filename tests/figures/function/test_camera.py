"""The camera: the race's places are not behind hills, and it stays where it is while a race is changed."""

import numpy as np
import pytest

import optim
from optim.figures import relief, surface
from optim.figures.function.camera import ASPECT, _eye, camera
from optim.figures.function.landscape import landscape
from optim.figures.function.maps import scene_box


def eye_of(formula, seen):
    problem = optim.problem(formula)
    land = landscape(problem, seen[0])
    return np.array(list(camera(land, scene_box(land), seen)["eye"].values()))


def sees(formula, seen, eye):
    """Which of the points are seen, each line of sight walked by itself along the function."""
    problem = optim.problem(formula)
    land = landscape(problem, seen[0])
    low, high = np.array(scene_box(land)).T
    sides = np.array(ASPECT)

    def place(x, y):
        height = float(land.surface_scale.height(problem.value(np.array([x, y]))))
        return ((np.array([x, y, height]) - low) / (high - low) - 0.5) * sides

    found = []
    for x, y in seen:
        foot, free = place(x, y) + np.array([0, 0, 0.03]), True
        for share in np.linspace(0.01, 1.0, 400):
            at = foot + share * (eye - foot)
            u, v = at[:2] / sides[:2] + 0.5
            if not (0 <= u <= 1 and 0 <= v <= 1):
                break
            free &= at[2] > place(low[0] + u * (high[0] - low[0]), low[1] + v * (high[1] - low[1]))[2] - 0.01
        found.append(bool(free))
    return found


@pytest.mark.parametrize("hill", [(-2.0, -1.0), (-1.0, -2.5), (2.5, 0.5), (0.0, 2.5), (-2.5, 1.0)])
def test_a_hill_is_never_between_the_eye_and_the_minimum(hill):
    x, y = hill
    formula = f"(x**2 + y**2)/20 + 9*exp(-(x - {x})**2 - (y - {y})**2)".replace("- -", "+ ")
    seen = [(0.0, 0.0)]
    assert sees(formula, seen, eye_of(formula, seen)) == [True]


def test_from_the_usual_side_that_hill_does_hide_the_minimum():
    usual = eye_of("x**2 + y**2", [(0.0, 0.0)])
    formula = "(x**2 + y**2)/20 + 9*exp(-(x + 2)**2 - (y + 1)**2)"
    assert sees(formula, [(0.0, 0.0)], usual) == [False]


@pytest.mark.parametrize("name", optim.PROBLEMS)
def test_half_of_start_and_minima_are_seen_where_any_side_shows_half(name):
    problem = optim.PROBLEMS[name]
    land = landscape(problem, problem.starts[0])
    seen = [problem.starts[0], *problem.minima[:4]]
    eye = np.array(list(camera(land, scene_box(land), seen)["eye"].values()))
    flat_box = [(x, y) for x, y in seen if all(low <= c <= high for c, (low, high) in zip((x, y), land.window, strict=True))]
    best = max(np.mean(sees(name, flat_box, np.array(_eye(np.radians(turn))))) for turn in range(0, 360, 30))
    if best < 0.5:
        pytest.skip("its grooves are deeper than any line of sight from there")
    shown = sees(name, flat_box, eye)
    assert np.mean(shown) >= 0.5, dict(zip(flat_box, shown, strict=True))


def test_the_camera_stays_while_a_race_is_changed():
    cameras = set()
    for lr, start in ((0.95, (-7.0, 2.0)), (0.1, (-7.0, 2.0)), (1.02, (-3.0, 1.0))):
        result = optim.race(optim.RaceSpec("elongated_bowl", optim.Entry("sgd", {"lr": lr}), start, 30))
        cameras.add(str(surface(result).layout.scene.camera.eye))
    problem = optim.PROBLEMS["elongated_bowl"]
    cameras.add(str(relief(problem, landscape(problem, problem.starts[0])).layout.scene.camera.eye))
    assert len(cameras) == 1
