"""Two questions about links: where does this `href` lead, and is that the article we already know?

`resolve` answers the first as a browser does (WHATWG URL standard, https://url.spec.whatwg.org/) and leaves the rest of
the address as the page wrote it. `canonical_url` answers the second: the text that identifies an article in the archive.
It is a key, not an address to fetch.

The key follows RFC 3986 section 6.2.2 (case, percent-encoding, dot segments) and 6.2.3 (default port, empty path). Beyond
that it drops only what doesn't choose the page: tracking parameters, session ids, the fragment, the order of the query's
names, and one trailing slash. Two addresses whose keys are equal but whose pages differ would mix the histories of two
articles, and that can't be mended by looking at the archive; two keys for one article can. So whatever is only probable
is off until a source asks for it: AMP, mobile hosts, `www.`, http against https.

The trailing slash is the one default that goes past the RFC. WordPress answers both `/harbour/` and `/harbour`, menus and
hand-set links mix them on one page, and file-backed servers cannot serve different pages under the two; the URL keys of
the Wayback Machine have dropped it for two decades. `UrlRules(keep_trailing_slash=True)` is for a site that does differ.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import unquote

import idna

URL_RULES_VERSION = 1
"""Goes up when the same URL would get another key; stored with every key."""

_TRACKING_NAMES = """
fbclid fb_action_ids fb_action_types fb_ref fb_source gclid gclsrc dclid gbraid wbraid gad_source gad_campaignid srsltid
msclkid yclid ysclid _openstat twclid ttclid li_fat_id epik scclid rdt_cid igsh igshid irclickid wickedid
mc_cid mc_eid mkt_tok vero_id vero_conv oly_anon_id oly_enc_id ml_subscriber ml_subscriber_hash sfmc_id
_hsenc _hsmi __hssc __hstc __hsfp hsctatracking _ga _gl _ke _kx _bta_c _bta_tid trk_contact trk_msg trk_module trk_sid
at_medium at_campaign at_campaign_type at_custom1 at_custom2 at_custom3 at_custom4 at_link_id at_link_origin at_link_type
at_bbc_team at_ptr_name at_format ns_mchannel ns_source ns_campaign ns_linkname ns_fee xtor xtref
wt_mc wt.mc wt_zmc wt.zmc_id wt.mc_id cmpid ocid icid ncid s_cid iref ito smid smtyp guccounter guce_referrer
guce_referrer_sig soc_src soc_trk spm sr_share dicbo oborigurl tblci __twitter_impression ref_src ref_url
share_source share_medium xing_share wprov sh_kit
pk_campaign pk_kwd pk_keyword pk_source pk_medium pk_content pk_cid pk_placement pk_vid
itm_source itm_medium itm_campaign itm_content itm_term stm_source stm_medium stm_campaign stm_content
phpsessid jsessionid asp.net_sessionid cfid cftoken
"""
TRACKING_PARAMETERS = frozenset(_TRACKING_NAMES.split())
"""Query names that never choose a page, in lower case: campaign, click and session marks."""

TRACKING_PREFIXES = ("utm_", "mtm_", "matomo_", "piwik_", "hsa_", "aspsessionid")
"""Beginnings of such names, for families that grow."""

REFERRER_PARAMETERS = frozenset({"ref", "referer", "referrer"})
"""Where the reader came from when it is a word ("ref=home"), but a record's number when it has a digit ("ref=20417"): the
name is dropped only with a value that has no digit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UrlRules:
    """What a source says about its own addresses. The default is right for any site; each option is a claim about one."""

    keep: frozenset[str] = (
        frozenset()
    )  # query names that do choose a page here, in lower case; "at_*" for a family. Wins over `drop`
    drop: frozenset[str] = frozenset()  # further query names that don't; "*" drops the whole query
    keep_fragment: bool = False  # "#one" and "#two" are two articles: change logs, single-page sites
    keep_trailing_slash: bool = False  # "/a/" and "/a" are two pages
    merge_schemes: bool = False  # http and https are one site: the key says https
    merge_www: bool = False  # "www.site.example" and "site.example" are one site
    merge_mobile: bool = False  # "m.site.example" and "site.example" are one site (usually with merge_www)
    merge_amp: bool = False  # AMP copies: "/amp" endings, "amp." hosts, "?amp=1", the AMP cache and viewer
    same_hosts: tuple[
        tuple[str, str], ...
    ] = ()  # (as linked, as in the key), lower case: an outlet that moved or has several names
    redirectors: frozenset[str] = (
        frozenset()
    )  # hosts, lower case, whose addresses only lead on to the one in their query: "out.site.example/?to=https%3A%2F%2F..."

    def __post_init__(self) -> None:
        for _, key in self.same_hosts:
            if _merged_host(key, self) != key:
                raise ValueError(
                    f"same_hosts: {key!r} is to stand in the key, but other rules change it; name the host that they leave"
                )


