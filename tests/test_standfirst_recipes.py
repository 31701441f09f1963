"""Recipes from the command line: learned with `add`, replaced with `learn`, reported by `crawl` when a page has drifted."""

from __future__ import annotations

import contextlib
import json
import re
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from schedules.config import load_config, parse_config
from scraper.errors import ConfigError
from standfirst.demo_outlets.content import outlets
from standfirst.demo_server import NIGHTS, DemoServer, expected_cards
from storage import create_archive

Cli = Callable[..., tuple[int, str, str]]
REDESIGN = next(night for night in range(len(NIGHTS)) if outlets()["cities"].editions[night].design != "cities")
URL = outlets()["cities"].listing_url
BY_HAND = '\n[source.cities.recipe]\n# seen in the browser\ncard = "article"\ntitle = "h2"\n'


def first_row(out: str) -> dict[str, object]:
    return json.loads(out.splitlines()[0])  # type: ignore[no-any-return]


def configure(folder: Path, server: DemoServer, sources: str = "") -> Path:
    path = folder / "standfirst.toml"
    path.write_text(
        '# my outlets\ncontact = "tests@standfirst.example"\n[crawl]\ndelay_s = 0  # my own server\nretries = 0\n'
        f'[crawl.connect_to]\n"cities.example" = "127.0.0.1:{server.port}"\n{sources}'
    )
    with create_archive(folder / "archive.db"):
        pass
    return path


def source(recipe: str = "") -> str:
    return f'[source.cities]  # the first\nurls = ["{URL}"]\nallow_private = true\n{recipe}\n[source.other]  # the second\nurls = ["https://other.example/"]\nallow_private = true\nenabled = false\n'


def test_add_writes_the_recipe_with_its_date_under_the_source(cli: Cli, tmp_path: Path) -> None:
    with DemoServer(night=0) as server:
        path = configure(tmp_path, server)
        code, _, err = cli("add", URL, "--slug", "cities", "--allow-private")
    assert code == 0, err
    assert "recipe: article, with selectors for title, url, blurb" in err
    text = path.read_text()
    assert text.startswith("# my outlets\n")
    assert re.search(r"\[source\.cities\.recipe\]\nlearned_on = \d{4}-\d\d-\d\d\ncard = \"article\"\n", text)
    recipe = load_config(path).get_source("cities").recipe
    assert recipe is not None
    assert recipe.only


def test_add_without_recipe_writes_none(cli: Cli, tmp_path: Path) -> None:
    with DemoServer(night=0) as server:
        path = configure(tmp_path, server)
        assert cli("add", URL, "--slug", "cities", "--allow-private", "--no-recipe")[0] == 0
    assert load_config(path).get_source("cities").recipe is None


def test_a_redesign_is_read_right_and_reported_as_drift_with_old_and_new_numbers(cli: Cli, tmp_path: Path) -> None:
    with DemoServer(night=0) as server:
        configure(tmp_path, server)
        assert cli("add", URL, "--slug", "cities", "--allow-private")[0] == 0
        for night in range(REDESIGN):
            server.night = night
            code, out, err = cli("crawl", "--json")
            assert code == 0, err
            assert first_row(out)["drift"] is None
            assert "drift" not in err
        server.night = REDESIGN
        code, out, err = cli("crawl", "--json")
        titles = [json.loads(line)["title"] for line in cli("cards", "--format", "jsonl")[1].splitlines()]
    assert code == 0
    row = first_row(out)
    assert re.fullmatch(r"expected 3 to 24 cards with .*, found 0; read by the full method: 8 cards", row["drift"])
    assert f"; drift: {row['drift']}" in err
    assert (row["outcome"], row["cards"]) == ("ok", 8)
    assert titles == [card.title for card in expected_cards("cities", REDESIGN)]
    with contextlib.closing(sqlite3.connect(tmp_path / "archive.db")) as db:
        assert db.execute("SELECT detail FROM crawl ORDER BY id DESC LIMIT 1").fetchone() == (f"drift: {row['drift']}",)


def test_learn_replaces_the_recipe_and_keeps_every_comment(cli: Cli, tmp_path: Path) -> None:
    with DemoServer(night=0) as server:
        path = configure(tmp_path, server, source())
        assert cli("learn", "cities")[0] == 0
        before = path.read_text()
        server.night = REDESIGN
        code, out, err = cli("learn", "cities")
        assert code == 0, err
        assert first_row(cli("crawl", "--json")[1])["drift"] is None
    text = path.read_text()
    for comment in ("# my outlets", "# my own server", "# the first", "# the second"):
        assert comment in text
    assert before != text
    assert out.index("old\n") < out.index("card        article\n") < out.index("new\n")
    assert text.index("[source.cities.recipe]") < text.index("[source.other]")


def test_learn_leaves_a_recipe_written_by_hand_unless_forced(cli: Cli, tmp_path: Path) -> None:
    with DemoServer(night=0) as server:
        path = configure(tmp_path, server, source(BY_HAND))
        before = path.read_text()
        code, _, err = cli("learn", "cities")
        assert (code, path.read_text()) == (78, before)
        assert "source.cities.recipe: was written by hand" in err
        assert cli("learn", "cities", "--force")[0] == 0
    recipe = load_config(path).get_source("cities").recipe
    assert recipe is not None
    assert recipe.learned_on is not None


def test_a_recipe_written_by_hand_is_used_and_checked_like_a_learned_one(cli: Cli, tmp_path: Path) -> None:
    with DemoServer(night=0) as server:
        configure(tmp_path, server, source('[source.cities.recipe]\ncard = "article"\ntitle = "time"\n'))
        assert cli("crawl", "cities")[0] == 0
        titles = {json.loads(line)["title"] for line in cli("cards", "--format", "jsonl")[1].splitlines()}
        assert titles.isdisjoint({card.title for card in expected_cards("cities", 0)})
        server.night = REDESIGN
        row = first_row(cli("crawl", "cities", "--json")[1])
    assert row["drift"] == "expected 1 or more cards, found 0; read by the full method: 8 cards"


def test_learn_says_why_there_is_no_recipe_and_changes_nothing(cli: Cli, tmp_path: Path) -> None:
    with DemoServer(night=0) as server:
        path = configure(tmp_path, server, source().replace("/latest/", "/about/"))
        before = path.read_text()
        code, out, err = cli("learn", "cities")
    assert (code, out, path.read_text()) == (4, "", before)
    assert err


@pytest.mark.parametrize(
    ("recipe", "complaint"),
    [
        ('card = "article"\ncolour = "red"', "source.a.recipe.colour: unknown key; known here: learned_on, card"),
        ('card = "article[["', "source.a.recipe.card: 'article[[' is no CSS selector"),
        ('title = "h2"', 'source.a.recipe.card: missing; give the CSS selector of a card, card = "article.teaser"'),
    ],
)
def test_a_recipe_that_cannot_be_used_is_refused_with_file_key_and_remedy(recipe: str, complaint: str) -> None:
    text = f'[source.a]\nurls = ["https://a.example/"]\n[source.a.recipe]\n{recipe}\n'
    with pytest.raises(ConfigError, match=re.escape(f"standfirst.toml: {complaint}")):
        parse_config(text.encode(), Path("standfirst.toml"))
