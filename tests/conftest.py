"""What several test modules stand on."""

import pytest
from answering import serving
from hypothesis import settings
from slow_web import slow_web

from standfirst.cli.group import run
from standfirst.demo import crawl_nights

settings.register_profile("however slow the machine", deadline=None)  # 200 ms an example is no promise of ours
settings.load_profile("however slow the machine")


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch):
    """The caller's proxies, configuration and terminal must not decide a test's result."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy", "STANDFIRST_CONFIG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COLUMNS", "120")


@pytest.fixture(scope="session")
def demo_folder(tmp_path_factory):
    """The folder that `standfirst demo --keep` leaves: standfirst.toml and an archive of all nights. To be read, not written."""
    folder = tmp_path_factory.mktemp("demo")
    crawl_nights(folder)
    return folder


@pytest.fixture
def web():
    """A web on loopback that a test can hold up: see `slow_web`."""
    with slow_web() as web:
        yield web


@pytest.fixture
def answering():
    """A server on loopback that answers with what the test gives it: see `answering`."""
    with serving() as server:
        yield server


@pytest.fixture
def cli(capsys, monkeypatch, tmp_path):
    """Runs one command in a folder of its own; returns (exit code, stdout, stderr)."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "nobody"))

    def call(*argv):
        code = run([str(arg) for arg in argv])
        captured = capsys.readouterr()
        return int(code), captured.out, captured.err

    return call


@pytest.fixture
def demo_archive(demo_folder):
    """The demo's archive. To be read, not written."""
    return demo_folder / "archive.db"
