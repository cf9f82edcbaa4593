"""The bare floor of one briefing: claim, read the rows, put them into two templates, inline the styles, make a mail with the
standard library, send it over an open connection, mark it. No judgement, no selection, no fences.
"""

from __future__ import annotations

import smtplib
import sqlite3
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path

import css_inline
from jinja2 import DictLoader, Environment

from tests.bench.bench_render import PLAIN_HTML

PEOPLE, MAILS, EVENTS, POSTS = 200, 50, 8, 40
TOLD = 15
_BODY = (
    "Hi, the renewal is due on Friday and legal still wants the shorter notice period confirmed before we sign. Can you check? "
    * 3
)
_TEXT = "{{ b.title }}\n{% for name, facts in b.sections %}{{ name }}\n{% for f in facts %}- {{ f.label }} {{ f.text }}\n{% endfor %}{% endfor %}"
_TABLES = """
pragma journal_mode=wal; pragma synchronous=full;
create table mail(person int, at int, sender text, subject text, body text, seen int default 0); create index m on mail(person, seen, at);
create table event(person int, at int, title text, people text); create index e on event(person, at);
create table post(person int, at int, who text, said text); create index p on post(person, at);
create table run(person int, slot int, state int, primary key(person, slot)) without rowid;
create table outbox(key text primary key, state int, body blob);
"""


def floor(folder: Path, port: int) -> Callable[[int], None]:
    """One briefing, sent: to be called with 0, 1, 2 …"""
    on = _filled(folder / "floor.db")
    templates = Environment(loader=DictLoader({"html": PLAIN_HTML, "text": _TEXT}), autoescape=True)
    html, text, inliner = templates.get_template("html"), templates.get_template("text"), css_inline.CSSInliner()
    smtp = smtplib.SMTP("127.0.0.1", port)

    def briefing(number: int) -> None:
        person = number % PEOPLE
        on.execute("insert into run values(?,?,0)", (person, number))
        mails = on.execute(
            "select sender, subject, body from mail where person=? and seen=0 order by at desc limit 50", (person,)
        )
        events = on.execute("select at, title, people from event where person=? order by at", (person,))
        posts = on.execute("select who, said from post where person=? order by at desc", (person,))
        facts = [_fact(sender, f"{subject}: {body[:160]}") for sender, subject, body in mails.fetchall()][:TOLD]
        facts += [_fact(str(at), f"{title} with {people}") for at, title, people in events.fetchall()]
        facts += [_fact(who, said) for who, said in posts.fetchall()[:3]]
        sheet = {"title": "Tuesday", "bottom_line": "", "sections": [("Today", facts)], "coverage": {"sources": []}}
        message = EmailMessage()
        message["Subject"], message["From"], message["To"] = "Briefing", "r@example.invalid", "m@example.invalid"
        message.set_content(text.render(b=sheet))
        message.add_alternative(inliner.inline(html.render(b=sheet)), subtype="html")
        raw = message.as_bytes()
        on.execute("insert into outbox values(?,0,?)", (str(number), raw))
        smtp.sendmail("r@example.invalid", ["m@example.invalid"], raw)
        on.execute("begin immediate")
        on.execute("update outbox set state=1 where key=?", (str(number),))
        on.execute("update run set state=2 where person=? and slot=?", (person, number))
        on.execute("commit")

    return briefing


def _fact(label: str, text: str) -> dict[str, object]:
    return {
        "label": label,
        "text": text,
        "why": "it is new",
        "sources": [{"url": "#", "title": label, "at": "07:00"}],
        "details": [],
    }


def _filled(file: Path) -> sqlite3.Connection:
    on = sqlite3.connect(file, isolation_level=None)
    on.executescript(_TABLES)
    on.execute("begin")
    for person in range(PEOPLE):
        mails = [(person, n, "tom@example.invalid", f"Re: contract {n}", _BODY) for n in range(MAILS)]
        on.executemany("insert into mail(person, at, sender, subject, body) values(?,?,?,?,?)", mails)
        on.executemany("insert into event values(?,?,?,?)", [(person, n, f"Review {n}", "Tom, Anna") for n in range(EVENTS)])
        on.executemany("insert into post values(?,?,?,?)", [(person, n, "anna", _BODY[:140]) for n in range(POSTS)])
    on.execute("commit")
    return on
