"""Update rules as lines of plain mathematics: read against a whitelist, arranged, compiled to NumPy, evaluated."""
