"""What a message asks, of whom and by when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from service.domain.verdicts import Request, Span, When
from service.triage.addressee import Addressee, Audience
from service.triage.asking import features, hintingly, plainly, without_lead
from service.triage.dates import Mention
from service.triage.language import UNKNOWN
from service.triage.lexicon import phrases
from service.triage.likelihood import Weights, likelihood
from service.triage.phrasing import phrase
from service.triage.sentences import Sentence
from service.triage.words.asking import OFFERING

Dated = tuple[Sentence, tuple[Mention, ...]]

_MOST = 8  # of one message; a form with thirty questions is one errand

_SMALL = 8  # words of a question that is small talk; a longer one wants something besides

_DIRECT = frozenset(("please", "please_verb", "let_me_know", "need", "modal", "lets", "duty", "question_end", "imperative"))
_COMMANDS = frozenset(("please", "please_verb", "modal", "question_end", "imperative"))
_FAREWELLS = frozenset(
    ("talk", "see", "enjoy", "take", "have", "keep", "thanks", "cheers", "soon", "then", "fun", "luck", "care")
)
_FRAMES = frozenset(("please", "please_verb", "let_me_know", "need", "modal"))


@dataclass(frozen=True, slots=True)
class Asked:
    request: Request
    of: Addressee


def requests(
    sentences: Sequence[Dated], audience: Audience, *, own: bool, language: str = "en", machine: bool = False
) -> tuple[Asked, ...]:
    """In the order of the text, the plain ones and the hints. `own`: the person wrote it, so nothing in it is asked of them.
    Hints are looked for where somebody speaks to the person, not where they speak to everybody. `machine`: a program wrote it,
    whose bare imperatives ("Read the changelog") are signposts unless a day stands beside them.
    """
    found: list[Asked] = []
    heading: When | None = None
    learned = language in ("en", UNKNOWN)  # what the weights were trained on
    for sentence, dates in sentences:
        asking = judged(sentence, dates, learned=learned, hinting=not machine and audience.whole is not Addressee.ALL)
        if asking is None:
            if sentence.text.endswith(":"):
                heading = _deadline(dates) or heading
            continue
        kind, plain = asking
        due = _due(sentence, dates, kind) or (heading if not _deadline(dates) else None)
        if machine and due is None and kind & _DIRECT == {"imperative"}:
            continue
        of = audience.of(sentence)
        of_me = not own and of is Addressee.ME
        span = Span(sentence.text, sentence.offset)
        found.append(Asked(Request(span, phrase(sentence.text), of_me, due, "question_end" in kind, plain), of))
        if len(found) == _MOST:
            break
    return _with_common_deadline(tuple(found), sentences)


def judged(
    sentence: Sentence, dates: Sequence[Mention], *, learned: bool, hinting: bool = True, weights: Weights | None = None
) -> tuple[set[str], bool] | None:
    """The features of a sentence that asks, and whether it does so plainly; None where it doesn't ask. `weights`: others than ours."""
    may = plainly(sentence)
    if not may and not (learned and hinting and hintingly(sentence)):
        return None
    if "small_talk" in sentence.meanings and len(sentence.words) < _SMALL:
        return None
    found = features(sentence)
    kind, least = (_asked(sentence, dates, found, learned=learned) if may else None) or (None, 1.0)
    if kind is None and not (learned and hinting):
        return None
    likely = likelihood(sentence, found, weights) if learned else _BY_ITS_TURN
    if kind is not None and likely >= least:
        return kind, True
    if not (learned and hinting) or likely < 0.5 or sentence.offset < 0:
        return None
    return found, may and likely >= _SURE and found.isdisjoint(_SOFT) and not _narrated(sentence)


_BY_ITS_TURN = 0.6
"""Outside English the turns of phrase decide by themselves."""
_DOUBTFUL, _SURE = 0.15, 0.95
_SOFT = frozenset(("courtesy", "not_asking", "machine", "told", "offer", "thanks", "waiting", "has_if", "starts_if"))


