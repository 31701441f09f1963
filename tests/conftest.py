"""What several test modules stand on."""

import pytest
from hypothesis import settings

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
