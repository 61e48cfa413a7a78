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
@pytest.mark.long
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


def matrices(camera):
    """The two matrices of a camera that looks at a place, z upwards, and sees 45 degrees from top to bottom, as Plotly's does."""
    eye, centre = (np.array(list(camera[name].values())) for name in ("eye", "center"))
    back = (eye - centre) / np.linalg.norm(eye - centre)
    right = np.cross([0.0, 0.0, 1.0], back)
    right /= np.linalg.norm(right)
    view = np.eye(4)
    view[:3, :3] = right, np.cross(back, right), back
    view[:3, 3] = -view[:3, :3] @ eye
    near, far, scale = 0.01, 100.0, 1 / np.tan(np.radians(45) / 2)
    depth = [[0, 0, (far + near) / (near - far), 2 * far * near / (near - far)], [0, 0, -1, 0]]
    return np.array([[scale, 0, 0, 0], [0, scale, 0, 0], *depth]), view


@pytest.mark.parametrize("name", optim.PROBLEMS)
def test_surface_and_floor_fill_the_picture_and_stand_in_its_middle(name):
    problem = optim.PROBLEMS[name]
    picture = relief(problem, landscape(problem, problem.starts[0]))
    scene = picture.layout.scene
    projection, view = matrices(scene.camera.to_plotly_json())
    sides = np.array([[scene.aspectratio[side]] for side in "xyz"])
    low, high = np.array([scene[f"{side}axis"].range for side in "xyz"], dtype=float).T[..., None]
    places = []
    for sheet in (trace for trace in picture.data if trace.type == "surface"):
        grid = np.broadcast_arrays(sheet.x[None, :], sheet.y[:, None], np.array(sheet.z, dtype=float))
        places.append(((np.array(grid).reshape(3, -1) - low) / (high - low) - 0.5) * sides)
    points = np.concatenate(places, axis=1)
    points = points[:, np.isfinite(points).all(axis=0)]
    across, up, _, depth = projection @ view @ np.concatenate([points, np.ones((1, points.shape[1]))])
    across, up = across / depth, up / depth
    assert np.abs(across).max() <= 1.01
    assert np.abs(up).max() <= 0.86
    assert max(np.abs(across).max() / 1.0, np.abs(up).max() / 0.84) >= 0.97
    assert up.max() == pytest.approx(-up.min(), abs=0.03)
