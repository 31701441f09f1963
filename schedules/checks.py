"""What `standfirst check` looks at, a function a question. Each answers with findings; none changes anything."""

from __future__ import annotations

import fcntl
import importlib.metadata
import importlib.util
import shutil
import subprocess
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit

from schedules.health import SourceHealth
from schedules.lock import lock_path
from schedules.settings import Config, Source
from scraper.certificates import Certificate, HostToGreet
from storage.soundness import Soundness

PACKAGES = ("scraper", "storage", "schedules", "standfirst")
CLOCK_ERROR = timedelta(minutes=5)
MISSED = 2  # looks in a row that were due; one may be under way, or made up for soon
LEAST_ROOM = timedelta(days=30)  # of growth
LEAST_BYTES = 100_000_000
EXPIRES_SOON = timedelta(days=14)


class Level(StrEnum):
    """How bad a finding is."""

    FINE = "fine"
    NOTE = "note"  # worth knowing, nothing to do
    TROUBLE = "trouble"  # somebody should do something
    UNUSABLE = "unusable"  # no crawl can be made like this


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One answer."""

    topic: str  # "archive", "clock"
    level: Level
    sentence: str


def check_configuration(config: Config) -> Iterator[Finding]:
    """The configuration has been read; what it still lacks."""
    enabled = sum(source.enabled for source in config.sources)
    yield _fine("configuration", f"{config.path}: {_counted(len(config.sources), 'source')}, {enabled} enabled")
    if not config.contact:
        yield Finding(
            topic="configuration",
            level=Level.UNUSABLE,
            sentence=f"{config.path}: contact: is empty; put in an e-mail address or URL at which site owners reach you, nothing is fetched without it",
        )
    if not enabled:
        yield _trouble("configuration", f"{config.path}: no source is enabled; add one with `standfirst add URL`")


def check_extras(sources: Iterable[Source], *, http2: bool) -> Iterator[Finding]:
    """Optional packages that the sources need."""
    rendered = [source.slug for source in sources if source.enabled and source.render]
    if rendered and importlib.util.find_spec("playwright") is None:
        yield _trouble(
            "extras",
            f"{', '.join(rendered)}: need a browser (render = true); install the extra: pip install 'standfirst[browser]'",
        )
    if http2 and importlib.util.find_spec("h2") is None:
        yield _trouble("extras", "crawl.http2: needs the extra: pip install 'standfirst[http2]'")


def check_packages(
    owners: Mapping[str, Sequence[str]] | None = None, folders: Mapping[str, Path] | None = None
) -> Iterator[Finding]:
    """Whether another distribution owns one of our import names, which are common words, or another folder hides one of the packages."""
    owners = importlib.metadata.packages_distributions() if owners is None else owners
    for name in PACKAGES:
        strangers = sorted({owner for owner in owners.get(name, ()) if owner.lower() != "standfirst"})
        if strangers:
            yield _trouble(
                "packages",
                f"the package {name} also belongs to {', '.join(strangers)}; install Standfirst into an environment of its own",
            )
    folders = _package_folders() if folders is None else folders
    home = folders["standfirst"]
    for name, folder in folders.items():
        if folder != home:
            yield _trouble("packages", f"the package {name} comes from {folder}, Standfirst from {home}; another one hides ours")


def check_archive(path: Path, found: Soundness) -> Iterator[Finding]:
    """The file itself."""
    for problem in found.problems:
        yield Finding(
            topic="archive",
            level=Level.UNUSABLE,
            sentence=f"{path}: the file is damaged ({problem}); keep it, and go on with a backup of it",
        )
    if found.is_older:
        yield Finding(
            topic="archive",
            level=Level.NOTE,
            sentence=f"{path}: its tables are version {found.schema_version}; the next crawl brings them up to date, so copy the file first",
        )
    if not found.problems:
        last = "no looks yet" if found.last_at is None else f"last look {found.last_at:%Y-%m-%dT%H:%M:%SZ}"
        yield _fine("archive", f"{path}: sound, {_bytes(found.file_bytes)}, {last}")


def check_lock(archive: Path) -> Iterator[Finding]:
    """Who is crawling right now. Touches nothing, and holds nothing up."""
    path = lock_path(archive)
    try:
        with path.open(encoding="utf-8") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                holder = file.read().strip() or "unknown process"
                yield Finding(topic="lock", level=Level.NOTE, sentence=f"a crawl is running ({holder})")
            else:
                yield _fine("lock", "no crawl is running")
    except FileNotFoundError:
        yield _fine("lock", "no crawl has been made yet")
    except OSError as exc:
        yield _trouble("lock", f"{path}: can't be opened ({exc.strerror}); the crawl couldn't either")


def check_clock(found: Soundness, now: datetime) -> Iterator[Finding]:
    """Whether the clock is behind what the archive has seen: then the order of looks is right, but their times are made up."""
    if found.last_at is not None and now < found.last_at - CLOCK_ERROR:
        yield _trouble(
            "clock",
            f"it is {now:%Y-%m-%dT%H:%M:%SZ} here, and the archive's last look was at {found.last_at:%Y-%m-%dT%H:%M:%SZ}; set the clock (NTP)",
        )
    else:
        yield _fine("clock", f"{now:%Y-%m-%dT%H:%M:%SZ}")


def check_disk(archive: Path, found: Soundness, *, free_bytes: int | None = None) -> Iterator[Finding]:
    """How long the disk has room at the archive's own pace."""
    free = shutil.disk_usage(archive.parent).free if free_bytes is None else free_bytes
    room = None if not found.bytes_a_day else free / found.bytes_a_day  # days
    sentence = f"{_bytes(free)} free"
    if found.bytes_a_day:
        sentence += f", the archive grows by {_bytes(found.bytes_a_day)} a day: room for {_days(room or 0.0)}"
    if free < LEAST_BYTES or (room is not None and room < LEAST_ROOM / timedelta(days=1)):
        yield _trouble("disk", f"{sentence}; make room, or drop old page bytes with `standfirst prune`")
    else:
        yield _fine("disk", sentence)


