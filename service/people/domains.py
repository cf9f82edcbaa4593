"""Domains: whose they are, and which are nobody's."""

from __future__ import annotations

import re
from functools import lru_cache

_FREE = """
    gmail.com googlemail.com outlook.com hotmail.com live.com msn.com yahoo.com ymail.com rocketmail.com aol.com icloud.com me.com mac.com
    proton.me protonmail.com pm.me tutanota.com tuta.io gmx.com gmx.net gmx.de gmx.at gmx.ch web.de t-online.de freenet.de posteo.de mailbox.org
    arcor.de bluewin.ch hispeed.ch sunrise.ch orange.fr wanadoo.fr free.fr laposte.net sfr.fr neuf.fr hotmail.fr hotmail.de hotmail.es hotmail.it
    hotmail.co.uk outlook.de outlook.fr outlook.es yahoo.de yahoo.fr yahoo.es yahoo.it yahoo.co.uk yahoo.co.in yahoo.co.jp btinternet.com
    libero.it virgilio.it telefonica.net terra.es comcast.net verizon.net att.net sbcglobal.net bellsouth.net cox.net earthlink.net juno.com
    mail.com email.com inbox.com usa.net fastmail.com fastmail.fm hey.com zoho.com hushmail.com mail.ru yandex.ru yandex.com rambler.ru
    qq.com 163.com 126.com sina.com naver.com hanmail.net daum.net seznam.cz wp.pl o2.pl onet.pl interia.pl ukr.net rediffmail.com excite.com lycos.com
    """
FREE_MAIL = frozenset(_FREE.split())
"""Where anybody has an address: it tells nothing of an employer."""

_SECOND_LEVELS = frozenset((
    "co", "com", "org", "net", "ac", "edu", "gov", "gob", "gouv", "or", "ne", "go", "gv", "govt", "mil", "nom", "ltd", "plc", "sch",
))  # fmt: skip


@lru_cache(maxsize=8192)
def organisation(domain: str) -> str:
    """The domain that was registered: "eu.mail.atlas.co.uk" gives "atlas.co.uk". A heuristic without the public suffix list."""
    labels = domain.lower().strip(".").split(".")
    if len(labels) <= 2:
        return ".".join(labels)
    country = len(labels[-1]) == 2 and labels[-2] in _SECOND_LEVELS
    return ".".join(labels[-3:] if country else labels[-2:])


_PROVIDES = re.compile(
    r"(?:free|web|my|e|g|fast|hot|proton|secure|private|open|swiss)?-?(?:mail|mails|mailbox|email|inbox|post|postbox|webmail|messaging|hosting"
    r"|provider|isp|cloud|home|family|familie|users?|internet|online|telecom|telekom|me)(?:-?(?:box|service|server|host|hub|net|online|\d+))?",
    re.IGNORECASE,
)
"""Names of a domain that keeps mailboxes for anybody: nobody's employer."""


def is_free_mail(domain: str) -> bool:
    return domain.lower() in FREE_MAIL


def company_of(email: str) -> str:
    """A readable guess at the employer from an address: "dana@northbay-supply.example" gives "Northbay Supply".

    "" for free mail, for domains that read like a mail provider's, and for a family's own ("felix@keller-family.example").
    """
    domain = email.rpartition("@")[2].lower()
    if not domain or "." not in domain or is_free_mail(domain) or is_free_mail(organisation(domain)):
        return ""
    label = organisation(domain).partition(".")[0]
    if _PROVIDES.fullmatch(label) or label.endswith(("-family", "-familie", "-mail", "-mailbox")):
        return ""
    return " ".join(w.upper() if len(w) <= 3 else w.capitalize() for w in label.replace("_", "-").split("-") if w)
