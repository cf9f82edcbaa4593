"""The words mail clients put around quotes, in the languages they speak."""

from __future__ import annotations

import re

_WROTE = (
    r"wrote|writes|said|quoting|zitat von|lainaus|cytowanie|citát|цитирование|citando a?|citando|citerar|citat von|geschrieben|napisana przez|napisala|napisal|schrieb|schrieben|a écrit|a ecrit|écrivait|écrit|escribió|escribio|escribiò|ha scritto|scrisse|schreef|"
    r"geschreven|napisał(?:\(a\)|a)?|pisze|skrev|skreiv|kirjoitti|написал(?:\(а\)|а|и)?|"
    r"пишет|пише|написав(?:\(ла\)|ла)?|написа|napsal(?:\(a\)|a)?|"
    r"napísal(?:\(a\)|a)?|írta|escreveu|đã viết|yazdı|"
    r"έγραψε|a scris|scria|rašė|raksta|rakstīja|rakstija|kirjutas|je pisao|je pisala|je napisal|je napisala|"
    r"כתב|כתבה|كتب|كتبت|تمت كتابة|เขียน|เขียนว่า|menulis|missatge de|napisao je|napisala je|va escriure|idatzi zuen"
)
ENDS = (
    ":",
    "：",
    "wrote",
    "writes",
    "sent",
    "schrieb",
    "escribió",
    "scritto",
    "schreef",
    "skrev",
    "napisał",
    "đã viết",
    "écrit",
    "写道",
    "寫道",
)
"""How the last line of an attribution ends, most with a colon."""
_WROTE_UNSPACED = r"寫道|写道|寫：|写了|撰寫|書きました|のメッセージ|のメール|작성"
_LEADS = (
    r"on|am|le|el|il|op|den|dne|día|em|w dniu|dnia|på|és|vào|vào|pada|tarihinde|la|a|els?|ngày|ngày|"
    r"в|от|на|στις|בתאריך|بتاريخ|في|于|於|au|at|în|no dia|kuupäev|às|pada|missatge|wiadomość|ในวันที่|在"
)
WROTE = re.compile(rf"(?<!\w)(?:{_WROTE})(?!\w)|{_WROTE_UNSPACED}", re.IGNORECASE)
SENT = re.compile(r"\bsent\s*:?\s*\Z", re.IGNORECASE)
LEAD = re.compile(
    rf"[\s*_—–-]*(?:(?:{_LEADS})\s|\d{{1,4}}[./-]\d{{1,2}}|\d{{1,2}}\.? \w+ \d{{4}}|\d{{4}}年|"
    r"(?:mon|tue|wed|thu|fri|sat|sun|lun|mar|mer|jeu|ven|sam|dim|mo|di|mi|do|fr|sa|so)\w*[.,]? \d)",
    re.IGNORECASE,
)
# What tells an attribution from a sentence where no marked quote follows: a whole date, a time of day.
DATE = re.compile(r"\b(?:19|20)\d{2}\b|\b\d{1,4}[./-] ?\d{1,2}[./-] ?\d{2,4}\b|\d年")
TIME = re.compile(r"\b\d{1,2} ?(?:[:h時时点] ?\d{2}|\.\d{2}(?![\d.]))|\d ?[ap]\.?m\b", re.IGNORECASE)
NAMES_MAILBOX = re.compile(
    r"^.{0,40}\d.{0,120}(?:<\s*[^\s<>@]+@[^\s<>@]+\s*>|\([^\s()@]+@[^\s()@]+\))\s*(?:님)?\s*[:：]?\Z|^(?:\S+ )?\d.{4,60}\S+@\S+[:：]\Z"
)
"""A date and then a mailbox with nothing behind it: how programs write that use no verb."""
DATED = re.compile(r"\d{1,2}\s?[:.h時时]\s?\d{2}|\b(?:19|20)\d{2}\b|\b\d{1,2}[./-]\d{1,2}(?:[./-]\d{2,4})?|\d年|\d月")
SENTENCE = re.compile(r"[?!;] |\b(?:I|ich|je|yo|we|wir) (?:wrote|said|schrieb|écrivais)\b|\b(?:schrieb|said) (?:ich|I)\b")
"""What no program puts between a name and its verb."""
MAILBOX = re.compile(r"[^\s<>@\"]{1,80}@[^\s<>@\"]{2,}")

# An attribution that shares a line with the reply: only clear ones, in the form most clients write.
SHARED_LINE = re.compile(
    r"(?<=\S)\s*-*\s*\bOn (?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? |\d{1,2}[ /.-]|"
    r"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]* \d)[^\n]{5,200}\bwrote:\s*\Z"
)

