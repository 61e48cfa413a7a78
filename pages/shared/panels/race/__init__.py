"""The panels of the Race and Step pages."""
