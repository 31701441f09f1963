"""What tests of the command line share."""

import json

from storage import create_archive


def rows_of(out):
    """The rows of an answer in JSON lines."""
    return [json.loads(line) for line in out.splitlines()]


def write_sources(folder, **urls):
    """A configuration for one's own server, and an empty archive."""
    text = 'contact = "tests@standfirst.example"\n[crawl]\ndelay_s = 0\nretries = 0\n'
    for slug, url in urls.items():
        text += f'[source.{slug}]\nurls = ["{url}"]\nallow_private = true\n'
    (folder / "standfirst.toml").write_text(text)
    with create_archive(folder / "archive.db"):
        pass
