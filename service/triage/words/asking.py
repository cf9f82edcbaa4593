"""What asking sounds like: English in full, German, French and Spanish for the usual turns."""

from __future__ import annotations

TABLES = {
    # "could you …", asked of the reader
    "modal": """
can you; could you; would you; will you; can u; could u; cud you; can either of you; can any of you; could any of you; can anyone; could anyone
could someone; can someone; would anyone; can you two; could you two; can you all; can you guys; are you able to; would you be able to; could you please; can we; could we
shall we; can i; could i; may i; could we please; would you mind; do you mind; would it be possible; is it possible; any chance; is there any chance; are you available; are you free
kannst du; können sie; könntest du; könnten sie; könnt ihr; könntet ihr; würden sie; würdest du; wären sie so; hätten sie; hättest du; ist es möglich; wäre es möglich; kannst du mir; dürfte ich; dürfen wir; können wir; könnten wir
peux tu; pouvez vous; pourrais tu; pourriez vous; est ce que tu; est ce que vous; serait il possible; peut on; pourrait on; auriez vous; aurais tu; voulez vous; veux tu; tu peux; vous pouvez me
puedes; puede usted; podrías; podría; pueden; podrían; podemos; podríamos; sería posible; me puedes; me puede; nos puedes; nos puede; te importaría; le importaría
""",
    "please": "please; pls; plz; kindly; bitte; s'il te plaît; s'il vous plaît; svp; stp; merci de; por favor; prière de",
    "let_me_know": """
let me know; let us know; lmk; get back to me; get back to us; tell me; advise me; keep me posted; keep us posted; fill me in; give me a call; give me a shout; call me; email me; e mail me; send me; send us; forward me; reply to me
give me a ring; give us a call; drop me a; let me have; let me see; lassen sie mich wissen; lass mich wissen; sag mir; sag bescheid; sagen sie mir; gib mir bescheid; geben sie mir bescheid; geben sie uns bescheid; gebt mir bescheid; bescheid geben; melde dich; melden sie sich
schick mir; schicken sie mir; senden sie mir; sende mir; ruf mich an; rufen sie mich; dis moi; dites moi; tiens moi; tenez moi; fais moi savoir; faites moi savoir; faites nous; envoie moi; envoyez moi; appelle moi; appelez moi; rappelle moi; rappelez moi; confirme moi; confirmez moi
dime; dígame; avísame; avíseme; avísanos; házmelo saber; hágamelo saber; envíame; envíeme; mándame; mándeme; llámame; llámeme; dinos; confírmame; confírmeme; cuéntame
""",
    # a need of the writer's that the reader is to meet
    "need": """
could use your; could use some; i need you; we need you; i need your; we need your; need you to; want you to; like you to; i'd like you; need your; we'll need you; i need to know; we need to know; i need a; i need the; i need an; i need some; i'd need; need to know; need to hear; i want you; would like you; ask you to; asking you to; ask that you
i'd appreciate; i would appreciate; we'd appreciate; we would appreciate; would be appreciated; be appreciated; appreciate it if; would be grateful; be great if you; be helpful if you; would be great if; would be helpful if; be nice if; appreciate your; appreciate any; grateful if; would appreciate; looking for your; waiting for your; awaiting your; waiting on you; waiting on your; hoping you; hope you can; wondering if; was wondering; wanted to ask; want to ask; like to know; love to know; love to hear; like to hear; curious if; curious whether; thoughts on; love your; i request; we request; request that you; i'd like to know; would like to know; like to get; like to have; like to see; like to schedule; like to set up; like to discuss; want to discuss; need to discuss; need to talk; we need to; your input; your feedback; your thoughts; your approval; your sign off; your help; your opinion; your decision; your confirmation; your response; your reply
ich brauche; wir brauchen; ich bräuchte; wir bräuchten; wir benötigen; ich benötige; ich bitte; wir bitten; bitten wir; bitte ich; würde mich freuen wenn; wäre super wenn; wäre gut wenn; wäre nett wenn; wäre hilfreich wenn; wäre toll wenn; wäre schön wenn; wäre dankbar; wären dankbar; ich warte auf; wir warten auf; deine rückmeldung; ihre rückmeldung; um rückmeldung; deine freigabe; ihre freigabe
ce serait bien si; ce serait super si; ce serait gentil si; ce serait possible de; j'ai besoin; nous avons besoin; j'aurais besoin; nous aurions besoin; je te demande; je vous demande; je souhaiterais; je voudrais savoir; j'attends; nous attendons; je vous prie; je vous remercie de; je te remercie de; vous serait il; votre retour; ton retour; votre accord; ton avis; votre avis; votre validation
le rogamos; les rogamos; te ruego; le ruego; rogamos; estaría bien que; sería bueno que; sería estupendo que; sería ideal que; necesito; necesitamos; necesitaría; necesitaríamos; te pido; le pido; les pido; me gustaría saber; quisiera saber; quisiera pedir; te agradecería; le agradecería; agradecería que; espero tu; espero su; quedo a la espera; tu respuesta; su respuesta; tu confirmación; su confirmación; su aprobación; tu aprobación
""",
    "duty": "you need to; you have to; you must; you should; you may want to; you might want to; you will need to; you'll need to; you'd better; make sure; be sure; please ensure; don't forget; do not forget; dont forget; remember to; you are required; it is important that you; needs your; you've got to; you can; feel free to; sie müssen; du musst; sie sollten; du solltest; denk daran; denken sie daran; vergiss nicht; vergessen sie nicht; tu dois; vous devez; n'oublie pas; n'oubliez pas; tienes que; tiene que; debes; no olvides; no olvide; recuerda; recuerde",
    "lets": "let's; lets; let us discuss; let us meet; let us talk; how about; what about; why don't we; why don't you; why not; shall we; lass uns; lassen sie uns; wie wäre es; wollen wir; et si on; on pourrait; vamos a ver; qué tal si; qué te parece; qué le parece",
    "opinion": "what do you think; thoughts; any thoughts; your thoughts; any ideas; any questions or; do you know; do you have; do you want; do you think; did you; have you; are you; were you; is it ok; is that ok; does that work; works for you; work for you; ok with you; okay with you; if you agree; do you agree; sound good; sounds good; was meinst du; was meinen sie; was denkst du; was halten sie; passt das; passt es; hast du; haben sie; weißt du; wissen sie; bist du; sind sie; qu'en penses tu; qu'en pensez vous; avez vous; as tu; es tu; êtes vous; ça te va; cela vous convient; ça vous convient; qué opinas; qué opina; qué piensas; tienes; tiene usted; estás; está usted; te parece; le parece; te viene bien; le viene bien",
    # these take the ask out of a sentence
    "not_asking": "please find; please see attached; please see the attached; please note; please be advised; please be informed; please be aware; please accept; please know; please remember that; pls find; please don't hesitate; please do not hesitate; don't hesitate; do not hesitate; please feel free; please disregard; please ignore; please excuse; please do not reply; please don't reply; no tienes que; no tiene que; no hace falta; du musst nicht; du musst nichts; sie müssen nichts; sie müssen nicht; du brauchst nicht; tu n'as pas besoin; vous n'avez pas besoin; tu n'as rien à; vous n'avez rien à; bitte nicht antworten; nicht auf diese; bitte antworten sie nicht; merci de ne pas; veuillez ne pas; prière de ne pas; ne pas répondre; por favor no responda; por favor no respondas; no responda a; no conteste; bitte beachten; im anhang finden; anbei; nicht zögern; zögern sie nicht; veuillez trouver; vous trouverez; n'hésitez pas; n'hésite pas; veuillez noter; adjunto; no dude en; no dudes en; no duden en; tenga en cuenta",
    "courtesy": "if you have any questions; if you have questions; any questions; any further questions; if you need; if you want; if you'd like; if you would like; if you wish; if you have any; have any questions; need any help; need anything; any other questions; falls sie fragen; bei fragen; falls du fragen; si vous avez des questions; si tu as des questions; pour toute question; si tiene alguna; si tienes alguna; cualquier duda; cualquier consulta",
    "machine": "stop receiving; your preferences; discuss this; read more; click here; click below; click the link; click on; unsubscribe; opt out; mailing list; terms of service; privacy policy; your account; log in; sign up; sign in; download; newsletter; subscribe; free trial; update your; here to; view this; view in; survey; app; visit; learn more; our website; hier klicken; abbestellen; abmelden; cliquez; désabonner; haga clic; haz clic; darse de baja",
    "offer": "save; off; sale; free; deal; deals; discount; % off; bonus; win; shop; buy; offer; exclusive; today only; coupon; shipping; order now; price; prices; $",
    "told": "he asked; she asked; they asked; asked me; told me; said that; he said; she said; they said; he will; she will; they will; who will; will be; has been; have been; was; were; had; did not; didn't",
    "thanks": "thank you; thanks; thx; many thanks; thank you for; thanks for; danke; vielen dank; merci; gracias",
    "meet": "get together; meet; meeting; lunch; dinner; coffee; breakfast; drinks; drink; catch up; visit with; stop by; come by; swing by; join us; join me; see you; attend; invite you; invited; available; free on; treffen; mittagessen; termin; réunion; déjeuner; rendez vous; reunión; almuerzo; cita",
    "discuss": "discuss; discussed with you; talk; talk to you; chat; conference call; follow up; go over; touch base; run by you; speak; speak with you; besprechen; discuter; en parler; hablar; comentar",
    "contact": "call; call me; give a holler; email me; e mail me; phone; write me; write us; contact me; contact us; reach me; reach us; reply; respond; page me; get in touch; drop me; email us; e mail us; reply to; get back; send your; rsvp; anrufen; antworten; répondre; appeler; responder; llamar",
    "soon": "tomorrow; today; this week; next week; asap; as soon as possible; tonight; this afternoon; this morning; monday; tuesday; wednesday; thursday; friday; saturday; sunday; weekend; urgent; urgently; right away; immediately; by noon; eod; cob; heute; morgen; demain; aujourd'hui; mañana; hoy",
    "we_should": "we should; we need to; we have to; we must; we ought to; we can; we could; we might; i think you should; i suggest; i would suggest; i recommend; suggest that; perhaps you; maybe you; you might; you may; you could; it may be; might be useful; would be useful; might be good; would be good; may be appropriate; it would be; i'd suggest; you should; we would like; i would like; i'd like; we'd like; i want to; like to",
    "negated": "don't; do not; not; no; never; won't; can't; cannot; isn't; aren't; didn't; doesn't; nicht; kein; ne; pas; no",
    "dealing": "schedule; check; review; give; calendar; chance; guys; further; issues; discussion; page; draft; copy; send; set up; together; before; comments; next; final; complete; case; interested; know; attached",
    "invites": "join; join us; we'll; shall; sunday; lunch; event; together; tonight; visit",
    "broadcast": "unsubscribe; longer; receive; experience; life; ensure; provided; buy; people; most; even; than; their; they; company; every; year; financial; market; power; delivery; available; many; experience; working; messages; scheduled; another; such; who",
    "can": "can; could; would; shall",
    "any": "any; anyone; anything; if any",
    "attention": "attached; attachment; enclosed; fyi; below; forwarded; following",
    "waiting": "i look forward; looking forward; look forward to; hope to; hoping to; i wonder; wonder if; not sure if; not sure whether; would love; i'd love; be happy to; happy to; glad to; i hope",
}

