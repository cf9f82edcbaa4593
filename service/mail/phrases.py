"""The words mail clients put around quotes, in the languages they speak."""

from __future__ import annotations

import re

_WROTE = (
    r"wrote|writes|said|schrieb|schrieben|a \xe9crit|a ecrit|\xe9crivait|\xe9crit|escribi\xf3|escribio|escribi\xf2|ha scritto|scrisse|schreef|"
    r"geschreven|napisa\u0142(?:\(a\)|a)?|pisze|skrev|skreiv|kirjoitti|\u043d\u0430\u043f\u0438\u0441\u0430\u043b(?:\(\u0430\)|\u0430|\u0438)?|"
    r"\u043f\u0438\u0448\u0435\u0442|\u043f\u0438\u0448\u0435|\u043d\u0430\u043f\u0438\u0441\u0430\u0432(?:\(\u043b\u0430\)|\u043b\u0430)?|napsal(?:\(a\)|a)?|"
    r"nap\xedsal(?:\(a\)|a)?|\xedrta|escreveu|\u0111\xe3 vi\u1ebft|yazd\u0131|"
    r"\u03ad\u03b3\u03c1\u03b1\u03c8\u03b5|a scris|scria|ra\u0161\u0117|rakstija|kirjutas|je pisao|je pisala|je napisal|je napisala|"
    r"\u05db\u05ea\u05d1|\u05db\u05ea\u05d1\u05d4|\u0643\u062a\u0628|\u0e40\u0e02\u0e35\u0e22\u0e19|menulis|va escriure|idatzi zuen"
)
ENDS = (
    ":",
    "\uff1a",
    "wrote",
    "writes",
    "sent",
    "schrieb",
    "escribi\xf3",
    "scritto",
    "schreef",
    "skrev",
    "napisa\u0142",
    "\u0111\xe3 vi\u1ebft",
    "\xe9crit",
    "\u5199\u9053",
    "\u5beb\u9053",
)
"""How the last line of an attribution ends, most with a colon."""
_WROTE_UNSPACED = r"\u5beb\u9053|\u5199\u9053|\u5beb\uff1a|\u5199\u4e86|\u64b0\u5beb|\u66f8\u304d\u307e\u3057\u305f|\u306e\u30e1\u30c3\u30bb\u30fc\u30b8|\u306e\u30e1\u30fc\u30eb|\uc791\uc131"
_LEADS = (
    r"on|am|le|el|il|op|den|dne|d\xeda|em|w dniu|dnia|p\xe5|\xe9s|vào|v\xe0o|pada|tarihinde|la|a|els?|ngày|ng\xe0y|"
    r"\u0432|\u043e\u0442|\u043d\u0430|\u03c3\u03c4\u03b9\u03c2|\u05d1\u05ea\u05d0\u05e8\u05d9\u05da|\u0628\u062a\u0627\u0631\u064a\u062e|\u0641\u064a|\u4e8e|\u65bc"
)
WROTE = re.compile(rf"(?<!\w)(?:{_WROTE})(?!\w)|{_WROTE_UNSPACED}", re.IGNORECASE)
SENT = re.compile(r"\bsent\s*:?\s*\Z", re.IGNORECASE)
LEAD = re.compile(
    rf"[\s*_\u2014\u2013-]*(?:(?:{_LEADS})\s|\d{{1,4}}[./-]\d{{1,2}}|\d{{1,2}}\.? \w+ \d{{4}}|\d{{4}}\u5e74|"
    r"(?:mon|tue|wed|thu|fri|sat|sun|lun|mar|mer|jeu|ven|sam|dim|mo|di|mi|do|fr|sa|so)\w*[.,]? \d)",
    re.IGNORECASE,
)
DATED = re.compile(
    r"\d{1,2}\s?[:.h\u6642\u65f6]\s?\d{2}|\b(?:19|20)\d{2}\b|\b\d{1,2}[./-]\d{1,2}(?:[./-]\d{2,4})?|\d\u5e74|\d\u6708"
)
MAILBOX = re.compile(r"[^\s<>@\"]{1,80}@[^\s<>@\"]{2,}")

# An attribution that shares a line with the reply: only clear ones, in the form most clients write.
SHARED_LINE = re.compile(
    r"(?<=\S)\s*-*\s*\bOn (?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? |\d{1,2}[ /.-]|"
    r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]* \d)[^\n]{5,200}\bwrote:\s*\Z"
)

