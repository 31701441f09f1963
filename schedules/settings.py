"""What `standfirst.toml` says, as records: one per table of the file."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

import msgspec

from scraper.errors import UnknownSourceError
from scraper.recipe import Recipe
from scraper.urls import DEFAULT_URL_RULES, UrlRules

Seconds = Annotated[float, msgspec.Meta(ge=0, le=86_400)]
Text = Annotated[str, msgspec.Meta(min_length=1)]


@dataclass(frozen=True, slots=True, kw_only=True)
class CrawlSettings:
    """The `[crawl]` table: how the crawler behaves towards every host."""

    delay_s: Seconds = 5.0  # from the end of a host's last response to the next request
    connect_timeout_s: Seconds = 10.0
    idle_timeout_s: Seconds = 20.0  # without a byte
    total_timeout_s: Seconds = 60.0  # for one page, redirects included, retries not
    max_bytes: Annotated[int, msgspec.Meta(ge=1024)] = 10_000_000  # decompressed
    max_redirects: Annotated[int, msgspec.Meta(ge=0, le=20)] = 5
    retries: Annotated[int, msgspec.Meta(ge=0, le=10)] = 2
    patience_s: Seconds = (
        120.0  # how long a page waits where its host asked to be left alone; longer defers it to the end of the run
    )
    longest_run_s: Seconds | None = None  # pages whose turn has not come by then are put off to the next run; None: no end
    most_pages: Annotated[int, msgspec.Meta(ge=1)] | None = None  # a run asks for; the others are put off as well; None: no end
    proxy: str | None = None  # "http://host:port"
    http2: bool = False  # where a server offers it; needs the extra `http2`
    ca_file: str | None = None  # certificates to trust instead of the usual ones, PEM; relative to the file
    host_groups: dict[str, str] = field(default_factory=dict)  # host name or "*.domain" -> a name: hosts of one name take turns
    connect_to: dict[str, str] = field(default_factory=dict)  # host name -> "address:port", for one's own test servers


@dataclass(frozen=True, slots=True, kw_only=True)
class ScheduleSettings:
    """The `[schedule]` table: when sources are due that don't say it themselves."""

    cadence: Text = "nightly"  # "nightly", "hourly", "every 6 hours", or a cron expression such as "30 5 * * 1-5"
    timezone: Text = "UTC"  # IANA name, such as "Europe/Brussels": what the cadence's and the window's times mean
    window: Text | None = (
        None  # "01:00-05:00", local: looks begin in it only; None: at any time ("nightly": in the night's first hours)
    )
    jitter_s: Seconds = 0.0  # a look begins up to that much later, by a lot that is drawn anew for each
    catch_up: bool = (
        True  # a look that was missed (machine off, run killed) is made as soon as may be, once, however many were missed
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmSettings:
    """The `[alarms]` table: what is told when a page stops looking like itself."""

    enabled: bool = True
    history: Annotated[int, msgspec.Meta(ge=3)] = 56  # good looks before tonight's that a page is held against
    least_history: Annotated[int, msgspec.Meta(ge=2)] = 7  # no alarm before there were that many


@dataclass(frozen=True, slots=True, kw_only=True)
class NotifySettings:
    """The `[notify]` table: who hears of a run that went badly, or of each."""

    ping: Text | None = (
        None  # URL of a monitor: asked for with /start at the run's begin, as it is at a good end, with /fail at a bad one
    )
    command: tuple[Text, ...] = ()  # program and arguments; the run's summary is its standard input, as JSON
    mail_to: tuple[Text, ...] = ()  # addresses; through `sendmail`
    sendmail: Text = "/usr/sbin/sendmail"
    always: bool = False  # command and mail also after a good run


@dataclass(frozen=True, slots=True, kw_only=True)
class MaintenanceSettings:
    """The `[maintenance]` table: what a run does for the archive after its last look."""

    checkpoint: bool = True  # the write-ahead log goes into the file, so that a copy of the file alone is whole
    prune: Text | None = None  # "90d" or "keyframes", as `standfirst prune --keep` takes it; None: nothing is ever dropped


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One `[source.SLUG]` table: what we watch."""

    slug: str
    urls: tuple[str, ...]  # listing pages, at least one
    name: str | None = None  # for people
    why: str | None = None  # why it is watched; goes into the archive's documentation
    enabled: bool = True
    max_pages: int = 1  # how many pages deep to follow "older" links
    until_known: bool = False  # go no deeper than the first page without a new card
    delay_s: float | None = None  # None: as in [crawl]
    render: bool = False  # let a browser run the page's scripts; needs the extra `browser` and an installed Chromium
    render_hosts: tuple[str, ...] = ()  # hosts that the page's scripts may ask besides its own
    cookies: dict[str, str] = field(default_factory=dict)  # sent to the page's own host; what it sets is not kept
    allow_private: bool = False  # the host may be on loopback or a private network (one's own servers)
    cadence: str | None = None  # this and the next four: None: as in [schedule]
    timezone: str | None = None
    window: str | None = None
    jitter_s: Seconds | None = None
    catch_up: bool | None = None
    priority: int = 0  # among sources that are due: the higher the sooner
    adaptive: tuple[str, str] | None = (
        None  # shortest and longest interval, ("6h", "3d"): looked at as often as it changes; None: as often as told
    )
    addresses: UrlRules = DEFAULT_URL_RULES  # which of its links are one article's
    recipe: Recipe | None = None  # how its pages are read; None: by the full method


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """One configuration file, checked."""

    path: Path  # the file; paths in it are relative to its folder
    archive: Path  # absolute
    contact: str  # an e-mail address or URL at which site owners reach you; "" until filled in
    crawl: CrawlSettings
    schedule: ScheduleSettings
    alarms: AlarmSettings
    notify: NotifySettings
    maintenance: MaintenanceSettings
    sources: tuple[Source, ...]  # in the order of the file
    sha256: str  # of the file's bytes: which configuration a run had

    def get_source(self, slug: str) -> Source:
        """The source of that slug; UnknownSourceError names the nearest ones."""
        for source in self.sources:
            if source.slug == slug:
                return source
        known = [source.slug for source in self.sources]
        near = difflib.get_close_matches(slug, known, n=3)
        hint = f"did you mean {' or '.join(near)}?" if near else f"known: {', '.join(known) or 'none yet, see `standfirst add`'}"
        raise UnknownSourceError(f"{self.path}: there is no source {slug!r}; {hint}")

    def choose(self, slugs: Iterable[str]) -> tuple[Source, ...]:
        """The sources of these slugs in the file's order; without slugs, every enabled one."""
        wanted = {self.get_source(slug).slug for slug in slugs}
        return tuple(source for source in self.sources if (source.slug in wanted if wanted else source.enabled))
