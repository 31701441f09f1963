"""How a fetcher behaves. Every field has a default that a site's owner would not mind."""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from scraper.errors import ConfigError
from scraper.politeness import FIRST_BACK_OFF_S
from scraper.redirects import is_web_url, without_credentials
from scraper.version import VERSION

PRODUCT_TOKEN = "standfirst"  # noqa: S105 - what robots.txt groups for us are addressed to
DEFAULT_MAX_BYTES = 10 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchSettings:
    """Fixed for the life of a fetcher. There is no switch that ignores robots.txt."""

    contact: str | None = None  # a URL or a mail address: whom a site's owner can ask; part of the user agent
    user_agent: str | None = None  # the whole of it; None: "Standfirst/VERSION (+contact)"
    delay_s: float = 5.0  # from the end of a host's answer to the next request to it; robots.txt can lengthen it
    host_delays_s: Mapping[str, float] = field(default_factory=dict)  # host name -> its own `delay_s`
    host_groups: Mapping[str, str] = field(default_factory=dict)
    """Host name, or "*.domain" for all hosts below it -> a name: hosts of one name take turns together."""
    connect_timeout_s: float = 10.0  # name, connection and TLS
    idle_timeout_s: float = 20.0  # without a byte
    total_timeout_s: float = 60.0  # one request, from connecting to its last byte
    patience_s: float = 120.0
    """How long one fetch waits because the host asked for it: Retry-After, a 429 or 503 without one, or a long Crawl-delay. A longer wait ends
    the fetch as "deferred", with the reason; our own delay is waited for in any case."""
    first_back_off_s: float = FIRST_BACK_OFF_S  # after a 429 or 503 that names no time; doubled with each further one
    max_bytes: int = DEFAULT_MAX_BYTES  # of a body, decompressed
    max_redirects: int = 10
    retries: int = 2  # further attempts after the first, for failures that may pass
    connect_to: Mapping[str, tuple[str, int]] = field(default_factory=dict)
    """Host name -> address and port to connect to instead, as curl's --connect-to does; the URL's name stays in Host and TLS. These
    connections are not judged for being private: they are the owner's own word."""
    ca_file: str | None = None  # certificates to trust instead of the usual ones, PEM
    proxy: str | None = None
    """"http://user:password@host:port". Names are then resolved by the proxy, which alone can keep a name from leading inside; addresses
    written as numbers are still judged. `connect_to` has no effect."""
    http2: bool = False  # where the server offers it; needs the `http2` extra
    browser_path: str | None = None  # of Chromium or Chrome, for pages that are drawn; None: the first on the PATH
    browser_sandbox: bool = True  # Chromium's own; off only where the whole program is in a container of its own
    honour_opt_outs: bool = True  # a page that reserves text and data mining ends as "opted_out"; False: only recorded
    ask_tdm_file: bool = True  # whether a site is asked for its tdmrep.json, once a day, before its pages

    def __post_init__(self) -> None:
        """Raises ConfigError for what can't work."""
        if self.http2 and importlib.util.find_spec("h2") is None:
            raise ConfigError("HTTP/2 needs a package that is not installed; run: pip install 'standfirst[http2]'")
        for name, value in (("contact", self.contact), ("user_agent", self.user_agent)):
            if value is not None and re.search(r"[\x00-\x1f\x7f]", value):
                raise ConfigError(f"{name} is sent as a header and can't hold line breaks or control characters: {value!r}")
        if self.proxy is not None and not is_web_url(self.proxy):
            raise ConfigError(f"the proxy must be an http or https URL with a host, not {without_credentials(self.proxy)!r}")

    def identification(self) -> str:
        """The User-Agent header."""
        if self.user_agent is not None:
            return self.user_agent
        return f"Standfirst/{VERSION} (+{self.contact})" if self.contact else f"Standfirst/{VERSION}"

    def mail_address(self) -> str | None:
        """The From header (RFC 9110, 10.1.2), where the contact is a mail address; None else."""
        address = (self.contact or "").removeprefix("mailto:")
        return address if re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", address) else None