DEFAULT_URL_RULES = UrlRules()

_MOBILE_LABELS = ("m.", "mobile.", "mobil.", "touch.", "wap.")
_DEFAULT_PORTS = {"http": "80", "https": "443"}
_LONGEST_WRAPPED_ADDRESS = (
    4096  # longer texts aren't links that an AMP cache or a redirector made; unwrapping them would take long
)
_LONGEST_REMEMBERED = 500  # characters: so that no page can fill the memory with its links
_LONGEST_HOST = 255  # RFC 1035 section 2.3.4; longer ones can't be looked up, so they are left as they are

# Already a key but for the last slash and the query: most links of most pages. Whatever a rule could touch is left out of
# the classes: escapes of ASCII characters, fragments, ports, upper-case hosts, empty and dotted segments, ";jsessionid".
_PLAIN_KEY = re.compile(
    r"(https?://[a-z0-9-]+(?:\.[a-z0-9-]+)*"
    r"(?:/(?:[A-Za-z0-9_~!$&'()*+,=:@-]|%[89A-F][0-9A-F])(?:[A-Za-z0-9_~!$&'()*+,=:@.-]++|%[89A-F][0-9A-F])*+)+)"
    r"/?(?:\?([^\x00-\x20#]*))?"
)

_IGNORED = dict.fromkeys(map(ord, "\t\n\r"))  # browsers drop them wherever they stand
_TRIMMED = "".join(map(chr, range(0x21)))  # C0 controls and space: dropped at both ends
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*):")
_REST = re.compile(r"([^?#]*)(?:\?([^#]*))?(?:#(.*))?", re.DOTALL)
_AUTHORITY_END = re.compile(r"[/?#]")
_FORBIDDEN_IN_HOST = re.compile(r"[\x00-\x20#/:<>?@\[\\\]^|%{}\x7f\"`]")
_PORT = re.compile(r"[0-9]*")

# RFC 3986 section 2: unreserved characters never need an escape; gen-delims and sub-delims mean the escaped and the plain
# form may differ, so each stays as it is, but for "[" and "]", which may not stand plain in a path or query.
_TO_NORMALISE = re.compile(r"%([0-9A-Fa-f]{2})|[^A-Za-z0-9\-._~!$&'()*+,;=:@/?]")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_SESSION_IN_PATH = re.compile(r";jsessionid=[^/;]*", re.IGNORECASE)
_AMP_ENDING = re.compile(r"(?:/amp)+/?$|\.amp(?=(?:\.html?)?/?$)", re.IGNORECASE)
_AMP_CACHE = re.compile(r"[a-z0-9-]+\.cdn\.ampproject\.org")
_AMP_CACHE_PATH = re.compile(r"/(?:c|v|i)/(s/)?([^/]+)(/.*)?", re.DOTALL)
_AMP_VIEWER = re.compile(r"(?:www\.)?google\.[a-z.]{2,6}")
_AMP_VIEWER_PATH = re.compile(r"/amp/(s/)?([^/]+\.[^/]+)(/.*)?", re.DOTALL)
_AMP_PARAMETERS = re.compile(r"(?:amp(?:=.*)?|output(?:type)?=amp|amp_.*)", re.IGNORECASE | re.DOTALL)

_CLEAN_ADDRESS = re.compile(r"https?://[a-z0-9-]+(?:\.[a-z0-9-]+)*/[^\s\\\"<>`\x00-\x20\x7f]*")
_CLEAN_PATH = re.compile(r"/(?![/\\])[^\s\\\"<>`\x00-\x20\x7f]*")
_CLEAN_NAME = re.compile(r"[A-Za-z0-9_][^\s\\\"<>`\x00-\x20\x7f:]*")
_UNSAFE = re.compile(r"[\x00-\x20\"<>`\x7f]")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Address:
    """An http or https URL in its parts. Empty and absent query or fragment differ, as in the text."""

    scheme: str
    userinfo: str  # with its "@", or ""
    host: str  # IDNA-encoded, in lower case
    port: str  # with its ":", or "" for the default
    path: str  # begins with "/"
    query: str | None
    fragment: str | None

    @property
    def origin(self) -> str:
        return f"{self.scheme}://{self.userinfo}{self.host}{self.port}"


