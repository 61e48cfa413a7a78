"""Write the learning rates that work on each function to optim/sweeps/tuned_rates.json: `python -m tests.support.record_rates`."""

import json

import optim
from optim.sweeps.offered import FILE, tuned_rates


def main():
    """Write the file."""
    found = {name: tuned_rates(name) for name in optim.PROBLEMS}
    lines = [f'"{name}": {json.dumps(rates)}' for name, rates in found.items()]
    FILE.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
