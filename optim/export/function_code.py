"""The function that is raced on, as the functions f, grad_f and hess_f of a NumPy script, its dials included."""

from collections.abc import Callable
from typing import Any

from optim.core.derivatives import CENTRAL_STEP, central_gradient
from optim.core.errors import ScriptError
from optim.core.problem import Problem
from optim.export.formula_code import NUMPY, body
from optim.export.source_code import Sources
from optim.i18n.message import message
from optim.problems import PROBLEMS
from optim.problems.transforms import turn
from optim.races.spec import RaceSpec

NAMES = ("f", "grad_f", "hess_f")
DIALS = """
CENTRE = {centre}
SHIFT = {shift}
TURN = {turn}


def moved(point):
    \"\"\"Return where the plain function is asked: it is rotated, stretched and shifted about its centre.\"\"\"
    u, v = point[0] - CENTRE[0] - SHIFT[0], point[1] - CENTRE[1] - SHIFT[1]
    return {module}.{stack}([CENTRE[0] + (TURN[0][0] * u + TURN[0][1] * v), CENTRE[1] + (TURN[1][0] * u + TURN[1][1] * v)])
"""
TURNED = (
    """
def f(point):
    return plain_f(moved(point))
""",
    """
def grad_f(point):
    p, q = plain_grad_f(moved(point))
    return np.array([TURN[0][0] * p + TURN[1][0] * q, TURN[0][1] * p + TURN[1][1] * q])
""",
    """
def hess_f(point):
    h = plain_hess_f(moved(point))
    left = [[TURN[0][i] * h[0, j] + TURN[1][i] * h[1, j] for j in (0, 1)] for i in (0, 1)]
    return np.array([[left[i][0] * TURN[0][j] + left[i][1] * TURN[1][j] for j in (0, 1)] for i in (0, 1)])
""",
)
WORDS = (message("Return the function's value at a point."), message("Return its gradient."), message("Return its Hessian."))


def derived(spec: RaceSpec) -> Any:
    """Return the formula of a race's function, derived; ScriptError where it has none."""
    from optim.problems.formulas.derive import derive  # noqa: PLC0415 - SymPy takes 0.6 s to import

    if isinstance(spec.problem, Problem) and PROBLEMS.get(spec.problem.name) is not spec.problem:
        raise ScriptError(message("The function is an object of your own, which a script cannot hold."))
    problem = spec.base_problem
    if not problem.formula:
        title = problem.title
        raise ScriptError(
            message("{title} is a function of many variables; scripts are written for functions of x and y.", title=title)
        )
    return derive(problem.formula)


def is_dialled(spec: RaceSpec) -> bool:
    """Whether the function is rotated, stretched or shifted."""
    return spec.rotate != 0.0 or spec.stretch != 1.0 or any(spec.shift)


def dials(spec: RaceSpec, module: str, stack: str) -> str:
    """Return the code of the dials."""
    matrix = turn(spec.rotate, spec.stretch)
    return DIALS.format(centre=spec.base_problem.centre, shift=spec.shift, turn=matrix, module=module, stack=stack).strip()


def function_code(spec: RaceSpec, sources: Sources, hessian: bool) -> list[str]:
    """Return the code of f and grad_f, and of hess_f where it is asked for."""
    formula = derived(spec)
    turned = is_dialled(spec)
    names = [f"plain_{name}" if turned else name for name in NAMES[: 3 if hessian else 2]]
    parts = [_function(names[0], formula.source(0), WORDS[0], _value)]
    for order in range(1, len(names)):
        parts += _derivative(formula, sources, names, order)
    if turned:
        parts += [dials(spec, "np", "array"), *(text.strip() for text in TURNED[: 3 if hessian else 2])]
    return parts


def _derivative(formula: Any, sources: Sources, names: list[str], order: int) -> list[str]:
    """Return the code of a derivative: as it is derived, and then as the library mends it."""
    from optim.problems.formulas.corners import smoothed  # noqa: PLC0415 - SymPy takes 0.6 s to import
    from optim.problems.formulas.mending import masked, mended  # noqa: PLC0415

    name, count = names[order], order + 1
    layers = []
    at = formula.corners[order - 1]
    if at.signs:
        layers.append(f"{sources.add(smoothed)}({{0}}, {name}_signs_of, {name}_branch, {count})")
    if not formula.smooth:
        layers.append(f"{sources.add(mended)}({{0}}, {names[order - 1]})")
    if not formula.defined:
        layers.append(f"{sources.add(masked)}({{0}}, {names[0]})")
    raw = f"raw_{name}" if layers else name
    parts = [_function(raw, formula.source(order), WORDS[order], _listed if at.signs else (_value, _gradient, _hessian)[order])]
    if at.signs:
        parts += [
            _function(f"{name}_signs_of", at.source("arguments"), message("Return what signs are taken of."), _listed),
            _function(f"{name}_branch", at.source("branch"), message("Return the parts with the signs as given."), _listed),
        ]
    for layer in layers:
        parts.append(f"{name} = {layer.format(raw)}")
        raw = name
    return parts


def _value(results: list[str]) -> str:
    return results[0]


def _listed(results: list[str]) -> str:
    return f"[{', '.join(results)}]"


def _gradient(results: list[str]) -> str:
    return f"np.array([{', '.join(results)}], dtype=float)"


def _hessian(results: list[str]) -> str:
    xx, xy, yy = results
    return f"np.array([[{xx}, {xy}], [{xy}, {yy}]], dtype=float)"


def _function(name: str, source: str, words: str, returned: Callable[[list[str]], str]) -> str:
    """Return a compiled function of x, y and perhaps signs as a function of a point and them."""
    lines, results, sides = body(source, NUMPY)
    head = [f"def {name}(point{', signs' if sides else ''}):", f'    """{words}"""', "    x, y = point"]
    rows = [*head, *([f"    {', '.join(sides)}, = signs"] if sides else []), *(f"    {line}" for line in lines)]
    return "\n".join([*rows, f"    return {returned(results)}"])


def conditions(spec: RaceSpec, sources: Sources) -> tuple[list[str], str]:
    """Return the code of what a racer faces, and how it asks for the gradient at {0} in step t."""
    central = spec.gradient == "central"
    noise = []
    if spec.noise:
        draw = f"np.random.default_rng(np.random.SeedSequence({spec.seed}, spawn_key=(0,))).standard_normal((STEPS, 2))"
        noise = ["# The noise: at step t every racer faces the function plus this slope.", f"SLOPES = {draw} * {spec.noise!r}"]
    if not central:
        return ["\n".join(noise)] if noise else [], "grad_f({0}) + SLOPES[t]" if noise else "grad_f({0})"
    name = sources.add(central_gradient)
    assert central_gradient.__defaults__[0] == CENTRAL_STEP  # type: ignore[index]
    if not noise:
        return [], f"{name}(f, {{0}})"
    noisy = "def noisy_f(point, t):\n    return f(point) + SLOPES[t][0] * point[0] + SLOPES[t][1] * point[1]"
    return ["\n".join(noise), noisy], f"{name}(lambda point: noisy_f(point, t), {{0}})"
