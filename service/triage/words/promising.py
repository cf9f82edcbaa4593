"""What promising sounds like. German, French and Spanish promise in the present tense as well: those turns are made from lists of verbs."""

from __future__ import annotations

from service.triage.lexicon import phrases

PROMISES = """
i'll; i will; we'll; we will; i shall; we shall; i'm going to; i am going to; we're going to; we are going to; i promise to; i plan to; we plan to; i intend to; we intend to; we promise to; i'm planning to
let me check; let me look into; let me find out; let me get back; let me see what; i aim to; we aim to; i commit to; we commit to; i am sending; i'm sending; we're sending
ich werde; wir werden; ich schicke; ich sende; ich melde; wir melden; ich kümmere; wir kümmern; ich liefere; wir liefern; ich prüfe; wir prüfen; ich rufe; ich gebe; ich mache; ich bringe; ich erledige; ich überarbeite; ich komme; wir schicken; wir senden; schicke ich; sende ich; melde ich; melden wir; melde mich; schicken wir; senden wir; gebe ich; kläre ich; ich kläre; prüfe ich
je vais; nous allons; je t'envoie; je vous envoie; je te rappelle; je vous rappelle; je m'en occupe; je m'occupe; nous vous enverrons; je vous enverrai; je t'enverrai; j'enverrai; je reviens vers; nous reviendrons; je reviendrai; je vous tiens; je te tiens; je ferai; nous ferons; je vérifie; je vérifierai; on vous envoie; on s'en occupe; je prépare; je préparerai; je vous recontacte; nous vous recontacterons; je transmets; je transmettrai
voy a; vamos a; te enviaré; le enviaré; les enviaré; te envío; le envío; les envío; te mando; le mando; enviaré; enviaremos; me encargo; nos encargamos; te llamo; le llamo; te llamaré; le llamaré; te aviso; le aviso; te avisaré; le avisaré; te confirmo; le confirmo; te confirmaré; le confirmaré; te paso; le paso; revisaré; lo reviso; prepararé; me pondré; nos pondremos; te respondo; le responderemos
"""

_GERMAN = """
schick; send; meld; kümmer; liefer; prüf; ruf; geb; mach; bring; erledig; überarbeit; hol; schreib; sorg; reservier; buch; leit; übernehm; überweis; bezahl; klär; frag; stell; besorg; organisier; bereit; erstell; aktualisier; bestätig; informier; reich; trag; vereinbar; unterschreib; kauf; kontaktier; korrigier; beantwort; erinner; sprech; veröffentlich; plan; teil
"""
_FRENCH = """
envoie; transmets; appelle; rappelle; vérifie; prépare; réserve; règle; paie; paye; apporte; confirme; organise; occupe; livre; relis; corrige; contacte; préviens; renvoie; partage; traite; réponds; réglerai; tiens; ferai; fais; finis; donne; rends; recontacte; propose; prends
"""
_SPANISH = """
mando; envío; paso; llamo; aviso; digo; confirmo; respondo; reenvío; consulto; reviso; preparo; escribo; traigo; llevo; reservo; pago; busco; arreglo; entrego; comparto; comento; organizo; hago; termino; pregunto; compro; recojo; encargo; contesto; miro; gestiono; doy; devuelvo
"""


def _made(stems: str, *turns: str) -> str:
    return "; ".join(turn.format(stem) for stem in phrases(stems) for turn in turns)


IN_THE_PRESENT = "; ".join(
    (
        _made(_GERMAN, "ich {0}e", "{0}e ich", "wir {0}en", "{0}en wir"),
        _made(
            _FRENCH,
            "je te {0}",
            "je vous {0}",
            "je le {0}",
            "je la {0}",
            "je les {0}",
            "je lui {0}",
            "je leur {0}",
            "je m'en {0}",
            "je {0}",
            "je l'{0}",
            "je t'{0}",
            "je vous l'{0}",
            "je te l'{0}",
        ),
        _made(_SPANISH, "te {0}", "le {0}", "les {0}", "os {0}", "lo {0}", "la {0}", "los {0}", "las {0}", "yo {0}", "me {0}"),
        "reservo; llevo; traigo; on vous envoie; on s'en charge; on s'en occupe; je m'en charge; nos encargamos; me ocupo; nos ocupamos; leite ich; ich biete; du bekommst; ihr bekommt",
    )
)

GERMAN_STATES = """
habe; hatte; werde; wurde; würde; hätte; wäre; könnte; möchte; sollte; müsste; dürfte; wollte; konnte; musste; hoffe; glaube; denke; weine; freue; brauche; wünsche; finde; bleibe; wohne; lebe; kenne; nehme; meine; verstehe; sehe; höre; fühle; warte; arbeite; fahre; fliege; reise; gehe; feiere; heirate; verreise; bedauere; bedaure; danke; erwarte; vermute; liebe; hasse; mache; lese; erreiche; verpasse; welche; eine; diese; heute; deine; ihre
haben; hatten; werden; wurden; würden; hätten; wären; könnten; können; möchten; sollten; sollen; müssen; mussten; dürfen; wollen; wollten; konnten; hoffen; glauben; denken; wissen; freuen; brauchen; wünschen; finden; bleiben; sind; waren; kennen; verstehen; sehen; hören; warten; fahren; fliegen; gehen; feiern; bedauern; danken; erwarten; vermuten; treffen; erreichen; verpassen; wenn; dann; wann; denn; allen; ihnen; beginnen; starten; schließen
"""
"""In the present tense these tell how somebody is or where they go, and promise nothing."""