IMPERATIVES = """
accept; act; add; address; adjust; advise; allow; answer; apply; approve; arrange; ask; assign; attach; attend; be; book; bring; buy; call; cancel; cascade; change; chase; check; choose; circulate; clarify; clean; clear; click; close; coordinate; come; comment; compare; complete; compile; confirm; connect; consider; contact; copy; correct; create; decide; delete; deliver; describe; discuss; distribute; do; document; double; download; draft; drop; edit; email; enclose; enjoy; ensure; enter; escalate; evaluate; execute; explain; explore; extend; fax; file; fill; finalize; finalise; find; finish; fix; flag; follow; forward; get; give; go; grab; handle; have; help; hold; identify; include; indicate; inform; insert; invite; invoice; join; keep; leave; let; list; log; look; mail; make; meet; mention; modify; move; nominate; note; notify; obtain; open; order; organize; page; pass; pay; phone; pick; ping; plan; point; post; prepare; present; print; proceed; process; proof; proofread; propose; provide; pull; put; raise; rate; read; reach; reconsider; record; redo; refer; register; release; remember; remind; remit; remove; renew; replace; reply; report; request; reschedule; resend; reserve; resolve; respond; return; reverse; review; revise; ring; rotate; rsvp; run; save; say; schedule; see; select; send; set; share; show; sign; skip; sort; specify; start; stop; submit; suggest; summarize; supply; swap; switch; take; talk; tell; test; think; touch; transfer; triage; try; turn; update; upload; use; verify; visit; vote; wait; wake; watch; work; write; wire
schick; schicke; schicken; sende; senden; prüfe; prüfen; prüf; gib; geben; bestätige; bestätigen; ruf; rufen; melde; melden; komm; kommen; schau; schauen; sag; sagen; überweise; überweisen; unterschreibe; unterschreiben; beantworte; antworte; antworten; teile; teilen; reiche; reichen; buche; buchen; trage; tragen; vereinbare; vereinbaren; leite; leiten; erstelle; erstellen; überarbeite; überarbeiten; aktualisiere; aktualisieren
veuillez; envoie; envoyez; confirme; confirmez; vérifie; vérifiez; appelle; appelez; réponds; répondez; regarde; regardez; relis; relisez; signe; signez; dis; dites; donne; donnez; pense; pensez; fais; faites; merci; transmets; transmettez; prépare; préparez; réserve; réservez; complète; complétez
envía; envíe; envíame; manda; mande; confirma; confirme; revisa; revise; llama; llame; responde; responda; mira; mire; firma; firme; di; diga; prepara; prepare; reserva; reserve; completa; complete; avisa; avise; paga; pague; actualiza; actualice; comparte; comparta; reenvía; reenvíe; indica; indique
"""

