"""Speed, printed: `python -m tests.benchmark`. Ratios are taken in one run on one machine; nothing here is a test."""