def _asked(sentence: Sentence, dates: Sequence[Mention], found: set[str], *, learned: bool) -> tuple[set[str], float] | None:
    """The features of a sentence that by its turns asks for something in so many words, and how likely it has to be as well."""
    doubtful = 0.0 if _deadline(dates) else _DOUBTFUL
    demanded = "demand" in sentence.meanings and bool(_deadline(dates))
    if demanded and "told" not in found and "courtesy" not in found and not _narrated(sentence):
        return found | {"demand"}, doubtful
    if found.isdisjoint(_DIRECT) or ("not_asking" in found and "question_end" not in found):
        return None
    if (len(sentence.words) < 3 and "question_end" not in found) or len(sentence.words) < 2:
        return None
    if "courtesy" in found and ("question_end" not in found or len(sentence.words) < 7) and _only_courtesy(sentence, found):
        return None
    if found & _DIRECT == {"imperative"} and (
        not found.isdisjoint(("machine", "offer", "thanks")) or (sentence.offset < 0 and not _deadline(dates))
    ):
        return None
    if found & _DIRECT == {"imperative"} and len(sentence.words) <= 4 and not _FAREWELLS.isdisjoint(sentence.words):
        return None
    if not found.isdisjoint(("reminds", "to_me")) and found.isdisjoint(("machine", "offer", "told", "courtesy")):
        return found, doubtful
    wished = not found.isdisjoint(("need", "duty", "let_me_know")) and found.isdisjoint(_COMMANDS)
    if wished and (_narrated(sentence) or (learned and found.isdisjoint(("you", "me")))):  # verbs name nobody elsewhere
        return None
    if found & _DIRECT == {"duty"} and not found.isdisjoint(("machine", "offer", "told", "has_if")):
        return None
    if found & _DIRECT <= {"question_end", "lets"} and "machine" in found:
        return None
    if "machine" in found and "link" in found:
        return None
    return found, doubtful if {"question_end", "opinion", "len1"} <= found else 0.5


def _narrated(sentence: Sentence) -> bool:
    """Tells of a wish or a plan instead of asking: "I wanted to make sure", "I'll need"."""
    return "narrated" in sentence.meanings


def _only_courtesy(sentence: Sentence, found: set[str]) -> bool:
    """As "Let me know if you have any questions" asks nothing; "if you need more time, please call Dana" does."""
    if "imperative" in found and without_lead(sentence)[0] not in _OFFERING:
        return False  # "Please review the draft and let me know if you need more"
    return sentence.words[0] in ("if", "should") or any(
        word in sentence.words
        for word in (
            "questions",
            "question",
            "anything",
            "help",
            "clarification",
            "need",
            "want",
            "like",
            "fragen",
            "dudas",
            "duda",
        )
    )


_OFFERING = frozenset(phrases(OFFERING))


def _due(sentence: Sentence, dates: Sequence[Mention], kind: set[str]) -> When | None:
    said = _deadline(dates)
    if said:
        return said
    open_to_date = ("question_end" not in kind or not kind.isdisjoint(_FRAMES)) and kind.isdisjoint(("meet", "discuss"))
    if open_to_date and len(dates) == 1 and _closes(sentence, dates[0]):
        return dates[0].due
    return next(map(When, sentence.said("hurry")), None)


def _closes(sentence: Sentence, mention: Mention) -> bool:
    """A date that ends a sentence or stands at its head says when; one in the middle belongs to what is spoken of."""
    if mention.span.offset < 0 or sentence.offset < 0:
        return True
    rest = sentence.text[mention.span.offset - sentence.offset + len(mention.span.text) :]
    return len(rest.strip(" .!?)")) < 12


def _deadline(dates: Sequence[Mention]) -> When | None:
    return next((m.due for m in dates if m.deadline), None)


def _with_common_deadline(found: tuple[Asked, ...], sentences: Sequence[Dated]) -> tuple[Asked, ...]:
    """A deadline said once, beside the requests or in the subject, holds for the first of them that has none."""
    plain = [i for i, a in enumerate(found) if a.request.plain]
    if not plain or any(found[i].request.due for i in plain):
        return found
    common = next((due for s, dates in sentences if (due := _deadline(dates)) and not _narrated(s)), None)
    if common is None:
        return found
    first = next((i for i in plain if found[i].request.of_me), plain[0])
    return tuple(replace(a, request=replace(a.request, due=common)) if i == first else a for i, a in enumerate(found))
