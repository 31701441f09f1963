"""standfirst.toml is checked strictly: every complaint names the file, the key and the remedy."""

from pathlib import Path

import pytest

from schedules.config import find_config, load_config, parse_config
from schedules.edit import add_source
from scraper.errors import ConfigError, UnknownSourceError

FILE = Path("/somewhere/standfirst.toml")
GOOD = """
archive = "news.db"
contact = "crawler@university.example"

[crawl]
delay_s = 8

[source.cities]
urls = ["https://cities.example/latest/"]  # the first one
max_pages = 3

[source.paper]
urls = ["https://paper.example/", "https://paper.example/politics"]
enabled = false
delay_s = 20
"""


def test_a_good_file_becomes_records_in_its_order():
    config = parse_config(GOOD.encode(), FILE)
    assert config.archive == Path("/somewhere/news.db")
    assert config.contact == "crawler@university.example"
    assert config.crawl.delay_s == 8
    assert [source.slug for source in config.sources] == ["cities", "paper"]
    assert config.sources[0].max_pages == 3
    assert config.sources[1].urls == ("https://paper.example/", "https://paper.example/politics")


def test_without_slugs_only_enabled_sources_are_chosen_and_a_named_one_is_chosen_anyway():
    config = parse_config(GOOD.encode(), FILE)
    assert [source.slug for source in config.choose([])] == ["cities"]
    assert [source.slug for source in config.choose(["paper"])] == ["paper"]


def test_an_unknown_slug_names_the_nearest():
    config = parse_config(GOOD.encode(), FILE)
    with pytest.raises(UnknownSourceError, match="there is no source 'citys'; did you mean cities"):
        config.choose(["citys"])


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        pytest.param(
            "[maintenance]\nprune = 'soon'",
            r"maintenance\.prune: 'soon' is not a moment; .*; or \"keyframes\"",
            id="a prune policy that is none",
        ),
        pytest.param(
            "arhive = 'a.db'", r"standfirst\.toml: arhive: unknown key; did you mean archive\?", id="unknown key on top"
        ),
        pytest.param(
            "[crawl]\ndelay = 5", r"crawl\.delay: unknown key; did you mean crawl\.delay_s\?", id="unknown key in crawl"
        ),
        pytest.param(
            "[source.a]\nurls=['https://a.example/']\ncolour=1",
            r"source\.a\.colour: unknown key; known here: .*urls",
            id="unknown key in source",
        ),
        pytest.param("[source.a]\nurl='https://a.example/'", r"source\.a\.url: the key is urls, a list", id="url for urls"),
        pytest.param("[source.a]\nname='A'", r"source\.a\.urls: missing", id="no urls"),
        pytest.param("[source.a]\nurls=[]", r"source\.a\.urls: missing", id="empty urls"),
        pytest.param(
            "[source.a]\nurls=['ftp://a.example/']", r"source\.a\.urls: 'ftp://a\.example/' is no http or https URL", id="ftp"
        ),
        pytest.param("[source.a]\nurls=['a.example']", r"is no http or https URL", id="no scheme"),
        pytest.param("[source.a]\nurls=['http://[::1']", r"is no http or https URL", id="broken address"),
        pytest.param(
            "[source.a]\nurls=['https://u:p@a.example/']",
            r"take the user name and password out of the URL of a\.example",
            id="credentials",
        ),
        pytest.param("[source.'A B']\nurls=['https://a.example/']", r"a slug is made of a-z", id="bad slug"),
        pytest.param(
            "[source.a]\nurls=['https://a.example/']\nmax_pages=0",
            r"source\.a\.max_pages: should be 1 or more, is 0",
            id="no pages",
        ),
        pytest.param(
            "[source.a]\nurls=['https://a.example/']\nmax_pages='2'",
            r"source\.a\.max_pages: expected `int`, got `str`",
            id="wrong type",
        ),
        pytest.param(
            "[source.a]\nurls=['https://a.example/']\ndelay_s=0.1",
            r"source\.a\.delay_s: 0\.1 s is no polite delay",
            id="impolite source",
        ),
        pytest.param(
            "[crawl]\ndelay_s=0\n[source.a]\nurls=['https://a.example/']",
            r"crawl\.delay_s: 0 s is no polite delay",
            id="impolite everywhere",
        ),
        pytest.param("[crawl]\nretries=99", r"crawl\.retries: expected `int` <= 10", id="too many retries"),
        pytest.param(
            "[crawl]\nconnect_to = {'a.example' = 'localhost'}", r'connect_to\.a\.example: .* is not "address:port"', id="no port"
        ),
        pytest.param(
            "[source.a]\nurls=['https://a.example/']\n[source.b]\nurls=['https://a.example/']",
            r"already watched by 'a'",
            id="page twice",
        ),
        pytest.param("source = 3", r"source: write each source as a table", id="source no table"),
        pytest.param("[crawl]\nproxy = 'socks5://x:1'", r"crawl\.proxy: is no http or https URL", id="a proxy of another kind"),
        pytest.param("[crawl]\nproxy = 'http://me:secret@x:99999'", r"crawl\.proxy: is no http", id="a proxy at no port"),
        pytest.param(
            "[crawl]\nconnect_to = {'a.example' = '127.0.0.1:99999'}",
            r'connect_to\.a\.example: .* is not "address:port"',
            id="no such port",
        ),
        pytest.param(
            '[notify]\nmail_to = ["you@x.example\\nBcc: all@x.example"]',
            r"notify\.mail_to: .* is no mail address",
            id="no mail address",
        ),
        pytest.param(
            "[source.a]\nurls=['https://a.example/']\ncookies={consent=\"yes\\r\\nX: y\"}",
            r"source\.a\.cookies\.consent: no cookie can hold",
            id="no cookie",
        ),
        pytest.param("crawl = 3", r"crawl: should be a table", id="crawl no table"),
        pytest.param(
            "[schedule]\ncadence = '0 25 * * *'",
            r"schedule\.cadence: hour '25': '25' is not a number from 0 to 23",
            id="an hour that no clock shows",
        ),
        pytest.param(
            "[source.a]\nurls=['https://a.example/']\ncadence='now and then'",
            r"source\.a\.cadence: 'now and then' is no cadence; write \"nightly\"",
            id="no cadence",
        ),
        pytest.param(
            "[schedule]\ntimezone='Europe/Bruxelles'\n[source.a]\nurls=['https://a.example/']",
            r"schedule\.timezone: 'Europe/Bruxelles' is no time zone; write an IANA name",
            id="no time zone",
        ),
        pytest.param(
            "[source.a]\nurls=['https://a.example/']\ntimezone='Europe'",
            r"source\.a\.timezone: 'Europe' is no time zone",
            id="a folder of time zones",
        ),
        pytest.param("[schedule]\nwindow='1-5'", r"schedule\.window: '1-5' is no window; write it like", id="no window"),
        pytest.param("[schedule]\nwindow='05:00-05:00'", r"schedule\.window: .* leaves no time", id="an empty window"),
        pytest.param(
            "[source.a]\nurls=['https://a.example/']\nadaptive=['3d', '6h']",
            r"source\.a\.adaptive: '3d' is longer than '6h'",
            id="bounds the wrong way round",
        ),
        pytest.param("archive = ''", r"archive: expected `str` of length >= 1", id="empty archive"),
        pytest.param("archive =\ncontact = 1", r"not valid TOML: .*line 1", id="broken TOML"),
    ],
)
def test_a_bad_file_is_refused_with_file_key_and_remedy(text, complaint):
    with pytest.raises(ConfigError, match=complaint) as caught:
        parse_config(text.encode(), FILE)
    assert str(caught.value).startswith(str(FILE))


