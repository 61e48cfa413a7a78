"""Formulas: text, parsed against a whitelist, derived by SymPy, compiled to NumPy."""