def canonical_url(url: str, *, rules: UrlRules = DEFAULT_URL_RULES) -> str:
    """The identity of the page at `url`, an absolute address: `"HTTP://News.example:80/a/?utm_source=x#top"` is
    `"http://news.example/a"`.

    Never raises and is its own key: `canonical_url(canonical_url(u)) == canonical_url(u)`. What isn't an http or https
    address that can be taken apart comes back trimmed and otherwise as it was.
    """
    if rules is DEFAULT_URL_RULES:
        return _usual_key(url) if len(url) <= _LONGEST_REMEMBERED else _usual_key.__wrapped__(url)
    return _whole_key(url, rules)


@lru_cache(maxsize=20_000)  # a link is asked about several times a look, and most stand there the next night again
def _usual_key(url: str) -> str:
    """By the rules for any site."""
    if plain := _PLAIN_KEY.fullmatch(url):
        return f"{plain[1]}?{query}" if plain[2] and (query := _canonical_query(plain[2], DEFAULT_URL_RULES)) else plain[1]
    return _whole_key(url, DEFAULT_URL_RULES)


def _whole_key(url: str, rules: UrlRules) -> str:
    text = url.strip(_TRIMMED).translate(_IGNORED)
    key = _key(text, rules)
    if (rules.merge_amp or rules.redirectors) and len(text) <= _LONGEST_WRAPPED_ADDRESS:
        while (inner := _key(key, rules)) != key:  # copies of copies; each pass takes one wrapping off
            key = inner
    return key


def _key(text: str, rules: UrlRules) -> str:
    address = _parse(text)
    if address is None:
        return text
    if address.host in rules.redirectors and len(text) <= _LONGEST_WRAPPED_ADDRESS and (target := _led_to(address)) is not None:
        return _key(target, rules)
    scheme, host, port, path = address.scheme, address.host, address.port, _normalise(address.path)
    path = _remove_dot_segments(_SESSION_IN_PATH.sub("", path))
    if rules.merge_amp:
        if original := _amp_original(host, path):
            scheme, host, path = original
            port = ""
        path = _AMP_ENDING.sub("", path)
    if not rules.keep_trailing_slash and path.endswith("/") and not path.endswith("//"):
        path = path[:-1]
    if rules.merge_schemes:
        scheme = "https"
    if port == ":" + _DEFAULT_PORTS[scheme]:
        port = ""
    query = _canonical_query(address.query, rules) if address.query else ""
    fragment = address.fragment or ""
    if not rules.keep_fragment and not fragment.startswith("!"):
        fragment = ""
    return "".join(
        (
            f"{scheme}://{_normalise(address.userinfo)}{_merged_host(host, rules)}{port}{path or '/'}",
            f"?{query}" if query else "",
            f"#{_normalise(fragment)}" if fragment else "",
        )
    )


def _led_to(address: _Address) -> str | None:
    """The one absolute address among the values of the query; None where there is none, or several and nobody can say which."""
    values = {unquote(part.partition("=")[2]) for part in (address.query or "").split("&")}
    targets = [value for value in values if value[:8].lower().startswith(("http://", "https://")) and _parse(value) is not None]
    return targets[0] if len(targets) == 1 else None