ORIGINAL = re.compile(
    r"[\s>*|]*[-_=\u2014\u2500]{2,}\s*(?:original (?:message|appointment|mail)|reply (?:message|above)|(?:urspr\xfcngliche|original-?|antwort|"
    r"weitergeleitete) ?(?:nachricht|e-?mail)|urspr\xfcngliche nachricht|message d[\u2019']origine|message original|oprindelig meddelelse|"
    r"opprinnelig melding|ursprungligt? meddelande|originalmeddelande|oorspronkelijk bericht|messaggio originale|mensaje original|mensagem original|"
    r"oryginalna wiadomo\u015b\u0107|wiadomo\u015b\u0107 oryginalna|p\u016fvodn\xed (?:zpr\xe1va|e-?mail)|alkuper\xe4inen viesti|eredeti \xfczenet|"
    r"\u0438\u0441\u0445\u043e\u0434\u043d\u043e\u0435 \u0441\u043e\u043e\u0431\u0449\u0435\u043d\u0438\u0435|\u539f\u59cb\u90ae\u4ef6|\u539f\u59cb\u90f5\u4ef6|"
    r"\u5143\u306e\u30e1\u30c3\u30bb\u30fc\u30b8|\uc6d0\ubcf8 \uba54\uc2dc\uc9c0|mesaj original|orijinal mesaj)\s*[-_=\u2014\u2500]*\s*\Z",
    re.IGNORECASE,
)
FORWARDED = re.compile(
    r"[\s*]*(?:[-_=\u2014]{2,}\s*(?:forwarded (?:message|by)|weitergeleitete nachricht|weitergeleitet|message transf\xe9r\xe9|mensaje reenviado|"
    r"messaggio inoltrato|doorgestuurd bericht|mensagem encaminhada|vidarebefordrat|videresendt|videresendte|przekazana wiadomo\u015b\u0107|"
    r"p\u0159eposlan\xe1 zpr\xe1va|\u043f\u0435\u0440\u0435\u0441\u044b\u043b\u0430\u0435\u043c\u043e\u0435 \u0441\u043e\u043e\u0431\u0449\u0435\u043d\u0438\u0435|"
    r"\u8f6c\u53d1\u90ae\u4ef6|\u8f49\u5bc4|\u8ee2\u9001\u30e1\u30c3\u30bb\u30fc\u30b8)[^\n]{0,60}|"
    r"(?:begin forwarded message|anfang der weitergeleiteten|d\xe9but du message r\xe9exp\xe9di\xe9|d\xe9but du message transf\xe9r\xe9|inizio messaggio inoltrato|"
    r"inicio del mensaje reenviado|begin doorgestuurd bericht)[^\n]{0,40}:)\s*\Z",
    re.IGNORECASE,
)

_LABELS = {
    "from": r"from|von|de|da|van|od|fr\xe5n|fra|fr\xe1|l\xe4hett\xe4j\xe4|\u043e\u0442|\u043e\u0442 \u043a\u043e\u0433\u043e|\u0432\u0456\u0434|kimden|g\xf6nderen|felad\xf3|\u03b1\u03c0\u03cc|\u5dee\u51fa\u4eba|\u53d1\u4ef6\u4eba|\u5bc4\u4ef6\u8005|"
    r"\ubcf4\ub0b8 \uc0ac\ub78c|\u05de\u05d0\u05ea|\u0645\u0646|de la|expediteur|exp\xe9diteur|mittente|afzender|absender|nadawca",
    "date": r"date|sent|sent on|datum|gesendet|gesendet am|envoy\xe9|envoy\xe9 le|enviado|enviado el|enviada|enviado em|fecha|data|inviato|data invio|verzonden|verzonden op|skickat|sendt|l\xe4hetetty|dato|data wys\u0142ania|wys\u0142ano|wys\u0142ane|"
    r"odesl\xe1no|\u043e\u0442\u043f\u0440\u0430\u0432\u043b\u0435\u043d\u043e|\u0434\u0430\u0442\u0430|g\xf6nderildi|g\xf6nderme tarihi|tarih|elk\xfcldve|d\xe1tum|\u65e5\u6642|\u9001\u4fe1\u65e5\u6642|\u53d1\u9001\u65f6\u95f4|\u65e5\u671f|\u65f6\u95f4|\u5bc4\u4ef6\u65e5\u671f|\ubcf4\ub0b8 \ub0a0\uc9dc|"
    r"\ub0a0\uc9dc|\u05e0\u05e9\u05dc\u05d7|trimis|\u03b7\u03bc\u03b5\u03c1\u03bf\u03bc\u03b7\u03bd\u03af\u03b1",
    "to": r"to|an|\xe0|a|para|al|aan|do|till|til|vastaanottaja|\u043a\u043e\u043c\u0443|kime|al\u0131c\u0131|c\xedmzett|komu|\u5b9b\u5148|\u6536\u4ef6\u4eba|\u6536\u4ef6\u8005|\ubc1b\ub294 \uc0ac\ub78c|\u05d0\u05dc|destinataire|destinatario|c\u0103tre|pro",
    "subject": r"subject|betreff|objet|asunto|oggetto|onderwerp|\xe4mne|emne|aihe|temat|p\u0159edm\u011bt|\u0442\u0435\u043c\u0430|konu|t\xe1rgy|assunto|\u4ef6\u540d|\u4e3b\u9898|\u4e3b\u65e8|\uc81c\ubaa9|\u05e0\u05d5\u05e9\u05d0|subiect|\u03b8\u03ad\u03bc\u03b1|re",
    "cc": r"cc|bcc|kopie|copie|cc n|kopia|kopi|copia|reply-to|antwort an|organization|importance|priorit\xe4t|attachments|anlagen",
}
LABEL = re.compile(
    r"[\s>*_|]*(?:"
    + "|".join(f"(?P<{kind}>{words})" for kind, words in _LABELS.items())
    + r")[*_]?\s?[:\uff1a][*_]?(?!//)\s*(?P<value>.*)",
    re.IGNORECASE | re.DOTALL,
)
ONE_LINE_BLOCK = re.compile(
    r"\s*\*?(?:From|Von|De|Da|Fra|Van)\s?:.{3,120}\b(?:Date|Sent|Gesendet|Envoy\xe9|Datum|Fecha|Inviato|Sendt)\s?:", re.IGNORECASE
)

