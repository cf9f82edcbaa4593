"""The markup that mail programs and web mailers put around what they quote: the forms of these programs, invented people."""

from __future__ import annotations

WROTE = (
    "On Tue, May 12, 2026 at 10:11 AM Dana Whitfield &lt;<a href='mailto:dana@atlas.example'>dana@atlas.example</a>&gt; wrote:"
)
QUOTE = "<p>Can we meet on Thursday?</p><p>Dana</p>"


def labels(
    sender: str = "From", sent: str = "Sent", to: str = "To", subject: str = "Subject", *, tag: str = "b", line: str = "<br>"
) -> str:
    values = (
        (sender, "Dana Whitfield &lt;dana@atlas.example&gt;"),
        (sent, "Tuesday, 12 May 2026 10:11"),
        (to, "Mara Keller"),
        (subject, "Re: Lunch"),
    )
    return line.join(f"<{tag}>{label}:</{tag}> {value}" for label, value in values)


_EDGE = "border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm"

# Each stands below the reply.
AFTER = {
    "gmail": f'<div class="gmail_quote"><div dir="ltr" class="gmail_attr">{WROTE}<br></div><blockquote class="gmail_quote" style="margin:0 0 0 .8ex;border-left:1px #ccc solid">{QUOTE}</blockquote></div>',
    "gmail container": f'<br><div class="gmail_quote gmail_quote_container"><div dir="ltr" class="gmail_attr">{WROTE}<br></div><blockquote class="gmail_quote">{QUOTE}</blockquote></div>',
    "gmail extra": f'<div class="gmail_extra"><br><div class="gmail_quote">{WROTE}<br><blockquote class="gmail_quote">{QUOTE}</blockquote></div></div>',
    "apple": f'<div><br><blockquote type="cite"><div>On May 12, 2026, at 10:11, Dana Whitfield &lt;dana@atlas.example&gt; wrote:</div><br><div>{QUOTE}</div></blockquote></div>',
    "apple phone": f'<div dir="ltr"><br><blockquote type="cite">{WROTE}<br><br></blockquote></div><blockquote type="cite"><div dir="ltr">{QUOTE}</div></blockquote>',
    "thunderbird": f'<div class="moz-cite-prefix">On 5/12/26 10:11 AM, Dana Whitfield wrote:<br></div><blockquote type="cite" cite="mid:a@b">{QUOTE}</blockquote>',
    "yahoo": f'<div id="yahoo_quoted_1" class="yahoo_quoted"><div>{WROTE}</div><div>{QUOTE}</div></div>',
    "yahoo ydp": f'<div id="ydp1yahoo_quoted_1" class="ydp12345yahoo_quoted"><div>{WROTE}</div><div>{QUOTE}</div></div>',
    "outlook web": f'<div id="appendonsend"></div><hr style="display:inline-block;width:98%" tabindex="-1"><div id="divRplyFwdMsg" dir="ltr">{labels()}<div>&nbsp;</div></div><div>{QUOTE}</div>',
    "outlook web x": f'<hr tabindex="-1"><div id="x_divRplyFwdMsg" dir="ltr">{labels()}</div><div>{QUOTE}</div>',
    "outlook phone": f'<div id="ms-outlook-mobile-signature"><br>Get <a href="https://aka.ms/x">Outlook for iOS</a></div><div id="mail-editor-reference-message-container"><hr><div id="divRplyFwdMsg">{labels()}</div>{QUOTE}</div>',
    "outlook desktop": f'<div><div style="{_EDGE}"><p class="MsoNormal">{labels()}</p></div></div><p class="MsoNormal">Can we meet on Thursday?</p>',
    "outlook german": f'<div><div style="{_EDGE}"><p class="MsoNormal">{labels("Von", "Gesendet", "An", "Betreff")}</p></div></div><p>Passt Donnerstag?</p>',
    "outlook french": f'<div><div style="{_EDGE}"><p class="MsoNormal">{labels("De&nbsp;", "Envoyé&nbsp;", "À&nbsp;", "Objet&nbsp;")}</p></div></div><p>Jeudi ?</p>',
    "outlook 2003": f'<div style="border:none;border-left:solid blue 1.5pt;padding:0cm 0cm 0cm 4.0pt"><div style="border:none;border-top:solid #B5C4DF 1.0pt"><p>{labels()}</p></div>{QUOTE}</div>',
    "outlook nameless": f'<div style="border:none;border-top:solid #B5C4DF 1.0pt;padding:3pt 0 0 0"><p class="MsoNormal"><b>Šķirts:</b> Dana</p></div>{QUOTE}',
    "windows mail": f"<div style='mso-element:para-border-div;{_EDGE}'><p>{labels()}</p></div>{QUOTE}",
    "outlook mac": f'<div style="border:none;border-top:solid #B5C4DF 1.0pt;padding:3.0pt 0in 0in 0in"><p>{labels(sent="Date")}</p></div>{QUOTE}',
    "outlook mac old": f'<span id="OLK_SRC_BODY_SECTION"><div>{labels(sent="Date", tag="span")}</div>{QUOTE}</span>',
    "hotmail": f'<div><hr id="stopSpelling">{labels(sent="Date", tag="span")}<br><br>{QUOTE}</div>',
    "proton": f'<div class="protonmail_quote">------- Original Message -------<br>{WROTE}<br><blockquote class="protonmail_quote" type="cite">{QUOTE}</blockquote></div>',
    "zoho": f'<div class="zmail_extra_hr" style="border-top:1px solid #ccc"></div><div class="zmail_extra"><div>---- On Tue, 12 May 2026 10:11:12 +0200 <b>Dana &lt;dana@atlas.example&gt;</b> wrote ----</div><blockquote>{QUOTE}</blockquote></div>',
    "gmx": f'<div name="quote" style="margin:10px 5px 5px 10px; padding: 10px 0 10px 10px; border-left:2px solid #C3D9E5;"><div style="margin:0 0 10px 0;"><b>Gesendet:</b>&nbsp;Dienstag, 12. Mai 2026 um 10:11 Uhr<br><b>Von:</b>&nbsp;"Dana" &lt;dana@atlas.example&gt;<br><b>An:</b>&nbsp;mara@keller.example<br><b>Betreff:</b>&nbsp;Essen</div><div name="quoted-content">{QUOTE}</div></div>',
    "qq": f'<div style="font-size:12px;padding:2px 0;">------------------&nbsp;原始邮件&nbsp;------------------</div><div style="background:#efefef"><div><b>发件人:</b> "Dana" &lt;dana@atlas.example&gt;</div><div><b>发送时间:</b> 2026年5月12日</div></div><div>{QUOTE}</div>',
    "163": f'<div style="position:relative;zoom:1"></div><pre>At 2026-05-12 10:11:12, "Dana" &lt;dana@atlas.example&gt; wrote:</pre><blockquote id="isReplyContent" style="padding-left:1ex">{QUOTE}</blockquote>',
    "tuta": f'<div>12. Mai 2026, 10:11 von dana@atlas.example:<br></div><blockquote class="tutanota_quote">{QUOTE}</blockquote>',
    "spark": f'<div name="messageReplySection">On 12 May 2026, 10:11 +0200, Dana Whitfield &lt;dana@atlas.example&gt;, wrote:<br><blockquote type="cite">{QUOTE}</blockquote></div>',
    "airmail": f'<p class="airmail_on">On 12 May 2026 at 10:11:12, Dana (dana@atlas.example) wrote:</p><blockquote type="cite" class="clean_bq"><span>{QUOTE}</span></blockquote>',
    "front": f'<blockquote type="cite" class="front-blockquote"><div>On May 12, 2026, 10:11 AM GMT+2 dana@atlas.example wrote:</div><br>{QUOTE}</blockquote>',
    "zimbra": f'<hr id="zwchr" data-marker="__DIVIDER__"><div data-marker="__HEADERS__">{labels(sent="Date")}</div><div data-marker="__QUOTED_TEXT__">{QUOTE}</div>',
    "samsung": f'<div style="font-size:100%;color:#000000"><!-- originalMessage --><div>-------- Original message --------</div><div>From: Dana &lt;dana@atlas.example&gt; </div><div>Date: 12/05/2026  10:11  (GMT+01:00) </div><div>To: mara@keller.example </div><div>Subject: Lunch </div><div><br></div></div>{QUOTE}',
    "mail.ru": f'<blockquote style="border-left:1px solid #0857A6;margin:10px;padding:0 0 0 10px;">Вторник, 12 мая 2026, 10:11 +03:00 от Dana Whitfield &lt;dana@atlas.example&gt;:<br>&nbsp;<div>{QUOTE}</div></blockquote>',
    "yandex": f'<div>12.05.2026, 10:11, "Dana Whitfield" &lt;dana@atlas.example&gt;:</div><blockquote>{QUOTE}</blockquote>',
    "fastmail": f'<div>On Tue, 12 May 2026, at 10:11 AM, Dana Whitfield wrote:<br></div><blockquote type="cite" id="qt" style="overflow-wrap:break-word;">{QUOTE}</blockquote>',
    "roundcube": f'<p id="reply-intro">On 2026-05-12 10:11, Dana Whitfield wrote:</p><blockquote type="cite" style="padding:0 0.4em">{QUOTE}</blockquote>',
    "evolution": f'<div class="-x-evo-paragraph">On Tue, 2026-05-12 at 10:11 +0200, Dana Whitfield wrote:</div><blockquote type="cite">{QUOTE}</blockquote>',
    "groupwise": f'<div class="GroupWiseMessageBody">&gt;&gt;&gt; Dana Whitfield &lt;dana@atlas.example&gt; 12.05.2026 10:11 &gt;&gt;&gt;<br></div><blockquote>{QUOTE}</blockquote>',
    "superhuman": f'<div class="gmail_signature"></div><br><div class="sh-quoted-content"><div>{WROTE}<br></div><blockquote class="sh-quote">{QUOTE}</blockquote></div>',
    "hey": f'<div class="trix-content"><br></div><div>On May 12, 2026, Dana Whitfield &lt;dana@atlas.example&gt; wrote:<br></div><blockquote>{QUOTE}</blockquote>',
    "notes": f'<br><br><font size=1 color=#5f5f5f face="sans-serif">From: &nbsp; &nbsp; &nbsp; &nbsp;</font><font size=1>Dana Whitfield &lt;dana@atlas.example&gt;</font><br><font size=1 color=#5f5f5f>To: &nbsp;</font><font size=1>mara@keller.example</font><br><font size=1>Date: &nbsp;</font><font size=1>12.05.2026 10:11</font><br><font size=1>Subject: &nbsp;</font><font size=1>Lunch</font><br><hr noshade><br>{QUOTE}',
    "em client": f'<div>------ Original Message ------</div><div>From "Dana" &lt;<a href="mailto:dana@atlas.example">dana@atlas.example</a>&gt;</div><div>To "Mara" &lt;mara@keller.example&gt;</div><div>Date 12/05/2026 10:11:12</div><div>Subject Lunch</div><div><br></div>{QUOTE}',
    "mailspring": f'<div class="gmail_quote_attribution">On May 12 2026, at 10:11 am, Dana &lt;dana@atlas.example&gt; wrote:</div><blockquote>{QUOTE}</blockquote>',
}