def resolve(base: str, href: str) -> str | None:
    """The absolute http or https address that `href` leads to from the page at `base` (the document's base URL).

    None for other schemes (`javascript:`, `mailto:`, `data:`, `tel:`) and for what no browser could open. White space in the
    address is mended, backslashes are slashes, `//host/path` takes the base's scheme; tracking parameters, fragment and the
    letters of the path stay as the page has them.
    """
    if "/." not in href and "/%2" not in href:  # no dot segments, plain or escaped
        if _CLEAN_ADDRESS.fullmatch(href):
            return href
        if _CLEAN_PATH.fullmatch(href):
            origin, _ = _starts(base)
            return origin and origin + href
        if _CLEAN_NAME.fullmatch(href):
            _, folder = _starts(base)
            return folder and folder + href
    text = href.strip(_TRIMMED).translate(_IGNORED)
    scheme = _SCHEME.match(text)
    if scheme:
        if scheme[1].lower() not in _DEFAULT_PORTS:
            return None
        rest = text[scheme.end() :]
        parsed_base = _parse_base(base)
        # "https:story" is relative on an https page (WHATWG "special relative or authority state").
        if rest[:1] not in ("/", "\\") and parsed_base and parsed_base.scheme == scheme[1].lower():
            return _join(parsed_base, rest)
        return _write(_parse(text))
    parsed_base = _parse_base(base)
    if parsed_base is None:
        return None
    if text[:2].replace("\\", "/") == "//":
        return _write(_parse(f"{parsed_base.scheme}:{text}"))
    return _join(parsed_base, text)


@lru_cache(maxsize=64)
def _parse_base(base: str) -> _Address | None:
    return _parse(base.strip(_TRIMMED).translate(_IGNORED))


@lru_cache(maxsize=64)
def _starts(base: str) -> tuple[str | None, str | None]:
    """With what `/path` and `name` begin when a page at `base` links to them; None where no browser could open it."""
    address = _parse_base(base)
    if address is None:
        return None, None
    folder = address.path[: address.path.rfind("/") + 1]
    return address.origin, _written(address.origin, folder, None, None)


def _parse(text: str) -> _Address | None:
    """Takes an absolute http(s) address apart. None: another scheme, or no host that could be looked up."""
    scheme_match = _SCHEME.match(text)
    if scheme_match is None or (scheme := scheme_match[1].lower()) not in _DEFAULT_PORTS:
        return None
    rest = text[scheme_match.end() :]
    before_query = _REST.fullmatch(rest)
    assert before_query is not None  # every text matches
    hierarchy = before_query[1].replace("\\", "/").lstrip("/")
    authority, slash, path = hierarchy.partition("/")
    userinfo, at, host_and_port = authority.rpartition("@")
    if host_and_port.startswith("["):
        host, bracket, port = host_and_port.partition("]")
        host += bracket
        if port and not port.startswith(":"):
            return None
        port = port[1:]
    else:
        host, _, port = host_and_port.partition(":")
    clean_host = _host_key(host)
    clean_port = _port_key(port, scheme)
    if clean_host is None or clean_port is None:
        return None
    return _Address(
        scheme=scheme,
        userinfo=userinfo.replace("@", "%40") + at if userinfo else "",
        host=clean_host,
        port=clean_port,
        path=slash + path if slash else "/",
        query=before_query[2],
        fragment=before_query[3],
    )


def _port_key(port: str, scheme: str) -> str | None:
    """ ":8080", "" for none or the default; None where it is no port number."""
    if not _PORT.fullmatch(port):
        return None
    number = port.lstrip("0") or ("0" if port else "")
    if len(number) > 5 or (number and int(number) > 65535):
        return None
    return "" if not number or number == _DEFAULT_PORTS[scheme] else ":" + number


@lru_cache(maxsize=4096)
def _host_key(host: str) -> str | None:
    """The host as it is looked up: lower case, `xn--` labels (IDNA 2008 after UTS 46 mapping), no dot at the end."""
    if not host or len(host) > _LONGEST_HOST * 4:
        return None
    if host.startswith("["):
        try:
            return f"[{ipaddress.IPv6Address(host[1:-1])}]" if host.endswith("]") else None
        except ValueError:
            return None
    if "%" in host:
        host = unquote(host, errors="replace")
    if not host.isascii():
        host = _to_ascii(host)
    host = host.lower()
    if host.endswith("."):
        host = host[:-1]
    if not host or not host.isascii() or _FORBIDDEN_IN_HOST.search(host):
        return None
    return host


def _to_ascii(host: str) -> str:
    """Mapped as UTS 46 says for IDNA 2008 ("straße" keeps its ß), then Punycode label by label.

    Whether IDNA 2008 would let the name be registered isn't asked: browsers look up "i❤" too. What has no mapping comes back
    unchanged.
    """
    try:
        mapped = idna.uts46_remap(host, std3_rules=False)
        return ".".join(
            label if label.isascii() else "xn--" + label.encode("punycode").decode("ascii") for label in mapped.split(".")
        )
    except UnicodeError:
        return host