SENT_FROM = re.compile(
    r"\s*[*_(\[<]*(?:(?:sent|send) (?:wirelessly |securely )?(?:from|via|using|with|by)\b|sent on the go|get outlook for|download outlook for|(?:mobil )?gesendet (?:von|mit|\xfcber)|"
    r"von (?:meinem|unterwegs)[^.]{0,40}gesendet|diese nachricht wurde von (?:meinem|mobil)|envoy\xe9e? (?:depuis|de|sans fil|par|\xe0 partir)|enviado (?:desde|do|de|por|via|con|a partir)|enviada? do meu|inviato (?:da|dal|con)|verzonden (?:met|vanaf|via|van)|verstuurd (?:vanaf|met|via)|"
    r"skickat fr\xe5n|sendt fra|l\xe4hetetty|wys\u0142ane? z|wys\u0142ano z|odesl\xe1no z|odoslan\xe9 z|\u043e\u0442\u043f\u0440\u0430\u0432\u043b\u0435\u043d\u043e (?:\u0441|\u0438\u0437)|"
    r"\u0432\u0456\u0434\u043f\u0440\u0430\u0432\u043b\u0435\u043d\u043e|k\xfcldve|trimis de pe|iphone\u304b\u3089\u9001\u4fe1|\u53d1\u81ea\u6211\u7684|\u50b3\u9001\u81ea|\u5f9e\u6211\u7684|\ub0b4 iphone\uc5d0\uc11c|\ub098\uc758 iphone\uc5d0\uc11c|iphone'?umdan g\xf6nderildi|"
    r"from my (?:iphone|ipad|android|mobile|phone)|yahoo mail(?: for|:)|typed (?:on|with) my)",
    re.IGNORECASE,
)
DISCLAIMER = re.compile(
    r"\W*(?:(?:legal |confidentiality |privacy |e-?mail )?disclaimer\b|confidentiality (?:note|notice|statement|warning)|confidential(?:ity)?(?: notice)?\s*:|privileged (?:and|/) ?confidential|important (?:notice|information)\s*[:\n]|"
    r"(?:this|the information (?:contained )?in this|the contents? of this) (?:e-?mail|email|message|transmission|communication)[^\n]{0,200}\n?[^\n]{0,120}(?:confidential|privileged|intended (?:only|solely)|for the (?:exclusive|sole) use)|if you (?:are not|have received this)[^\n]{0,20}(?:the )?(?:intended|e-?mail in error|message in error)|"
    r"diese (?:e-?mail|nachricht)[^\n]{0,120}(?:vertraulich|ausschlie\xdflich)|vertraulichkeitshinweis|haftungsausschluss|ce (?:message|courriel|mail)[^\n]{0,160}confidentiel|avis de confidentialit\xe9|este (?:mensaje|correo|e-?mail)[^\n]{0,160}confidencial|aviso (?:de confidencialidad|legal)|esta mensagem[^\n]{0,160}confidencia|"
    r"(?:questo messaggio|questa e-?mail|le informazioni contenute)[^\n]{0,160}(?:riservat|confidenzial)|dit (?:bericht|e-?mail)[^\n]{0,160}vertrouwelijk|deze e-?mail[^\n]{0,160}vertrouwelijk|please consider the environment|think before you print|bitte denken sie an die umwelt)",
    re.IGNORECASE,
)
LIST_FOOTER = re.compile(
    r"mailing list|mailman/listinfo|unsubscribe|to post to this group|you (?:are receiving|received) this|reply to this email directly|view it on github|abmelden|d\xe9sabonner|google groups",
    re.IGNORECASE,
)