ORIGINAL = re.compile(
    r"[\s>*|]*[-_=—─‐]{2,}\s*(?:original(?: (?:message|appointment|mail|e-?mail))?|reply (?:message|above)|(?:ursprüngliche|original-?|antwort|"
    r"weitergeleitete) ?(?:nachricht|e-?mail)|ursprüngliche nachricht|message d[’']origine|message original|oprindelig meddelelse|"
    r"opprinnelig melding|ursprungligt? meddelande|originalmeddelande|oorspronkelijk bericht|messaggio originale|mensaje original|mensagem original|"
    r"oryginalna wiadomość|wiadomość oryginalna|původní (?:zpráva|e-?mail)|alkuperäinen viesti|eredeti üzenet|"
    r"исходное сообщение|原始邮件|原始郵件|"
    r"元のメッセージ|원본 메시지|원본 메일|mesaj original|orijinal mesaj|eredeti levél|αρχικό μήνυμα|missatge original|الرسالة الأصلية|tin nhắn gốc|pesan asli)\s*[-_=—─‐]*\s*\Z",
    re.IGNORECASE,
)
ORIGINAL_STEMS = ("original message", "rsprüngliche nachricht", "rspruengliche nachricht", "message d", "mensaje original")
ORIGINAL_BARE = re.compile(
    r"\s*(?:original message|urspr(?:ü|ue)ngliche nachricht|message d[’']origine|mensaje original)\s*\Z", re.IGNORECASE
)
"""Only where the labels of a header block follow."""
_FORWARD = (
    r"forward|weitergeleit|transf[ée]r|réexpéd|reenviad|inoltrat|doorgestuurd|encaminhad|przekazan|vidarebefordr|videresend|"
    r"edelleenlähet|přeposlan|preposlan|továbbít|redirecționat|пересыла|пересланн|перенаправл|переадрес|препратен|προωθ|yönlendir|iletilmiş|"
    r"転送|转发|轉寄|转寄|轉發|전달|diteruskan|chuyển tiếp"
)
FORWARD_STEMS = (*_FORWARD.replace("[ée]", "e").split("|"), "transfér", "letilmiş")
"""In lower case: a line without any of these forwards nothing."""
FORWARDED = re.compile(rf"[\s*]*[-_=—]{{2,}}[^\n]{{0,30}}(?:{_FORWARD})[^\n]{{0,70}}\Z", re.IGNORECASE)
FORWARDED_BARE = re.compile(rf"[\s*]*[^\n:：]{{0,40}}(?:{_FORWARD})[^\n:：]{{0,40}}[:：]\s*\Z", re.IGNORECASE)
"""Only where the labels of a header block follow."""
ABOVE_STEMS = (
    "this line", "zeile", "dieser linie", "cette ligne", "esta línea", "desta linha", "questa riga", "questa linea", "deze regel", "deze lijn",
)  # fmt: skip
ABOVE = re.compile(
    r"\W*(?:please )?(?:type |write |enter )?(?:your )?(?:reply|respond|answer|response) (?:above|over) this line\W*\Z|"
    r"\W*bitte geben sie ihre antwort (?:über|oberhalb) diese[rn]? zeile ein\W*\Z|\W*antworte?n? (?:bitte )?(?:über|oberhalb) dieser (?:zeile|linie)\W*\Z|"
    r"\W*veuillez (?:saisir|entrer|écrire) votre réponse au-dessus de cette ligne\W*\Z|\W*(?:por favor,? )?(?:escriba|responda)[^\n]{0,30} (?:encima|arriba) de esta línea\W*\Z|"
    r"\W*digite sua resposta acima desta linha\W*\Z|\W*(?:inserisci|scrivi) la (?:tua )?risposta sopra questa (?:riga|linea)\W*\Z|"
    r"\W*(?:typ|plaats) uw antwoord boven deze (?:regel|lijn)\W*\Z",
    re.IGNORECASE,
)
"""What helpdesks ask for: what stands below such a line is theirs."""

