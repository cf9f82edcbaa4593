"""What deciding sounds like, and what makes it none; what proposing a time to meet sounds like; what currencies are called."""

from __future__ import annotations

DECISIONS = """
we decided; we've decided; we have decided; we've now decided; i decided; i've decided; i have decided; it was decided; the board decided; the board has decided; the team decided; the decision is; our decision is; decision was made; decision has been made; final decision is; we agreed; we've agreed; we have agreed; it was agreed; all agreed; let's go with; lets go with; we'll go with; we will go with; we're going with; we are going with; i'll go with; we're going ahead; we are going ahead; going forward with; is approved; are approved; was approved; were approved; been approved; i approve; we approve; approved the; signed off on; we chose; we have chosen; we've chosen; we picked; we opted; we settled on; we've settled on; has the green light; have the green light; got the green light; it's settled; it is settled; the contract goes to; the job goes to; we're not going to go ahead; we will not go ahead; we decided against; we've decided against
wir haben entschieden; wir haben uns entschieden; haben wir entschieden; haben wir uns entschieden; ich habe entschieden; ich habe mich entschieden; wir haben beschlossen; haben wir beschlossen; wurde beschlossen; wurde entschieden; beschlossene sache; der vorstand hat beschlossen; wir haben uns geeinigt; haben wir uns geeinigt; einigten uns; ist genehmigt; wurde genehmigt; sind genehmigt; ist freigegeben; wurde freigegeben; wir nehmen das angebot; wir machen es so; es bleibt bei; wir bleiben bei; steht fest; die entscheidung ist
nous avons décidé; on a décidé; j'ai décidé; il a été décidé; le conseil a décidé; nous avons convenu; on s'est mis d'accord; nous nous sommes mis d'accord; il est convenu; c'est décidé; la décision est; a été approuvé; a été approuvée; est approuvé; est approuvée; est validé; est validée; a été validé; a été validée; nous avons choisi; on a choisi; nous avons retenu; nous retenons; on part sur; nous partons sur; j'approuve; nous approuvons
hemos decidido; he decidido; decidimos; se ha decidido; se decidió; el consejo decidió; hemos acordado; acordamos; se acordó; quedamos en; hemos quedado en; está aprobado; está aprobada; queda aprobado; queda aprobada; ha sido aprobado; ha sido aprobada; se aprobó; se ha aprobado; fue aprobado; fue aprobada; hemos elegido; hemos optado; nos quedamos con; la decisión es; está decidido; apruebo
"""

DECISIONS_END = "entschieden; beschlossen; geeinigt; genehmigt; freigegeben"
"""Where German decides: at the end, after an auxiliary."""

UNDECIDED = """
if; unless; until; once; when; whether; before; not yet; have not; haven't; has not; hasn't; should be; must be; needs to be; need to be; to be approved; to be decided; can be; could be; may be; might be; would be; will be decided; will be approved
wenn; falls; ob; sobald; bevor; noch nicht; nicht entschieden; muss; müssen; soll; sollte; si; dès que; pas encore; avant que; doit; devrait; cuando; aún no; todavía no; antes de que; debe; debería
"""

PROPOSING = """
how about; what about; let's meet; lets meet; let us meet; shall we meet; can we meet; could we meet; could we talk; can we talk; could we speak; can we speak; shall we say; shall we; does that work; would that work; work for you; works for you; suit you; suits you; works for me; work for me; suits me; are you free; are you available; would you be free; would you be available; i'm free; i am free; i'm available; i am available; we're free; we are free; we're available; we are available; free on; available on; i could do; i can do; we could do; we can do; i propose; i suggest; could meet; can meet; would work; happy to meet; grab lunch; grab a coffee; have lunch; have coffee; get together; catch up; hop on a call; jump on a call; schedule a call; set up a call; have a call; quick call; does tuesday; does monday; does wednesday; does thursday; does friday
passt dir; passt ihnen; passt es; passt euch; würde passen; passt mir; ginge es; geht es; wie wäre; wie wäre es; wäre es möglich; können wir uns; könnten wir uns; wollen wir uns; treffen wir uns; sollen wir uns; hast du zeit; haben sie zeit; habt ihr zeit; ich hätte zeit; ich habe zeit; ich kann am; ich könnte am; ich schlage vor; wir schlagen vor; terminvorschlag; terminvorschläge; telefonieren; ich wäre frei
ça te va; ça vous va; te convient; vous convient; te conviendrait; vous conviendrait; me convient; es tu libre; êtes vous libre; tu es libre; vous êtes libre; seriez vous disponible; serais tu disponible; es tu disponible; êtes vous disponible; je suis libre; je suis disponible; on se voit; on se retrouve; on pourrait se voir; se voir; nous rencontrer; pourrions nous; je propose; je te propose; je vous propose; nous proposons; disponible
te viene bien; le viene bien; os viene bien; les viene bien; te va bien; le va bien; me viene bien; me va bien; estás libre; está libre; estás disponible; está disponible; estoy libre; estoy disponible; tienes tiempo; tiene tiempo; nos vemos; quedamos el; podemos quedar; podríamos quedar; podemos vernos; podríamos vernos; podemos reunirnos; podríamos reunirnos; nos reunimos; propongo; te propongo; le propongo; qué tal el; qué tal
"""

CURRENCIES = {
    "$": "USD", "us$": "USD", "usd": "USD", "dollar": "USD", "dollars": "USD", "bucks": "USD", "c$": "CAD", "a$": "AUD",
    "€": "EUR", "eur": "EUR", "euro": "EUR", "euros": "EUR", "£": "GBP", "gbp": "GBP", "pound": "GBP", "pounds": "GBP", "pfund": "GBP",
    "¥": "JPY", "jpy": "JPY", "yen": "JPY", "chf": "CHF", "franken": "CHF", "sfr": "CHF", "fr.": "CHF", "francs": "CHF",
    "cad": "CAD", "aud": "AUD", "nzd": "NZD", "sek": "SEK", "nok": "NOK", "dkk": "DKK", "pln": "PLN", "czk": "CZK", "huf": "HUF",
    "inr": "INR", "₹": "INR", "rupees": "INR", "cny": "CNY", "rmb": "CNY", "brl": "BRL", "r$": "BRL", "mxn": "MXN", "zar": "ZAR", "sgd": "SGD", "hkd": "HKD",
    "dólares": "USD", "libras": "GBP", "livres": "GBP", "₽": "RUB", "₩": "KRW", "krw": "KRW", "₺": "TRY", "try": "TRY", "ils": "ILS", "₪": "ILS",
}  # fmt: skip
"""ISO 4217. A bare dollar is taken for the American one, francs for Swiss ones."""

MULTIPLES = {
    "k": 3, "thousand": 3, "tsd": 3, "tausend": 3, "mille": 3, "mil": 3,
    "m": 6, "mn": 6, "mio": 6, "million": 6, "millions": 6, "millionen": 6, "millón": 6, "millones": 6,
    "bn": 9, "b": 9, "billion": 9, "billions": 9, "mrd": 9, "milliarde": 9, "milliarden": 9, "milliard": 9, "milliards": 9,
}  # fmt: skip
"""Powers of ten."""
