"""The commonest words of languages: of those that are read in full, and of others, so that one isn't taken for the other."""

from __future__ import annotations

READ = {
    "en": """
the; of; and; to; in; is; you; that; it; for; was; are; with; as; i; be; this; have; from; or; by; but; what; we; when; your; can; there; which; do; how; if; will; please; would; could; i'm; i'll; we'll; don't; let's; let; me; my; our; know; thanks; hi; hello; dear; been; has; had; they; them; their; she; he; just; not; on; at; an; all; any; about; out; get; need; send; call; tomorrow; today; friday; monday; thoughts; ok; okay; yes; no; sure
""",
    "de": """
der; die; das; und; ich; nicht; ist; es; sie; wir; zu; mit; den; dem; auf; für; von; ein; eine; einen; einem; im; auch; dass; bitte; kann; können; könnten; könntest; kannst; bis; uns; mir; dir; ihnen; ihr; haben; habe; hat; wird; werden; werde; sind; bei; nach; aus; noch; nur; schon; wie; was; wann; hallo; liebe; lieber; grüße; danke; am; um; zum; zur; als; oder; wenn; morgen; heute; freitag; montag; dienstag; donnerstag; mittwoch; samstag; sonntag; du; dich; dein; deine; ihre; kein; keine; sehr; geehrte; geehrter; vielen; mal; melde; schicke; schick; gib; sag
""",
    "fr": """
le; la; les; de; des; du; et; je; vous; nous; est; pas; que; qui; dans; pour; sur; une; un; au; aux; avec; ce; cette; ces; votre; vos; notre; nos; mon; ton; ta; bonjour; merci; bonsoir; salut; cordialement; avez; avons; êtes; sont; suis; peux; peut; pouvez; pourriez; pourrais; être; avoir; fait; faire; plus; ne; se; si; ou; où; mais; donc; demain; lundi; mardi; mercredi; jeudi; vendredi; samedi; dimanche; tu; te; moi; toi; il; elle; on; y; c'est; j'ai; n'hésitez; d'ici; avant; très; veuillez; l'équipe; s'il; aujourd'hui; d'accord; quand; comment
""",
    "es": """
el; la; los; las; de; que; y; en; un; una; por; con; para; no; es; se; lo; su; sus; al; del; como; más; pero; mi; tu; te; le; les; me; nos; hola; gracias; saludos; favor; puedes; puede; podrías; podría; pueden; está; están; esto; este; esta; eso; hay; tiene; tienes; tenemos; vamos; voy; mañana; hoy; lunes; martes; miércoles; jueves; viernes; sábado; domingo; os; cuando; donde; estimado; estimada; usted; ustedes; cuándo; qué; cómo; si; sí; muy; ya; hasta; antes; también; necesito; necesitamos; envía; enviaré; envíame; ha; he; han; ser; son; fue; desde; sobre
""",
}