FILLERS = """
also; and; so; then; but; or; ok; okay; well; first; second; third; secondly; lastly; finally; next; again; just; now; if not; if so; otherwise; meanwhile; hey; hi; hello; yes; no; sure; great; thanks; in the meantime; in addition; additionally; maybe; perhaps; quick question; one more thing; urgent; reminder; action required; action; fyi; ps; p s; sorry; and then; question; todo; to do; when you get a chance; when you have a minute; when you have a moment; at your convenience; after that; for now; by the way; btw; as soon as possible; asap
außerdem; und; dann; also; kurze frage; noch etwas; danke; hallo; erinnerung; zudem; aber; et; aussi; donc; puis; bonjour; salut; merci; petite question; rappel; y; además; también; hola; gracias; entonces; pero; recordatorio; una pregunta
"""

QUESTION_STARTS = """
what; when; where; who; whom; whose; which; why; how; is; are; do; does; did; can; could; would; will; should; shall; may; have; has; had; was; were; am; any; anyone; anything; isn't; aren't; don't; doesn't; didn't; can't; couldn't; won't; wouldn't; haven't; hasn't; shouldn't; ready; want; wanna; ok; okay
was; wann; wo; wer; wen; wem; welche; welcher; welches; warum; wieso; wie; ist; sind; hast; habt; haben; kann; können; könnte; soll; sollen; bist; wird; werden; gibt; passt; geht; darf
que; quoi; quand; où; qui; quel; quelle; quels; quelles; pourquoi; comment; est; avez; as; peux; peut; pouvez; pourrais; es; êtes; combien; faut
qué; cuándo; dónde; quién; cuál; cuáles; por qué; cómo; cuánto; es; está; están; tienes; tiene; puedes; puede; podrías; hay; has; ha; han
"""

