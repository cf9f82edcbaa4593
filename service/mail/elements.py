"""What HTML's elements are to a reader."""

from __future__ import annotations

UNSEEN = frozenset(
    [
        "head",
        "title",
        "script",
        "style",
        "template",
        "noscript",
        "meta",
        "link",
        "base",
        "object",
        "embed",
        "applet",
        "iframe",
        "frameset",
        "video",
        "audio",
        "canvas",
        "svg",
        "datalist",
        "param",
        "source",
        "track",
        "area",
        "map",
        "noembed",
        "noframes",
        "-comment",
        "-doctype",
        "!doctype",
        "xml",
        "progress",
        "meter",
        "rp",
        "annotation",
        "annotation-xml",
    ]
)

NOT_TEXT = frozenset({"script", "style", "title", "head", "meta", "link", "base", "-comment", "-doctype", "!doctype", "xml"})

BLOCK = {
    **dict.fromkeys(
        [
            "div",
            "tr",
            "li",
            "address",
            "article",
            "section",
            "header",
            "footer",
            "form",
            "fieldset",
            "dl",
            "dt",
            "dd",
            "center",
            "figure",
            "figcaption",
            "main",
            "nav",
            "aside",
            "body",
            "html",
            "tbody",
            "thead",
            "tfoot",
            "caption",
            "details",
            "summary",
            "legend",
            "option",
            "select",
            "table",
            "noscript",
        ],
        1,
    ),
    **dict.fromkeys(["p", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "ul", "ol", "pre", "hr"], 2),
}

BREAKS_OUT = frozenset({"block", "table", "flex", "list-item", "grid", "table-row"})

FLOWS = frozenset({"inline", "inline-block", "inline-flex", "inline-table", "contents"})


STYLED = frozenset({"a", "details", "dialog", "select"})
