"""The person at the terminal, for commands that have to ask."""

from __future__ import annotations

import getpass
import sys
import webbrowser

from service.errors import Rejected


class Terminal:
    """`ports.Asker`. Where nobody is there (a script), a secret is read from standard input, a line each."""

    def say(self, text: str) -> None:
        print(text, flush=True)

    def ask(self, question: str, default: str = "") -> str:
        shown = f"{question} [{default}]: " if default else f"{question}: "
        return self._line(shown) or default

    def secret(self, question: str) -> str:
        if sys.stdin.isatty():
            return getpass.getpass(f"{question} (not shown): ").strip()
        return self._line("")

    def browse(self, url: str) -> bool:
        self.say(f"Open this address in your browser:\n\n  {url}\n")
        try:
            return webbrowser.open(url)
        except webbrowser.Error:
            return False

    @staticmethod
    def _line(shown: str) -> str:
        try:
            return input(shown).strip()
        except EOFError:
            raise Rejected("there is nobody to ask: give it as KEY=VALUE, and a secret on standard input") from None