def check_sources(sources: Iterable[SourceHealth]) -> Iterator[Finding]:
    """What is wrong with them, from the archive alone."""
    for source in sources:
        if not source.enabled:
            continue
        for trouble in source.trouble:
            yield _trouble("sources", f"{source.source}: {trouble}")


def check_wakings(sources: Sequence[SourceHealth], found: Soundness) -> Iterator[Finding]:
    """Whether anything wakes the crawl: looks that were due and that nobody made."""
    enabled = [source for source in sources if source.enabled]
    missed = [source for source in enabled if source.missed >= MISSED]
    if missed and len(missed) == len(enabled) and found.last_at is not None:
        yield _trouble(
            "schedule",
            f"nothing has been looked at since {found.last_at:%Y-%m-%dT%H:%M:%SZ}, though it was due; does anything wake the crawl? "
            "See `standfirst schedule`, and the mail of cron or `journalctl`",
        )
        return
    for source in missed:
        yield _trouble("schedule", f"{source.source}: {source.missed} looks that were due have not been made")


def read_crontab() -> str:
    """This user's crontab; "" where there is none, and no cron."""
    crontab = shutil.which("crontab")
    if crontab is None:
        return ""
    return subprocess.run([crontab, "-l"], capture_output=True, text=True, check=False).stdout  # noqa: S603  found on the PATH, as by a shell


def check_schedule(config: Path, *, crontab: str, unit_folders: Iterable[Path], has_service: bool) -> Iterator[Finding]:
    """What is seen on this machine that wakes the crawl of this configuration. Another machine, or a script, may do it all the same."""
    seen = ["this user's crontab"] if str(config) in crontab else []
    for folder in unit_folders:
        seen += [str(unit) for unit in sorted(folder.glob("*.service")) if _names(unit, config)]
    seen += ["the service of `standfirst schedule run`"] if has_service else []
    if seen:
        yield _fine("schedule", f"seen: {', '.join(seen)}")
    else:
        yield Finding(
            topic="schedule",
            level=Level.NOTE,
            sentence="none is seen in this user's crontab or systemd's folders; `standfirst schedule cron` or `systemd` writes one",
        )


def silent_sources(sources: Iterable[SourceHealth], *, since: datetime, now: datetime) -> list[SourceHealth]:
    """The enabled sources of which some page had no good look since then. A look that is yet to come tells of a wrong clock, and not
    when it was made."""
    newest = now + CLOCK_ERROR
    return [
        source
        for source in sources
        if source.enabled and (source.last_good_at is None or not since <= source.last_good_at <= newest)
    ]


def hosts_to_greet(sources: Iterable[Source]) -> list[HostToGreet]:
    """The https hosts of the enabled sources, each port once."""
    hosts: dict[tuple[str, int], HostToGreet] = {}
    for source in sources:
        for url in source.urls if source.enabled else ():
            parts = urlsplit(url)
            if parts.scheme == "https" and parts.hostname:
                key = parts.hostname, parts.port or 443
                hosts.setdefault(key, HostToGreet(host=key[0], port=key[1], allow_private=source.allow_private))
    return list(hosts.values())


def check_certificates(certificates: Iterable[Certificate], now: datetime) -> Iterator[Finding]:
    """Those that are no good, or soon won't be."""
    for certificate in certificates:
        if certificate.expires_at is None:
            yield _trouble("certificates", f"{certificate.host}: {certificate.trouble}")
        elif certificate.expires_at - now < EXPIRES_SOON:
            yield _trouble(
                "certificates",
                f"{certificate.host}: its certificate ends on {certificate.expires_at:%Y-%m-%d}; nothing to do here, but expect an outage",
            )
        else:
            yield _fine("certificates", f"{certificate.host}: good until {certificate.expires_at:%Y-%m-%d}")


def _package_folders() -> dict[str, Path]:
    folders = {}
    for name in PACKAGES:
        spec = importlib.util.find_spec(name)
        assert spec is not None
        assert spec.origin is not None
        folders[name] = Path(spec.origin).parent.parent
    return folders


def _names(unit: Path, config: Path) -> bool:
    try:
        return str(config) in unit.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False


def _fine(topic: str, sentence: str) -> Finding:
    return Finding(topic=topic, level=Level.FINE, sentence=sentence)


def _trouble(topic: str, sentence: str) -> Finding:
    return Finding(topic=topic, level=Level.TROUBLE, sentence=sentence)


def _counted(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _bytes(number: float) -> str:
    for unit in ("bytes", "kB", "MB", "GB"):
        if number < 1000:
            return f"{number:.0f} {unit}" if unit == "bytes" or number >= 100 else f"{number:.1f} {unit}"
        number /= 1000
    return f"{number:.1f} TB"


def _days(days: float) -> str:
    return f"{days / 365:.0f} years" if days >= 3 * 365 else f"{days:.0f} days"