OTHER = {
    "pt": """
o; a; os; as; de; que; e; do; da; dos; das; em; um; uma; para; com; não; por; mais; mas; você; vocês; seu; sua; nós; ele; ela; foi; são; está; estão; isso; isto; este; esta; pelo; pela; ao; à; olá; obrigado; obrigada; pode; poderia; podemos; amanhã; hoje; segunda; terça; quarta; quinta; sexta; feira; tem; temos; vou; vamos; até; também; já; muito; bom; dia; então; ainda; gostaria; preciso; enviar; envie; favor; quando; como; me; lhe; nos; se
""",
    "it": """
il; lo; la; i; gli; le; di; che; e; è; un; una; uno; per; con; non; sono; del; della; dei; delle; nel; nella; al; alla; ai; da; dal; si; mi; ti; ci; vi; ho; hai; ha; abbiamo; come; più; ma; anche; questo; questa; ciao; grazie; buongiorno; salve; cordiali; saluti; puoi; può; potresti; potrebbe; possiamo; domani; oggi; lunedì; martedì; mercoledì; giovedì; venerdì; entro; prima; quando; cosa; favore; vorrei; sto; stato; molto; suo; tua; tuo; nostro; inviare; mandami; sulla; sul; dopo
""",
    "nl": """
de; het; een; en; van; ik; je; jij; jullie; u; uw; dat; die; niet; is; zijn; was; op; te; met; voor; er; aan; om; dan; nog; ook; als; maar; naar; bij; door; over; wij; we; ons; onze; kan; kun; kunt; kunnen; zou; wil; willen; graag; bedankt; dank; hallo; hoi; beste; groet; groeten; morgen; vandaag; vrijdag; maandag; dinsdag; woensdag; donderdag; mij; me; mijn; heb; hebt; heeft; hebben; wordt; worden; even; deze; dit; wat; wanneer; hoe; sturen; stuur; al; geen; alsjeblieft; alstublieft
""",
    "pl": "i; w; z; na; do; nie; się; że; to; jest; są; czy; jak; ale; o; od; po; za; dla; przez; przed; dzień; dobry; cześć; proszę; dziękuję; pozdrawiam; możesz; może; mogę; jutro; dziś; dzisiaj; piątek; poniedziałek; mi; mnie; nam; ci; pan; pani; państwo; będzie; był; tego; tym; ten; ta; te; już; jeszcze; tylko; oraz; wysłać; prześlij; kiedy; który; która",
    "sv": "och; att; det; som; en; ett; på; är; av; för; med; den; inte; om; har; jag; du; vi; ni; de; kan; ska; skulle; hej; tack; vänliga; hälsningar; imorgon; idag; fredag; måndag; till; från; men; så; när; vad; hur; min; din; vår; ditt; mig; dig; oss; snälla; skicka; eller; också",
    "da": "og; at; det; som; en; et; på; er; af; for; med; den; ikke; om; har; jeg; du; vi; i; de; kan; skal; ville; hej; tak; venlig; hilsen; morgen; dag; fredag; mandag; til; fra; men; så; når; hvad; hvordan; min; din; vores; mig; dig; os; send; eller; også; være; blive; hei; takk; deg; meg; vennlig; ikkje; hva; vil",
    "fi": "ja; on; ei; että; se; hän; minä; sinä; me; te; olen; olet; ovat; oli; mutta; kun; jos; niin; kuin; myös; tai; hei; kiitos; terveisin; huomenna; tänään; perjantaina; voitko; voisitko; voin; ole; hyvä; minulle; meille; tämä; nyt; vielä; mitä; milloin; ennen; asti",
    "cs": "a; je; se; na; v; že; to; s; z; do; jako; za; ale; po; pro; by; si; jsem; jsme; jste; jsou; není; nebo; dobrý; den; děkuji; pozdravem; prosím; můžete; můžeš; mohl; zítra; dnes; pátek; pondělí; mi; mě; nám; vám; vás; který; která; když; ještě; také; pošlete",
    "ro": "și; de; la; în; cu; nu; este; sunt; pe; că; un; o; pentru; din; mai; se; am; ai; ați; avem; bună; mulțumesc; salut; vă; te; rog; poți; puteți; mâine; azi; vineri; luni; dacă; când; ce; cum; dar; sau; să; îmi; ne; trimite",
    "tr": "ve; bir; bu; da; de; için; ile; çok; ne; mi; mı; var; yok; ben; sen; biz; siz; merhaba; teşekkürler; teşekkür; ederim; lütfen; yarın; bugün; cuma; pazartesi; olarak; daha; gibi; kadar; ama; değil; olan; bana; bize; misiniz; mısınız; musun",
    "hu": "a; az; és; hogy; nem; is; egy; van; meg; de; ha; már; még; csak; vagy; kell; mint; szia; köszönöm; üdvözlettel; kérem; kérlek; holnap; ma; péntek; hétfő; ez; azt; ezt; tudna; tudnál; lesz; volt; nekem; nekünk; küldje; küldd",
    "id": "dan; yang; di; ke; dari; ini; itu; untuk; dengan; tidak; ada; saya; anda; kami; kita; akan; bisa; tolong; terima; kasih; besok; hari; jumat; senin; pada; adalah; atau; juga; sudah; belum; mohon; kirim; kirimkan; apakah",
    "vi": "và; của; là; có; không; cho; được; trong; với; một; các; này; tôi; bạn; anh; chị; em; đã; sẽ; vui; lòng; cảm; ơn; ngày; mai; thứ; gửi",
}
"""Languages that are recognised, and not read."""
