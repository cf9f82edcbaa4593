"""What the inside of the house needs from its edges. Adapters implement these; jobs and capabilities are handed them."""

from service.ports.connecting import Asker, Credentials, NoCredentials, OneCredential, Right, SignIn, Surroundings
from service.ports.edges import Bell, CalendarReader, Channel, Check, Doorbell, Hand, MailReader, Order, Source, Voice
from service.ports.items import Ahead, Deeds, Items
from service.ports.jobs import Occasion, Services
from service.ports.learning import LearningStore, LearningTurn, Opinions, Question

__all__ = [
    "Ahead",
    "Asker",
    "Bell",
    "CalendarReader",
    "Channel",
    "Check",
    "Credentials",
    "Deeds",
    "Doorbell",
    "Hand",
    "Items",
    "LearningStore",
    "LearningTurn",
    "MailReader",
    "NoCredentials",
    "Occasion",
    "OneCredential",
    "Opinions",
    "Order",
    "Question",
    "Right",
    "Services",
    "SignIn",
    "Source",
    "Surroundings",
    "Voice",
]
