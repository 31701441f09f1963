"""Fits the weights of `scraper.extract.weights` on labelled listing pages, and says how they do on sites left out.

    python benchmarks/fit_weights.py FOLDER [--strength 4.0] [--write]

FOLDER holds a folder per page with `page.html` and `truth.json` (`base_url`, `cards`, `optional`). Every plausible family of
cards on every page is one example: right when most of its cards are true ones, left out when most are optional. The fit is
a logistic regression held to weights set by reasoning (`PRIOR`; `--strength` says how firmly), so that a measure that few
pages show keeps what was thought of it. Pages of one site (by host) are left out together in cross-validation: read with weights that
were fitted without them, 57 real pages lose .013 of macro F1 at a strength of 4 to 10, .003 at 30, and .034 at 1.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections import defaultdict
from pathlib import Path
from urllib.parse import urlsplit

from selectolax.lexbor import LexborHTMLParser

from scraper.decode import decode
from scraper.extract import weights
from scraper.extract.choose import judge, plausible
from scraper.extract.groups import find_families
from scraper.extract.page import PageView
from scraper.extract.walk import walk
from scraper.urls import canonical_url

PRIOR_BIAS = -3.6
PRIOR = {
    "count": 2.5, "words": 2.8, "short": -1.0, "heading": 1.3, "date": 1.8, "read": 1.5, "image": 0.7, "blurb": 1.2, "author": 0.6,
    "category": 0.4, "main": 0.6, "article": 0.7, "nav": -3.0, "header": -1.0, "side": -0.8, "related": -3.0, "product": -2.0,
    "advert": -1.5, "in_nav": -3.0, "in_text": -4.0, "packed": -1.5, "counted": -2.5, "priced": -3.0, "facet": -3.0, "unlinked": -1.0,
    "undated_unlinked": -4.5, "announced_unlinked": 3.0, "repeated": -4.0, "same_titles": -4.0, "slug": 1.2, "offsite": -0.8, "links": -2.0, "single": -1.5,
}  # fmt: skip

Example = tuple[str, dict[str, float], int, float]  # site, measures, right or wrong, how much it counts


def examples(folder: Path) -> list[Example]:
    found: list[Example] = []
    for truth_file in sorted(folder.rglob("truth.json")):
        truth = json.loads(truth_file.read_text("utf-8"))
        html = decode((truth_file.parent / "page.html").read_bytes(), None).text
        view = PageView(walk(LexborHTMLParser(html)), truth["base_url"])
        urls = {canonical_url(card["url"]) for card in truth["cards"] if card.get("url")}
        titles = {" ".join(card["title"].split()).casefold() for card in truth["cards"] if not card.get("url")}
        optional = {canonical_url(url) for url in truth.get("optional") or []} - urls
        for family in find_families(view.tree, view.anchors, view.shingles):
            if not plausible(view, family):
                continue
            judged = judge(view, family)
            if not judged.drafts:
                continue
            right = ignored = 0
            for draft in judged.drafts:
                key = view.anchors.canonical[draft.key] if draft.key >= 0 else None
                right += key in urls if key else (draft.title or "").casefold() in titles
                ignored += key in optional
            n = len(judged.drafts)
            if ignored * 2 > n:
                continue
            host = urlsplit(truth["base_url"]).hostname or truth_file.parent.name
            found.append((host, judged.numbers, int(right * 2 > n - ignored), math.sqrt(n)))
    return found


def fit(sample: list[Example], prior: dict[str, float], bias: float, strength: float) -> tuple[dict[str, float], float]:
    """Gradient descent on the weighted log loss plus `strength` times the squared distance from the prior."""
    names = sorted(prior)
    w = [prior[name] for name in names]
    b = bias
    rows = [([numbers.get(name, 0.0) for name in names], label, count) for _, numbers, label, count in sample]
    total = sum(count for _, _, count in rows)
    for step in range(600):
        gradient = [0.0] * len(names)
        gradient_b = 0.0
        for values, label, count in rows:
            z = b + sum(x * y for x, y in zip(w, values, strict=True))
            error = (1 / (1 + math.exp(-max(-30.0, min(30.0, z)))) - label) * count
            gradient_b += error
            for i, value in enumerate(values):
                if value:
                    gradient[i] += error * value
        rate = 8.0 / (1 + step / 300)
        for i, name in enumerate(names):
            w[i] -= rate * (gradient[i] + strength * (w[i] - prior[name])) / total
        b -= rate * (gradient_b + strength * (b - bias)) / total
    return dict(zip(names, w, strict=True)), b


def quality(sample: list[Example], w: dict[str, float], b: float) -> tuple[float, float, int]:
    loss = wrong = total = 0.0
    families = 0
    for _, numbers, label, count in sample:
        z = b + sum(w.get(name, 0.0) * value for name, value in numbers.items())
        p = 1 / (1 + math.exp(-z))
        loss -= count * math.log(max(1e-9, p if label else 1 - p))
        wrong += count * ((p >= 0.5) != bool(label))
        families += (p >= 0.5) != bool(label)
        total += count
    return loss / total, wrong / total, families


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--strength", type=float, default=4.0)
    parser.add_argument("--write", action="store_true", help="write the fitted weights into scraper/extract/weights.py")
    options = parser.parse_args()
    sample = examples(options.folder)
    prior, bias = PRIOR, PRIOR_BIAS
    print(f"{len(sample)} families, {sum(label for _, _, label, _ in sample)} of them teasers")
    print("by reasoning : loss {:.4f}, wrong {:.3f} ({} families)".format(*quality(sample, prior, bias)))
    fitted, fitted_bias = fit(sample, prior, bias, options.strength)
    print("fitted       : loss {:.4f}, wrong {:.3f} ({} families)".format(*quality(sample, fitted, fitted_bias)))
    by_site: dict[str, list[Example]] = defaultdict(list)
    for example in sample:
        by_site[example[0]].append(example)
    loss = wrong = total = 0.0
    families = 0
    for site, held_out in by_site.items():
        w, b = fit([example for example in sample if example[0] != site], prior, bias, options.strength)
        site_loss, site_wrong, site_families = quality(held_out, w, b)
        size = sum(count for _, _, _, count in held_out)
        loss, wrong, total = loss + site_loss * size, wrong + site_wrong * size, total + size
        families += site_families
    print(f"left-out site: loss {loss / total:.4f}, wrong {wrong / total:.3f} ({families} families)")
    for name in sorted(fitted):
        print(f"  {name:18} {prior[name]:6.2f} -> {fitted[name]:6.2f}")
    print(f"  {'bias':18} {bias:6.2f} -> {fitted_bias:6.2f}")
    if options.write:
        target = Path(weights.__file__)
        text = target.read_text("utf-8")
        head = text[: text.index("BIAS: Final")]
        body = "".join(f'    "{name}": {fitted[name]:.2f},\n' for name in prior)
        target.write_text(
            f"{head}BIAS: Final = {fitted_bias:.2f}\nKIN: Final = {weights.KIN}\nKNOWN: Final = {weights.KNOWN}\nWEIGHTS: Final = {{\n{body}}}\n",
            "utf-8",
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
