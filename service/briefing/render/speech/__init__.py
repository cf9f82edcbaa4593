"""The briefing said aloud: its own script, in words only."""

from service.briefing.render.speech.saying import say
from service.briefing.render.speech.script import to_script

__all__ = ["say", "to_script"]
