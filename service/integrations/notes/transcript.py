"""Transcripts: WebVTT, SubRip, and text in which speakers take turns ("Dana: …", "[00:01:12] Dana: …")."""

from __future__ import annotations

import html
import re
from collections import Counter
from dataclasses import dataclass

_CUE = re.compile(r"^\s*(?:\d+:)?\d{1,2}:\d{2}[.,]\d{3}\s+-->\s+(?:\d+:)?\d{1,2}:\d{2}[.,]\d{3}")
_VOICE = re.compile(r"<v(?:\.[^ >]*)? ([^>]+)>")
_TAG = re.compile(r"</?[a-z][^>]*>|<\d[\d:.]*>", re.IGNORECASE)
_TIME = r"[\[(]?(?:\d{1,2}:)?\d{1,2}:\d{2}(?:[.,]\d{1,3})?[\])]?"
_NAME = r"[^\W\d_][\w.'’-]*(?: (?![(\[]?\d{1,2}:)[\w.'’&()-]+){0,4}"
_TURN = re.compile(
    rf"^(?:[*_]{{0,2}}{_TIME}[*_]{{0,2}}\s*[-–|]?\s*)?[*_]{{0,2}}({_NAME})[*_]{{0,2}}(?:\s*{_TIME})?\s*:[*_]{{0,2}}\s+\S"
)
_TURN_HEAD = re.compile(
    rf"^[*_]{{0,2}}({_NAME})[*_]{{0,2}}\s+[-–|]?\s*{_TIME}\s*(?:AM|PM)?$|^{_TIME}\s+[-–|]?\s*({_NAME})$", re.IGNORECASE
)
_NO_SPEAKERS = frozenset(
    {
        "date",
        "time",
        "title",
        "subject",
        "attendees",
        "participants",
        "present",
        "location",
        "agenda",
        "note",
        "notes",
        "todo",
        "action",
    }
    | {"actions", "decision", "decisions", "next", "summary", "topic", "from", "to", "cc", "re", "fwd", "http", "https"}
    | {"tl;dr", "warning", "example", "question", "answer", "q", "a", "owner", "due", "status", "when", "where", "who"}
    | {"what", "why", "goal", "goals", "risk", "risks", "datum", "ort", "teilnehmer"}
)


@dataclass(frozen=True, slots=True)
class Transcript:
    text: str
    speakers: tuple[str, ...]  # in the order in which they first speak
    timed: bool  # it was in cues, and `text` is put together from them


def read_transcript(body: str, kind: str) -> Transcript | None:
    """None where it is an ordinary note."""
    if kind in {".vtt", ".srt"} or body.lstrip("\ufeff \n").startswith("WEBVTT"):
        return _from_cues(body)
    return _from_turns(body)


def _from_cues(body: str) -> Transcript:
    """A turn a line; cues that go on with the same speaker are joined."""
    turns: list[tuple[str, list[str]]] = []
    for said in _cues(body):
        voice = _VOICE.search(said)
        words = " ".join(html.unescape(_TAG.sub("", said)).split())
        turn = re.match(rf"^({_NAME}):\s+(.*)$", words) if voice is None else None
        speaker, words = (voice[1].strip(), words) if voice else (turn[1], turn[2]) if turn else ("", words)
        if turns and (speaker in {turns[-1][0], ""}):
            turns[-1][1].append(words)
        elif words:
            turns.append((speaker, [words]))
    text = "\n".join(f"{speaker}: {' '.join(words)}" if speaker else " ".join(words) for speaker, words in turns)
    return Transcript(text, tuple(dict.fromkeys(speaker for speaker, _ in turns if speaker))[:100], timed=True)


def _cues(body: str) -> list[str]:
    cues: list[str] = []
    current: list[str] | None = None
    for line in body.split("\n"):
        if _CUE.match(line):
            current = []
        elif not line.strip():
            if current:
                cues.append(" ".join(current))
            current = None
        elif current is not None:
            current.append(line)
    return [*cues, " ".join(current)] if current else cues


def _from_turns(body: str) -> Transcript | None:
    """Turns make a transcript where they are most of the lines and somebody speaks more than once."""
    lines = [line.strip() for line in body.split("\n") if line.strip()]
    speakers: Counter[str] = Counter()
    for line in lines:
        turn = _TURN.match(line) or _TURN_HEAD.match(line)
        if turn and (name := (turn[1] or turn[2]).strip()) and name.casefold() not in _NO_SPEAKERS:
            speakers[name] += 1
    regular = [name for name, turns in speakers.items() if turns > 1]
    turns = sum(speakers.values())
    if not regular or turns < 4 or turns < 0.3 * len(lines) or len(speakers) > turns / 1.5:
        return None
    names = regular if len(speakers) > len(regular) + 3 else list(speakers)
    return Transcript(body, tuple(names)[:100], timed=False)