def test_bytes_that_are_not_utf8_are_refused():
    with pytest.raises(ConfigError, match="not UTF-8"):
        parse_config("contact = 'Zoë'".encode("latin-1"), FILE)


def test_a_fast_crawl_is_accepted_of_ones_own_host():
    text = "[crawl]\ndelay_s=0\n[source.a]\nurls=['http://localhost:8000/']\nallow_private=true"
    assert parse_config(text.encode(), FILE).crawl.delay_s == 0


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(ConfigError, match="no such file; make one with `standfirst init`"):
        load_config(tmp_path / "nothing.toml")


def test_the_first_configuration_found_wins(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "home"))
    here = tmp_path / "here"
    here.mkdir()
    with pytest.raises(ConfigError, match="no configuration: looked for"):
        find_config(None, environ={}, cwd=here)
    user_file = tmp_path / "home" / "standfirst" / "standfirst.toml"
    user_file.parent.mkdir(parents=True)
    user_file.touch()
    assert find_config(None, environ={}, cwd=here) == user_file
    (here / "standfirst.toml").touch()
    assert find_config(None, environ={}, cwd=here) == here / "standfirst.toml"
    assert find_config(None, environ={"STANDFIRST_CONFIG": "other.toml"}, cwd=here) == Path("other.toml")
    assert find_config(Path("asked.toml"), environ={"STANDFIRST_CONFIG": "other.toml"}, cwd=here) == Path("asked.toml")


def test_a_user_without_a_home_needs_none(tmp_path, monkeypatch):
    def no_home(*_):
        raise RuntimeError("could not determine the home directory")

    monkeypatch.setattr("platformdirs.user_config_path", no_home)  # as in a container whose user is a mere number
    with pytest.raises(ConfigError, match="no configuration: looked for"):
        find_config(None, environ={}, cwd=tmp_path)
    (tmp_path / "standfirst.toml").touch()
    assert find_config(None, environ={}, cwd=tmp_path) == tmp_path / "standfirst.toml"


def test_adding_a_source_keeps_every_byte_of_the_file_before_it(tmp_path):
    path = tmp_path / "standfirst.toml"
    path.write_text(GOOD, encoding="utf-8")
    edited = add_source(load_config(path), "new-one", {"urls": ["https://new.example/news?a=1"], "max_pages": 2})
    assert edited.startswith(GOOD.rstrip("\n"))
    config = parse_config(edited.encode(), path)
    assert config.get_source("new-one").urls == ("https://new.example/news?a=1",)
    assert [source.slug for source in config.sources] == ["cities", "paper", "new-one"]


def test_a_slug_is_not_added_twice(tmp_path):
    path = tmp_path / "standfirst.toml"
    path.write_text(GOOD, encoding="utf-8")
    with pytest.raises(ConfigError, match=r"source\.cities: is there already"):
        add_source(load_config(path), "cities", {"urls": ["https://x.example/"]})