def _merged_host(host: str, rules: UrlRules) -> str:
    labels = ("amp.",) * rules.merge_amp + _MOBILE_LABELS * rules.merge_mobile + ("www.",) * rules.merge_www
    while True:
        known = next((key for linked, key in rules.same_hosts if linked == host), None)
        if known is not None:
            return known
        label = next((label for label in labels if host.startswith(label) and host.count(".") > 1), None)
        if label is None:
            return host
        host = host[len(label) :]


def _amp_original(host: str, path: str) -> tuple[str, str, str] | None:
    """(scheme, host, path) of the page that an address in the AMP cache or viewer names; None for other addresses."""
    copy = None
    if _AMP_CACHE.fullmatch(host):
        copy = _AMP_CACHE_PATH.fullmatch(path)
    elif _AMP_VIEWER.fullmatch(host):
        copy = _AMP_VIEWER_PATH.fullmatch(path)
    if copy is None or (original := _host_key(copy[2])) is None:
        return None
    return "https" if copy[1] else "http", original, copy[3] or "/"


def _canonical_query(query: str, rules: UrlRules) -> str:
    """Names sorted, values of one name in their order, tracking dropped. `a`, `a=` and no `a` stay three things."""
    pieces = []
    for piece in query.split("&"):
        if piece:
            normal = _normalise(piece)
            name, _, value = normal.partition("=")
            if not _is_tracking(name, value, rules) and not (rules.merge_amp and _AMP_PARAMETERS.fullmatch(normal)):
                pieces.append((name, normal))
    pieces.sort(key=lambda pair: pair[0])
    return "&".join(normal for _, normal in pieces)


def _is_tracking(name: str, value: str, rules: UrlRules) -> bool:
    name = name.lower().removeprefix("amp;")  # "&amp;" escaped twice by the page's author
    if rules.keep and _names(rules.keep, name):
        return False
    if rules.drop and _names(rules.drop, name):
        return True
    if name in REFERRER_PARAMETERS:
        return not any(character.isdigit() for character in unquote(value))
    return name in TRACKING_PARAMETERS or name.startswith(TRACKING_PREFIXES)


def _names(patterns: frozenset[str], name: str) -> bool:
    return name in patterns or any(pattern.endswith("*") and name.startswith(pattern[:-1]) for pattern in patterns)


def _normalise(text: str) -> str:
    return _TO_NORMALISE.sub(_normalise_one, text)


def _normalise_one(match: re.Match[str]) -> str:
    escape = match[1]
    if escape is None:
        return "".join(f"%{byte:02X}" for byte in match[0].encode("utf-8", "surrogatepass"))
    character = chr(int(escape, 16))
    return character if character in _UNRESERVED else "%" + escape.upper()


def _remove_dot_segments(path: str) -> str:
    """RFC 3986 section 5.2.4 for a path that begins with "/"; escaped dots count as dots, as they do in browsers."""
    if "/." not in path and "/%2" not in path:
        return path
    output: list[str] = []
    for segment in path[1:].split("/"):
        plain = segment.replace("%2e", ".").replace("%2E", ".")
        if plain == "..":
            if output:
                output.pop()
        elif plain != ".":
            output.append(segment)
    if plain in (".", ".."):
        output.append("")
    return "/" + "/".join(output)


def _join(base: _Address, reference: str) -> str | None:
    """A reference without scheme and host, seen from `base` (WHATWG "relative state")."""
    parts = _REST.fullmatch(reference)
    assert parts is not None  # every text matches
    path, query, fragment = parts[1].replace("\\", "/"), parts[2], parts[3]
    if not path:
        path = base.path
        if query is None:
            query = base.query
    elif not path.startswith("/"):
        path = base.path[: base.path.rfind("/") + 1] + path
    return _written(base.origin, path, query, fragment)


def _write(address: _Address | None) -> str | None:
    return _written(address.origin, address.path, address.query, address.fragment) if address else None


def _written(origin: str, path: str, query: str | None, fragment: str | None) -> str:
    text = origin + _remove_dot_segments(path)
    if query is not None:
        text += "?" + query
    if fragment is not None:
        text += "#" + fragment
    return _UNSAFE.sub(lambda match: f"%{ord(match[0]):02X}", text)
