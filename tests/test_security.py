"""What SECURITY.md promises of settings and headers."""

import base64
import hashlib
import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest
import streamlit

from optim.networks.data.bounds import MAX_FILE
from pages.shared.inputs.beside import LONGEST
from tests.conftest import ROOT

CONFIG = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text())
NGINX = (ROOT / "docs" / "deploy" / "nginx.conf").read_text()
INLINE = re.compile(r"<script(?![^>]*\ssrc=)[^>]*>(.*?)</script>", re.DOTALL)


def policy():
    """Return the content security policy of the nginx example, by directive."""
    text = re.search(r'Content-Security-Policy "([^"]+)"', NGINX)[1]
    return {name: set(sources) for name, *sources in (part.split() for part in text.split(";"))}


def test_production_settings_are_those_promised():
    server = CONFIG["server"]
    assert CONFIG["client"]["showErrorDetails"] == "none"
    assert (server["enableCORS"], server["enableXsrfProtection"], server["xsrfCookieSameSite"]) == (True, True, "strict")
    assert not server.get("enableStaticServing", False)
    assert CONFIG["browser"]["gatherUsageStats"] is False
    assert server["fileWatcherType"] == "none"  # 65 % of the work while 100 visitors came


def test_a_file_or_a_message_can_be_as_large_as_what_the_app_takes_and_not_much_larger():
    assert MAX_FILE <= CONFIG["server"]["maxUploadSize"] * 2**20 < 1.1 * MAX_FILE
    assert CONFIG["server"]["maxWidgetStateSize"] * 2**20 > 20 * LONGEST
    body = int(re.search(r"client_max_body_size (\d+)m;", NGINX)[1])
    assert CONFIG["server"]["maxUploadSize"] < body <= CONFIG["server"]["maxUploadSize"] + 4


def test_the_policy_allows_streamlits_one_program_in_its_page_and_no_other():
    page = (Path(streamlit.__file__).parent / "static" / "index.html").read_text()
    programs = [base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in INLINE.findall(page)]
    allowed = policy()["script-src"]
    assert allowed == {"'self'", "blob:", *(f"'sha256-{program}'" for program in programs)}


def test_the_policy_names_no_other_host():
    for sources in policy().values():
        assert not any("//" in source or source in {"*", "https:", "http:"} for source in sources - {"*"})
    assert policy()["default-src"] == {"'none'"}
    assert {name for name, sources in policy().items() if "*" in sources} == {"frame-ancestors"}  # the app may be embedded


def test_nginx_takes_the_example(tmp_path):
    nginx = shutil.which("nginx") or shutil.which("/usr/sbin/nginx")
    if nginx is None:
        pytest.skip("nginx is not installed")
    (tmp_path / "race.conf").write_text(NGINX.replace("listen 80;", "listen 127.0.0.1:8590;"))
    whole = f"pid {tmp_path}/pid; error_log {tmp_path}/log; events {{}} http {{ access_log off; include {tmp_path}/race.conf; }}"
    (tmp_path / "nginx.conf").write_text(whole)
    done = subprocess.run([nginx, "-t", "-c", str(tmp_path / "nginx.conf")], check=False, capture_output=True, text=True)
    assert "syntax is ok" in done.stderr, done.stderr


def test_every_test_that_security_names_exists():
    named = re.findall(r"`(tests/[\w/.]+\.py)`", (ROOT / "SECURITY.md").read_text())
    assert len(named) >= 10
    assert [path for path in named if not (ROOT / path).exists()] == []
