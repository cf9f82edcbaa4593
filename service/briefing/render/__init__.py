"""One fact set, many renderings: text, mail, speech, JSON and push say the same because they are made of the same facts."""

from service.briefing.render.html import to_html
from service.briefing.render.notice import to_notice
from service.briefing.render.privacy import without_private
from service.briefing.render.record import to_json
from service.briefing.render.speech import to_script
from service.briefing.render.text import to_text, words

__all__ = ["to_html", "to_json", "to_notice", "to_script", "to_text", "without_private", "words"]
