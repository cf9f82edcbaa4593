"""The elements of an HTML mail that hold what its sender quotes or signs with, by the marks that mail programs leave."""

from __future__ import annotations

import re

from selectolax.lexbor import LexborNode

from service.mail import phrases
from service.mail.visible import Page

_SIGNATURE_HTML = ("signature", "bloop_sign", "__sig_pre__")
_QUOTE_HTML = (
    "blockquote", "gmail_", "olk_src", "divrply", "appendonsend", "moz-cite", "yahoo_quoted", "protonmail_quote", "zmail_extra", "tutanota_quote",
    "mail-editor-reference", "ms-outlook-mobile", "messagereplysection", "__quoted_text__", "border-top", "sh-quoted",
    *_SIGNATURE_HTML,
)  # fmt: skip
_QUOTE_NODES = (
    "div.gmail_quote, div.gmail_extra > div.gmail_quote, #OLK_SRC_BODY_SECTION, blockquote[type=cite], div.yahoo_quoted, div.protonmail_quote, "
    "div[class$=yahoo_quoted], div[name=messageReplySection], div[data-marker=__QUOTED_TEXT__], div.sh-quoted-content, "
    "div.zmail_extra, div.tutanota_quote, div.moz-cite-prefix, div.gmail_attr, blockquote.protonmail_quote, blockquote.zmail_extra"
)
_CUT_FROM = "#divRplyFwdMsg, #x_divRplyFwdMsg, #x_appendonsend, #appendonsend, #mail-editor-reference-message-container, #ms-outlook-mobile-body-separator-line"
_SIGNATURE_NODES = (
    "div.gmail_signature, span.gmail_signature_prefix, .moz-signature, #Signature, #ms-outlook-mobile-signature, #AppleMailSignature, "
    "div[class^=ydp][class$=signature], div.protonmail_signature_block, div[data-marker=__SIG_PRE__], #composer_signature, "
    "div[name=messageSignatureSection], div.bloop_sign, #x_Signature"
)
_EDGED = "div[style*=border-top]"
_EDGE = re.compile(r"border:\s*none;\s*border-top:\s*solid\s*#(?:e1e1e1|b5c4df|b1bbcc)\b", re.IGNORECASE)
"""The line Outlook draws above the names of sender and receivers, in whatever language it writes them."""


def may_quote(lowered: str) -> bool:
    """Cheap: False where no mark stands in a page's text in lower case."""
    return any(sign in lowered for sign in _QUOTE_HTML)


def signature_nodes(page: Page, lowered: str) -> frozenset[int]:
    if not any(sign in lowered for sign in _SIGNATURE_HTML):
        return frozenset()
    return frozenset(node.mem_id for node in page.tree.css(_SIGNATURE_NODES))


def quote_nodes(page: Page) -> frozenset[int]:
    tree = page.tree
    found: set[int] = set()
    for node in tree.css(_QUOTE_NODES):
        if not _forwards(node.text(deep=True)):
            found.add(node.mem_id)
    for node in tree.css(_CUT_FROM):
        if not _forwards(node.text(deep=True)):
            after: LexborNode | None = node
            while after is not None:
                found.add(after.mem_id)
                after = after.next
    for node in tree.css(_EDGED):
        if _EDGE.search(node.attributes.get("style") or "") and _is_addressed(node):
            found |= _from_here_on(node)
            break
    plain = [n for n in tree.css("blockquote") if "gmail_quote" not in (n.attributes.get("class") or "")]
    outer = [n for n in plain if not _inside(n, "blockquote")]
    if outer and not found:
        found.add(outer[-1].mem_id)
    return frozenset(found)


def _is_addressed(node: LexborNode) -> bool:
    """Whether it holds a few lines that begin with a name and a colon, whatever the language."""
    text = node.text(deep=True)[:1000]
    return len(re.findall(r"^\s*[^\W\d_][^\n:]{0,24}\s?[:：]", text, re.MULTILINE)) > 0 and not _forwards(text)


def _from_here_on(node: LexborNode) -> set[int]:
    """The node and all that follows it in the page."""
    found = {node.mem_id}
    above: LexborNode | None = node
    while above is not None and above.tag != "body":
        after = above.next
        while after is not None:
            found.add(after.mem_id)
            after = after.next
        above = above.parent
    return found


def _inside(node: LexborNode, tag: str) -> bool:
    above = node.parent
    while above is not None:
        if above.tag == tag:
            return True
        above = above.parent
    return False


def _forwards(text: str) -> bool:
    lines = [line.strip()[:120] for line in text.strip().split("\n", 12) if line.strip()]
    return any(phrases.FORWARDED.match(line) or phrases.FORWARDED_BARE.match(line) for line in lines[:2])
