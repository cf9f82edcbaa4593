"""What the person's acts on one message say together about what it was to them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from service.domain.learning import NOT_URGENT, Act, Feedback, Lesson
from service.domain.verdicts import Category

QUICKLY = 2.0
"""Hours within which an answer says that it mattered."""
WEIGHTS: Mapping[Act, float] = {
    Act.CORRECTED: 1.0,
    Act.MOVED: 0.8,
    Act.FLAGGED: 0.7,
    Act.ANSWERED: 0.5,
    Act.TRASHED: 0.4,
    Act.IGNORED: 0.4,
}
"""Of what is inferred it takes more to learn anything. Acts that are not here are kept, and teach nothing by themselves."""
RANK = {Category.URGENT: 3, Category.NEEDS_REPLY: 2, Category.PERSONAL: 1, Category.FYI: 1, Category.PROMOTION: 0}
"""How much each asks of the person."""
_FOLDERS: Mapping[Category, str] = {
    Category.URGENT: "urgent dringend urgente wichtig important",
    Category.NEEDS_REPLY: "to reply;needs reply;reply;todo;to do;beantworten;zu beantworten;a repondre;por responder",
    Category.FYI: "fyi;information;zur info;infos;later;read later;spater",
    Category.PROMOTION: "promotions promotion promo werbung publicite newsletter newsletters category_promotions",
    Category.PERSONAL: "personal private privat perso personnel family familie famille familia",
}
_JUNK = frozenset(
    ("junk", "spam", "junk email", "junk e-mail", "bulk mail", "[gmail]/spam", "unerwunscht", "courrier indesirable")
)


def _named() -> dict[str, Category]:
    split = ((category, table.split(";") if ";" in table else table.split()) for category, table in _FOLDERS.items())
    return {name: category for category, names in split for name in names} | dict.fromkeys(_JUNK, Category.PROMOTION)


_MEANT_BY_FOLDER = _named()


def lesson(acts: Iterable[Feedback]) -> Lesson | None:
    """Of one item. The person's own word counts before what is inferred, and a deed before nothing done. None: nothing is said."""
    by_act = {one.act: one for one in acts}
    for act in WEIGHTS:
        if act in by_act and (found := _READ[act](by_act[act])) is not None:
            meant, nudge = found
            return Lesson(by_act[act].said, meant, nudge, WEIGHTS[act], act, by_act[act].at)
    return None


def folder_means(folder: str) -> Category | None:
    """Of a folder or label whose name says what lies in it; None for all others."""
    name = folder.casefold().replace("ü", "u").replace("ä", "a").replace("é", "e").replace("à", "a").strip("/ ")
    found = _MEANT_BY_FOLDER.get(name)
    return found or _MEANT_BY_FOLDER.get(name.rpartition("/")[2].rpartition(".")[2])


_Meant = tuple[Category, int] | None


def _corrected(one: Feedback) -> _Meant:
    if one.value == NOT_URGENT:
        return less(one.said, asked=one.asked), -1
    meant = Category(one.value)
    return meant, _sign(RANK[meant] - RANK[one.said])


def _moved(one: Feedback) -> _Meant:
    meant = folder_means(one.value)
    return None if meant is None else (meant, _sign(RANK[meant] - RANK[one.said]))


def _flagged(one: Feedback) -> _Meant:
    return (one.said, 1) if one.value == "on" else None


def _answered(one: Feedback) -> _Meant:
    meant = one.said if one.said in (Category.URGENT, Category.NEEDS_REPLY, Category.PERSONAL) else Category.NEEDS_REPLY
    return meant, 1 if float(one.value or 99) <= QUICKLY else 0


def _trashed(one: Feedback) -> _Meant:
    return (one.said, -1) if one.value == "unread" else None


def _ignored(one: Feedback) -> _Meant:
    return (Category.FYI, -1) if one.said in (Category.URGENT, Category.NEEDS_REPLY) else None


_READ = {
    Act.CORRECTED: _corrected,
    Act.MOVED: _moved,
    Act.FLAGGED: _flagged,
    Act.ANSWERED: _answered,
    Act.TRASHED: _trashed,
    Act.IGNORED: _ignored,
}


def less(said: Category, *, asked: bool) -> Category:
    """What is left of it where it isn't urgent."""
    if said is not Category.URGENT:
        return said
    return Category.NEEDS_REPLY if asked else Category.FYI


def _sign(difference: int) -> int:
    return (difference > 0) - (difference < 0)
