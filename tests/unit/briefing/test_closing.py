import pytest

from service.domain.items import Attachment
from service.triage.closing import delivers, is_courtesy, withdraws
from tests.builders import a_message


@pytest.mark.parametrize(
    "text",
    [
        "Please find the deck attached.",
        "Here is the draft.",
        "Here’s the link you asked for",
        "I've sent it to the notary.",
        "Done!",
        "The invoice has been paid.",
        "All done, have a good weekend",
        "Anbei die Unterlagen.",
    ],
)
def test_words_that_deliver(text):
    assert delivers(a_message(text=text))


@pytest.mark.parametrize(
    "text",
    [
        "I have not sent it yet.",
        "It will be done tomorrow.",
        "Have you sent it?",
        "Once it is done I will tell you.",
        "I haven't finished it.",
        "Working on it.",
        "",
    ],
)
def test_words_that_only_sound_like_it(text):
    assert not delivers(a_message(text=text))


def test_an_attached_document_delivers_and_a_logo_does_not():
    def with_(name, media_type, size=90_000):
        return a_message(text="hello", attachments=(Attachment(name, media_type, size),))

    assert delivers(with_("deck.pdf", "application/pdf"))
    assert not delivers(with_("image001.png", "image/png", 4_000))
    assert not delivers(with_("invite.ics", "text/calendar"))
    assert not delivers(with_("smime.p7s", "application/pkcs7-signature"))


def test_a_request_may_be_taken_back():
    assert withdraws(a_message(text="Never mind, found it."))
    assert not withdraws(a_message(text="Any news?"))


@pytest.mark.parametrize(
    ("words", "so"),
    [
        ("Please let me know if you have any questions.", True),
        ("If there's anything else I can help with, please let me know.", True),
        ("Feel free to call me.", True),
        ("Let me know if you can make it!", False),
        ("Any news on the lease?", False),
        ("Do you have the lease?", False),
    ],
)
def test_a_courtesy_asks_nothing(words, so):
    assert is_courtesy(words) is so