FUTURE_STATES = """
serai; aurai; pourrai; devrai; saurai; voudrai; resterai; comprendrai; manquerai; raterai; serons; aurons; pourrons; devrons; saurons; resterons; verrons
seré; estaré; tendré; podré; querré; habré; sabré; necesitaré; perderé; quedaré; seguiré; entenderé; echaré; seremos; estaremos; tendremos; podremos; querremos; habremos; sabremos; necesitaremos; veremos
"""
"""First persons of the future that tell how somebody will be, not what they will do."""

STATES = """
be; have; see; miss; need; assume; admit; bet; say; guess; know; love; like; hate; regret; hope; feel; believe; think; wonder; want; wish; understand; agree; appreciate; enjoy; remember; forget; stay; remain; sleep; wait; leave; probably; never; not; always; seem; become; live; die; win; lose; pass; grant; concede; spare; refrain; decline; stop; do
"""
"""After "I'll" these tell how somebody will be; any other verb is a deed: "I'll open the data room"."""

ADVERBS = "also; then; just; definitely; certainly; gladly; happily; personally; simply; quickly; promptly; immediately; shortly; soon; now; still; even; both; all; surely; go; ahead; and; try; to"

# "You'll have it by Friday": a promise where something of the writer's follows
HANDING = "you'll have; you will have; you'll get; you will get; you'll receive; you will receive; expect; you can expect; count on; i owe you; i still owe you; we owe you; du bekommst; sie bekommen; sie erhalten; tu auras; vous aurez; vous recevrez; tu recevras; tendrás; tendrá; recibirás; recibirá"
HANDED = "it; them; my; our; everything; mein; meine; meinen; unser; unsere; unseren; mes; mon; ma; notre; nos; mi; mis; nuestra; nuestro; nuestras; nuestros"
HANDED_BY_A_DAY = "das; den; die; eine; einen; ein; le; la; les; un; une; el; los; las; una; the; a; an; this; these; that; those; both; all; another; word; news"

# "The report will be with you by noon": whoever carries it, the writer answers for it
COMING = "will be with you; will reach you; will be in your inbox; will be on your desk"

# "I can get that to you by Wednesday": an offer, and with a day beside it a promise
OFFERING = "i can; we can; happy to; glad to; i should be able to; we should be able to; i should have; we should have"
OFFERED = "send; share; forward; deliver; finish; submit; provide; return; draft; prepare; have it; have the; have a; have this; have that; have them; have your; get it; get this; get that; get you; get them; get the; turn it; turn this"

TAKEN_ON = "i'm on it; we're on it; i am on it; on it; consider it done; leave it with me; leave it to me; will do; i'm taking care of; i'm handling; wird erledigt; mach ich; je m'en charge; yo me encargo"

DEEDS = """
send; share; forward; get back; come back; follow up; circle back; reply; respond; answer; call; phone; ring; email; write; text; ping; message; review; read; look; check; confirm; verify; prepare; draft; finish; complete; finalize; finalise; deliver; submit; provide; update; fix; handle; take care; arrange; book; schedule; set up; set; organize; organise; ask; talk; speak; discuss; raise; flag; add; include; put; make; do; get; bring; pay; transfer; sign; return; ship; post; publish; upload; circulate; distribute; pass; let you know; let them know; let; reach out; connect; introduce; invite; keep you; report; investigate; find out; find; figure; sort; work on; work; try; join; attend; be there; be in touch; be sending; have it; have the; have a; have this; have your; see to; see if; see what; resolve; approve; process; reschedule; move; change; revise; rework; edit; translate; test; run; build; create; file; order; buy; pick; drop; collect; cover; present; host; chase; escalate; loop; cc; clarify; document; note; release; refund; replace; push; merge; deploy; dig; come; meet; stop by; visit; assign; allocate; sync; start; summarize; summarise; write up; give; show; tell; explain; help; turn
"""

NOT_DEEDS = """
i'll be out; i will be out; i'll be away; i will be away; i'll never; i will never; i'll assume; i will assume; i'll miss; i will miss; i'll need; i will need; we'll need; we will need; i'll have to; i will have to; we'll have to; we will have to; let me know; let us know; i'll see you; i will see you; i'll let you go; i'll say; i will say; i'll admit; we'll see; we will see; get started; make sense; make it easy; do my best; keep an eye out; i'll bet; we'll talk; we will talk; i'll do my; i'll try not; voy a estar fuera; je vais bien; ich werde nicht
je vais rater; je vais manquer; je vais être; voy a perder; voy a llegar; ich rufe an wegen; ich schreibe ihnen weil; ich schreibe dir weil; ich mache mir; ich gebe zu; je vous prie; je te dis; te digo que; le digo que; lo hago porque; le escribo para; te escribo para; le escribo porque; te escribo porque
"""

NEGATIONS = "nie; niemals; jamás; not; won't; never; can't; cannot; unable; wouldn't; couldn't; don't; isn't; no longer; nicht; kein; keine; keinen; leider; ne; pas; jamais; no; nunca; tampoco"

HYPOTHETICALS = "s'il; s'ils; s'elle; würde; könnte; puede que; seguramente; wahrscheinlich; sans doute; if; unless; whether; in case; suppose; had i; would; might; may; maybe; perhaps; probably not; hopefully; falls; wenn; ob; sofern; vielleicht; si; sauf; peut être; quizás; tal vez; a menos"

REPORTED = "said; says; told; thought; thinks; think; asked; hope; hopes; hoped; wish; promised; claims; claimed; mentioned; wrote; believe; assume; assumed; understood; heard; sagte; sagtest; meinte; dachte; dit; disait; pensait; dijo; dijiste; pensó"