YOU = """
you; your; u; ya; yours; yourself; you're; you've; you'll; you'd; du; dir; dich; dein; deine; deinen; ihr; ihre; ihren; ihnen; sie; euch; tu; te; toi; vous; ton; ta; tes; votre; vos; usted; ustedes; ti; tus; su; sus
"""

THEY = "he; she; they; it; this; that; the; there; these; those; he's; she's; it's; they're"

POLITE = "please; pls; plz; kindly; bitte; just"

SMALL_TALK = """
how are you; how are things; how's it going; how is it going; how have you been; how's life; how do you do; what's up; can you believe; could you believe; would you believe; guess what; who would have; who would've; wer hätte gedacht; wer hätte das; qui aurait cru; qui l'eût cru; quién lo diría; quién hubiera; isn't it; isn't that; aren't they; who knew; who knows; wie geht's; wie geht es; wie geht es ihnen; comment ça va; comment vas tu; comment allez vous; ça va; qué tal; cómo estás; cómo está
"""
"""Questions that want no answer in writing."""

SOON = "asap; a s a p; as soon as possible; as soon as you can; right away; immediately; urgently; at once; at your earliest convenience; so bald wie möglich; umgehend; sofort; schnellstmöglich; dringend; dès que possible; au plus vite; immédiatement; en urgence; lo antes posible; cuanto antes; inmediatamente; urgentemente"

DEMANDS = "need; needs; needed; i need; we need; must; require; required; requires; rsvp; confirm; submit; complete; respond; reply; due; mandatory; decision; final call; muss; müssen; benötigen; brauchen; erforderlich; il faut; besoin; necesito; necesitamos; requiere"
"""With a deadline beside them these ask for something, whatever the grammar."""

NARRATED = "wanted to make sure; want to make sure; to make sure; wanted to; i'll need; i will need; we'll need; we will need; i need to; i'd like to; will send; will share; will provide; will be; i'll; we'll; i will; we will; they need; he needs; she needs; they want; you'll be; we need to; you wanted; you asked; hope you; feel free; happy to; would love to; won't need; no need; don't need; do not need; didn't need"
"""With these a sentence tells of a plan or a wish and asks nothing by itself."""

OFFERING = "let; feel; contact; call; email; mail; reply; respond; reach; write; ask; give; visit; see; drop; get; phone; ping; text; tell; send; have; come; stop; check; melden; melde; wenden"
"""What heads a courtesy ("call me if you have any questions"); after another verb the courtesy is only added to a request."""
