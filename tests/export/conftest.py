"""What the tests of scripts share."""

import os
import subprocess
import sys

import pytest


@pytest.fixture(scope="session")
def torch_python():
    """An interpreter that has PyTorch: TORCH_PYTHON, or the tests' own."""
    python = os.environ.get("TORCH_PYTHON", sys.executable)
    if subprocess.run([python, "-c", "import torch, numpy"], capture_output=True, check=False).returncode:
        pytest.skip("PyTorch is not installed; TORCH_PYTHON may name an interpreter that has it")
    return python