_LABELS = {
    "from": r"from|von|de|da|van|od|från|fra|frá|lähettäjä|от|от кого|від|kimden|gönderen|feladó|από|изпраща|من|จาก|từ|dari|šalje|saatja|nuo|差出人|发件人|寄件者|"
    r"보낸 사람|מאת|من|de la|expediteur|expéditeur|mittente|afzender|absender|nadawca",
    "date": r"date|sent|sent on|datum|gesendet|gesendet am|envoyé|envoyé le|enviado|enviado el|enviada|enviado em|fecha|data|inviato|data invio|verzonden|verzonden op|skickat|sendt|lähetetty|dato|data wysłania|wysłano|wysłane|"
    r"odesláno|отправлено|дата|gönderildi|gönderme tarihi|tarih|elküldve|dátum|日時|送信日時|发送时间|日期|时间|寄件日期|보낸 날짜|"
    r"날짜|נשלח|trimis|ημερομηνία|στάλθηκε|изпратено|تاريخ الإرسال|تم الإرسال|إرسال|التاريخ|ส่ง|วันที่|đã gửi|ngày|terkirim|tanggal|enviat|poslano|saadetud|kuupäev|išsiųsta|data wysłania|nosūtīts|надіслано|odoslané|gönderilme tarihi|寄件時間|보낸 시간",
    "to": r"to|an|à|a|para|al|aan|do|till|til|vastaanottaja|кому|kime|alıcı|címzett|komu|宛先|收件人|收件者|받는 사람|אל|destinataire|destinatario|către|до|προς|إلى|ถึง|tới|đến|kepada|per a|prima|za|adressaat|kam|pro",
    "subject": r"subject|betreff|objet|asunto|oggetto|onderwerp|ämne|emne|aihe|temat|předmět|тема|konu|tárgy|assunto|件名|主题|主旨|제목|נושא|subiect|θέμα|относно|الموضوع|เรื่อง|chủ đề|subjek|perihal|tema|predmet|zadeva|teema|tēma|re",
    "cc": r"cc|bcc|kopie|copie|cc n|kopia|kopi|copia|reply-to|antwort an|organization|importance|priorität|attachments|anlagen",
}
LABEL = re.compile(
    r"[\s>*_|]*(?:"
    + "|".join(f"(?P<{kind}>{words})" for kind, words in _LABELS.items())
    + r")[*_]?\s?[:：][*_]?(?!//)\s*(?P<value>.*)",
    re.IGNORECASE | re.DOTALL,
)
ONE_LINE_BLOCK = re.compile(
    r"\s*\*?(?:From|Von|De|Da|Fra|Van)\s?:.{3,120}\b(?:Date|Sent|Gesendet|Envoyé|Datum|Fecha|Inviato|Sendt)\s?:", re.IGNORECASE
)

SENT_FROM = re.compile(
    r"\s*[*_(\[<]*(?:(?:sent|send) (?:wirelessly |securely )?(?:from|via|using|with|by)\b|sent on the go|(?:get|download|obtenir|télécharger|obtener|descargar|ottieni|scarica|obter(?: o)?|baixar(?: o)?|hämta|hent|hanki|pobierz|stáhnout) outlook (?:for|pour|para|per|för|til|voor|fra|for|dla|pro)|outlook (?:für|voor) \w+ (?:herunterladen|downloaden|beziehen)|holen sie sich outlook|(?:mobil )?gesendet (?:von|mit|über)|"
    r"von (?:meinem|unterwegs)[^.]{0,40}gesendet|diese nachricht wurde von (?:meinem|mobil)|envoyée? (?:depuis|de|sans fil|par|à partir)|enviado (?:desde|do|de|por|via|con|a partir)|enviada? do meu|(?:cordiali saluti )?inviat[oi] (?:da|dal|con)|verzonden (?:met|vanaf|via|van)|verstuurd (?:vanaf|met|via)|"
    r"skickat från|sendt fra|lähetetty|wysłane? z|wysłano z|odesláno z|odoslané z|отправлено (?:с|из)|"
    r"(?:відправлено|надіслано) (?:з|із)|(?:gửi|đã gửi) từ|dikirim (?:dari|dengan)|στάλθηκε από|enviat des|trimis din|poslano (?:z|sa|s)|saadetud minu|küldve|trimis de pe|iphoneから送信|发自我的|傳送自|從我的|내 iphone에서|나의 iphone에서|iphone'?umdan gönderildi|"
    r"from my (?:iphone|ipad|android|mobile|phone)|yahoo mail(?: for|:)|typed (?:on|with) my)",
    re.IGNORECASE,
)
LIST_FOOTER = re.compile(
    r"mailing list|mailman/listinfo|unsubscribe|to post to this group|you (?:are receiving|received) this|reply to this email directly|view it on github|abmelden|additional commands, e-?mail|listinfo|manage (?:your )?(?:preferences|subscription)|se désinscrire|darse de baja|cancella iscrizione|désabonner|google groups",
    re.IGNORECASE,
)
