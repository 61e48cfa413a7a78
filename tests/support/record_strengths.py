"""Write what optimizers pay for the target to `strengths.json` of the reports: `python -m tests.support.record_strengths`."""

import json
import math

import optim
from optim.reports.comparison.strengths import FILE, kinds, price


def main():
    """Write the file."""
    prices = {name: {function: price(name, function) for function in kinds()} for name in optim.OPTIMIZERS}
    written = {
        name: {function: float(f"{paid:.6g}") if math.isfinite(paid) else None for function, paid in own.items()}
        for name, own in prices.items()
    }
    FILE.write_text(json.dumps(written, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
