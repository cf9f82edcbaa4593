"""How rightly mail is read, on the public cases and on the forms of our own tests, beside libraries on the same cases."""

from __future__ import annotations

import html as markup
import importlib.util
import json
import random
import warnings
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from service.domain.items import Message
from service.domain.raw import RawMessage
from service.mail.message import read_message
from service.mail.reply import reply_html, reply_text
from service.mail.visible import visible_text
from tests.bench import mail_peers
from tests.bench.figures import Figure, report
from tests.unit.mail import attributions, tricks

STORED = datetime(2026, 5, 12, 10, 0, tzinfo=UTC)
OWN = "Yes, noon works. I'll book a table."
DRAWS = 2_000


def interval(right: Sequence[bool]) -> str:
    """The middle 95 % of bootstrap draws of the share that is right."""
    chance = random.Random(5)
    shares = sorted(sum(chance.choices(right, k=len(right))) / len(right) for _ in range(DRAWS))
    return f"{sum(right)}/{len(right)}, 95 %: {shares[DRAWS // 40]:.1%} to {shares[-DRAWS // 40]:.1%}"


def show(name: str, right: Sequence[bool], peers: dict[str, Sequence[bool]], target: float | None) -> None:
    best = max(peers.items(), key=lambda pair: sum(pair[1]), default=None)
    ours = 100 * sum(right) / len(right)
    theirs = 100 * sum(best[1]) / len(best[1]) if best else None
    said = f"≥ {target:g} %; " if target is not None else ""
    report(
        Figure(
            name,
            ours,
            theirs,
            "%",
            f"{said}{interval(right)}{f'; peer: {best[0]}' if best else ''}",
            None if target is None else ours >= target,
        )
    )


def words(text: str | None) -> str:
    return " ".join((text or "").split())


def read(data: bytes) -> Message:
    return read_message(RawMessage(data, "mail", "ref", STORED), frozenset())


def quoted_replies(folder: Path) -> None:
    """`score.py` of the folder says what is right."""
    spec = importlib.util.spec_from_file_location("score", folder / "score.py")
    assert spec is not None
    assert spec.loader is not None
    score = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(score)
    cases = str(folder / "cases.jsonl")

    def scored(plain: Callable[[str], str], rich: Callable[[str], str] | None) -> list[bool]:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            found, _ = score.score(cases, plain, rich)
        return [ok for results in found.values() for ok in results]

    peers = {name: scored(peer, None) for name, peer in mail_peers.repliers().items()}
    show("quoted reply exact (plain text)", scored(reply_text, None), peers, 85)
    show("quoted reply exact (plain text and HTML)", scored(reply_text, reply_html), {}, 85)


def own_forms() -> None:
    """Every attribution line, header block and device line of the unit tests, below the same reply."""
    texts = [f"{OWN}\n\n{line}\n> Can we meet?\n" for line in attributions.LINES.values()]
    texts += [
        f"{OWN}\n\n{line}\n\nCan we meet?\n"
        for name, line in attributions.LINES.items()
        if not name.startswith(("horde", "gnus"))
    ]
    texts += [f"{OWN}\n\n{attributions.block(language)}" for language in attributions.LABELS]
    texts += [f"{OWN}\n\n{line}" for line in attributions.DEVICES]
    scored = {name: [words(_safely(peer, text)) == OWN for text in texts] for name, peer in mail_peers.repliers().items()}
    show("quoted reply exact, forms it was made for", [words(reply_text(text)) == OWN for text in texts], scored, None)


def _safely(peer: Callable[[str], str], text: str) -> str:
    try:
        return peer(text)
    except Exception as error:  # a peer that raises has not read it
        return repr(error)


def hidden(folder: Path) -> None:
    cases = [json.loads(line) for line in (folder / "manifest.jsonl").read_text("utf-8").splitlines()]
    messages = [(case, read((folder / case["file"]).read_bytes())) for case in cases]
    with_canary = [(case["hidden_canary"], message) for case, message in messages if "hidden_canary" in case]
    kept = [words(case["visible"]) in words(message.text) for case, message in messages]
    show("hidden text left out (public cases)", [c not in f"{m.text}{m.reply_text}{m.links}" for c, m in with_canary], {}, 100)
    show("visible text kept (public cases)", kept, {}, 100)
    pages = [f"<html><body><p>Hi</p>{trick.replace('{}', tricks.SECRET)}</body></html>" for trick in tricks.HIDDEN.values()]
    pages += [
        f"<html><head><style>{sheet}</style></head><body><p>Hi</p>{inner.replace('{}', tricks.SECRET)}</body></html>"
        for sheet, inner in tricks.HIDDEN_BY_SHEET.items()
    ]
    peers = {name: [not _leaks(peer, page) for page in pages] for name, peer in mail_peers.viewers().items()}
    show(
        "hidden text left out (tricks it was made for)",
        [not _leaks(lambda p: visible_text(p).text, page) for page in pages],
        peers,
        100,
    )
    shown = [f"<p>Hi</p>{trick.replace('{}', tricks.SHOWN)}" for trick in tricks.VISIBLE.values()]
    shown += [
        f"<style>{sheet}</style><p>Hi</p>{inner.replace('{}', tricks.SHOWN)}"
        for sheet, inner in tricks.VISIBLE_DESPITE_SHEET.items()
    ]
    peers = {name: [tricks.SHOWN in _safely(peer, page) for page in shown] for name, peer in mail_peers.viewers().items()}
    show("visible text kept (pages it was made for)", [tricks.SHOWN in visible_text(page).text for page in shown], peers, 100)


def _leaks(peer: Callable[[str], str], page: str) -> bool:
    return "CANARY" in markup.unescape(_safely(peer, page))


def hard_messages(folder: Path, library: Callable[[bytes], Any]) -> None:
    cases = [json.loads(line) for line in (folder / "manifest.jsonl").read_text("utf-8").splitlines()]
    right: list[bool] = []
    theirs: list[bool] = []
    crashed = 0
    for case in cases:
        data = (folder / "msgs" / case["id"]).read_bytes()
        message = read(data)
        crashed += any("could not be read" in problem for problem in message.problems)
        if "text" in case.get("expected", {}):
            right.append(words(message.text) == words(case["expected"]["text"]))
            theirs.append(words(_text_of(library, data)) == words(case["expected"]["text"]))
    show("hard MIME, text exact", right, {"email policy.default": theirs}, 92)
    report(Figure(f"  crashes in {len(cases)} hard messages", crashed, None, "", "0", crashed == 0))


def _text_of(library: Callable[[bytes], Any], data: bytes) -> str:
    try:
        return str(library(data)[1])
    except Exception as error:
        return repr(error)


def main(corpus: Path, library: Callable[[bytes], Any]) -> None:
    own_forms()
    for name, work in _works(library):
        if (corpus / name).exists():
            work(corpus / name)
        else:
            print(f"  no public data at {corpus / name}")


def _works(library: Callable[[bytes], Any]) -> Iterable[tuple[str, Callable[[Path], None]]]:
    return ("quoted_reply", quoted_replies), ("hidden_html", hidden), ("mime_hard", lambda folder: hard_messages(folder, library))