# Signatures by their mark, below a reply.
SIGNED = {
    "gmail": '<div class="gmail_signature"><p>Mara Keller</p><p>Keller AG</p></div>',
    "gmail prefix": '<span class="gmail_signature_prefix">-- </span><br><div dir="ltr" class="gmail_signature" data-smartmail="gmail_signature">Mara Keller<br>Keller AG</div>',
    "thunderbird": '<div class="moz-signature">-- <br>Mara Keller</div>',
    "thunderbird pre": '<pre class="moz-signature" cols="72">-- \nMara Keller</pre>',
    "outlook web": '<div id="Signature"><p>Mara Keller</p><p>+41 44 000 00 00</p></div>',
    "outlook phone": '<div id="ms-outlook-mobile-signature">Sent from <a href="https://aka.ms/x">Outlook for Android</a></div>',
    "apple": '<div id="AppleMailSignature" dir="ltr">Mara Keller<br>Sent from my iPhone</div>',
    "yahoo": '<div class="ydp1signature"><div>Mara Keller</div></div>',
    "proton": '<div class="protonmail_signature_block"><div class="protonmail_signature_block-user">Mara Keller</div></div>',
    "zimbra": '<div data-marker="__SIG_PRE__"><div>Mara Keller</div></div>',
    "samsung": '<div id="composer_signature"><div style="font-size:85%">Sent from my Galaxy</div></div>',
    "spark": '<div name="messageSignatureSection"><br>Mara Keller<br>Keller AG</div>',
    "airmail": '<div class="bloop_sign" id="bloop_sign_1"><div>Mara Keller</div></div>',
}
