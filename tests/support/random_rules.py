"""Rules drawn at random, as somebody might type them, right ones and wrong ones."""

from optim.optimizers.typed import WORDS


def random_text(rng):
    """Return lines drawn from a grammar a little larger than the language."""

    def expression(depth):
        if depth == 0 or rng.random() < 0.2:
            return rng.choice(["x", "g", "m", "lr", "beta1", "t", "s", "0.5", "2", "1e-3", "0"])
        kind = rng.random()
        part = lambda: expression(depth - 1)  # noqa: E731
        if kind < 0.5:
            return f"({part()} {rng.choice(['+', '-', '*', '/', '%', '**', '*', '-'])} {part()})"
        if kind < 0.75:
            name = rng.choice([*WORDS[3:], "sqrt", "foo"])
            count = {"max": 2, "min": 2, "dot": 2, "clip": 3}.get(name, 1)
            return f"{name}({', '.join(part() for _ in range(count))})"
        if kind < 0.9:
            return f"({part()} if {part()} {rng.choice(['<', '>', '==', '!='])} {part()} else {part()})"
        return f"(-{part()})"

    lines = ["g = gradient(x)"] + [f"{rng.choice('mmsyz')} {rng.choice(['=', '=', ':='])} {expression(2)}" for _ in range(3)]
    if rng.random() < 0.3:
        lines.append(f"m starts at {expression(1)}")
    return "\n".join([*lines, f"x = x - lr * {expression(3)}"])
