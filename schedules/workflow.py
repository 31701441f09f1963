"""A nightly crawl on GitHub's machines, as the text of a workflow. Pure."""

from __future__ import annotations

import re

from schedules.settings import Config
from schedules.slots import lot
from scraper.errors import ConfigError
from scraper.version import VERSION

PLAIN = re.compile(r"\w[\w.-]*", re.ASCII)
WORKFLOW = """\
# Written by `standfirst schedule github`. Put it into .github/workflows/standfirst.yml of a repository that has {config} in its top folder.
#
# Each night: takes the archive from the release "archive", crawls, puts the archive back, and commits the tables as CSV.
# Once, by hand, before the first night:  gh release create archive {archive} --notes "Written each night by standfirst.yml"
#
# What this can't do: GitHub begins such jobs late, by up to an hour and more, and leaves some out; it stops them in a repository where
# nothing happened for 60 days. Its machines' addresses are shared, and some sites refuse them: `standfirst status` tells which. An asset of a
# release may have 2 GB. Whoever can read the repository can read the archive.
name: standfirst
on:
  schedule:
    - cron: "{minute} {hour} * * *"  # UTC
  workflow_dispatch:
permissions:
  contents: write
concurrency:  # one at a time, and none is broken off
  group: standfirst
  cancel-in-progress: false
jobs:
  crawl:
    runs-on: ubuntu-latest
    timeout-minutes: 120
    env:
      GH_TOKEN: ${{{{ github.token }}}}
    steps:
      - uses: actions/checkout@v5
      - uses: actions/setup-python@v6
        with:
          python-version: "3.13"
      - run: python -m pip install "standfirst=={version}"
      # Without the archive of the night before, the job ends here: an empty one in its place would lose the history.
      - run: gh release download archive --pattern {archive} --clobber
      - name: crawl
        id: crawl
        run: |
          code=0
          standfirst crawl --quiet --config {config} || code=$?
          echo "code=$code" >>"$GITHUB_OUTPUT"
          case $code in 0|3|4) ;; *) exit $code ;; esac  # 3 and 4: some pages, or all, could not be read; that is recorded as well
      - name: keep the archive
        run: |
          mkdir -p kept
          standfirst backup kept/{archive} --config {config}
          gh release upload archive kept/{archive} --clobber
      - name: commit the tables
        run: |
          mkdir -p tables
          for table in cards changes gaps; do standfirst export "$table" --config {config} -o "tables/$table.csv"; done
          git config user.name "github-actions[bot]"
          git config user.email "41898282+github-actions[bot]@users.noreply.github.com"
          git add tables
          git diff --cached --quiet || git commit -q -m "Tables of $(date -u +%Y-%m-%d)"
          git push -q
      - name: tell whether all pages were read  # a job that fails sends its owner a mail
        if: steps.crawl.outputs.code != '0'
        run: exit ${{{{ steps.crawl.outputs.code }}}}
"""


def workflow(config: Config) -> str:
    """The workflow for a repository with this configuration and its archive, at a time of its own between two and five o'clock UTC.

    ConfigError where the archive isn't beside the configuration, or one of the two has a name that a shell would take for something else.
    """
    names = (config.path.name, config.archive.name)
    if config.archive.parent != config.path.absolute().parent:
        raise ConfigError(
            f'{config.path}: archive: has to be in the same folder for this; write its name only, as in "archive.db"'
        )
    for name in names:
        if not PLAIN.fullmatch(name):
            raise ConfigError(f"{name!r}: letters, digits, - _ and . only for this, please; rename the file")
    minute, hour = int(lot(*names, "minute") * 60), 2 + int(lot(*names, "hour") * 3)
    return WORKFLOW.format(config=names[0], archive=names[1], version=VERSION, hour=hour, minute=minute)
