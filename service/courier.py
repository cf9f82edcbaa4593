"""Deliveries of one occurrence: each claimed, sent and retried alone, never twice where that can be known."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from service.attention import Drop, Wait, day_start, leave
from service.domain.delivery import Delivery, DeliveryState
from service.domain.ledger import Occurrence, Outcome
from service.domain.people import Person
from service.errors import AccessLost, Rejected, Unavailable
from service.logs import logger
from service.ports import Channel
from service.store.accounts import Accounts
from service.store.database import Database
from service.store.deliveries import FINAL, Deliveries

log = logger("courier")
LEASE = timedelta(seconds=90)
"""Longer than any channel's time-out: a lease that is still good at the end of a send means nobody else began one."""


class Mailboxes(Protocol):
    def ensure_fresh(self, deadline: timedelta, max_age: timedelta = ...) -> None: ...


@dataclass(frozen=True, slots=True)
class Ending:
    """How all deliveries stand: an outcome, or when to come back."""

    outcome: Outcome | None
    reason: str = ""
    again_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Courier:
    database: Database
    deliveries: Deliveries
    accounts: Accounts
    clock: Callable[[], datetime]
    backoff: Callable[[int], timedelta]
    lease: timedelta = LEASE

    def deliver(self, occurrence: Occurrence, person: Person, channels: Mapping[str, Channel], mailboxes: Mailboxes) -> Ending:
        """Tries every delivery whose time has come. Raises FenceLost never: a delivery has a fence of its own."""
        for delivery in self.deliveries.of(occurrence.id):
            if delivery.state not in FINAL:
                self._one(delivery, occurrence, person, channels.get(delivery.channel), mailboxes)
        self._reach_another_way(occurrence, channels)
        for delivery in self.deliveries.of(occurrence.id):
            if delivery.state == DeliveryState.PENDING and delivery.attempts == 0 and delivery.not_before is None:
                self._one(delivery, occurrence, person, channels.get(delivery.channel), mailboxes)
        return self._ending(occurrence)

    def _one(
        self, delivery: Delivery, occurrence: Occurrence, person: Person, channel: Channel | None, mailboxes: Mailboxes
    ) -> None:
        now = self.clock()
        if channel is None:
            self.deliveries.drop(delivery.id, f"channel {delivery.channel} was taken out of the config")
            return
        if now >= occurrence.useful_until:
            self._give_up(delivery, channel, now)
            return
        if (
            delivery.state == DeliveryState.PENDING
            and channel.interrupts
            and not self._may_interrupt(delivery, occurrence, person, now)
        ):
            return
        claimed = self.deliveries.claim(delivery.id, now, self.lease)
        if claimed is not None:
            self._send(*claimed, channel, mailboxes, occurrence)

    def _send(
        self, delivery: Delivery, fence: int, doubtful: bool, channel: Channel, mailboxes: Mailboxes, occurrence: Occurrence
    ) -> None:
        """`sending` is committed. What an earlier attempt left in doubt is looked at before anything goes out again."""
        try:
            if doubtful and self._settled(delivery, fence, channel, mailboxes, occurrence):
                return
            receipt = channel.send(self.deliveries.notice(delivery.notice), delivery.key)
        except Unavailable as error:
            self._failed_for_now(delivery, fence, channel, error, occurrence, doubtful)
        except (Rejected, AccessLost) as error:
            self._settle(delivery, fence, DeliveryState.FAILED, error=str(error))
        else:
            self._settle(delivery, fence, DeliveryState.SENT, receipt=receipt.text, sent_at=self.clock())

    def _settled(self, delivery: Delivery, fence: int, channel: Channel, mailboxes: Mailboxes, occurrence: Occurrence) -> bool:
        """Whether the doubt about an earlier attempt ended the delivery."""
        arrived = channel.arrived(delivery.key)
        if arrived is None and channel.repeatable:
            # Mail that came back to a mailbox we read is proof; without it, sending again beats losing it. What was read a
            # moment ago may have been read before it came.
            mailboxes.ensure_fresh(timedelta(seconds=30), max_age=timedelta())
            arrived = self.accounts.sighted(occurrence.person, delivery.key.message_id)
        if arrived:
            self._settle(delivery, fence, DeliveryState.SENT, receipt="found where it was sent to", sent_at=self.clock())
            return True
        if arrived is None:
            why = "the connection broke in the middle of sending, and this channel can't tell whether it arrived"
            self._settle(delivery, fence, DeliveryState.UNKNOWN, error=why)
            return True
        return False

    def _failed_for_now(
        self, delivery: Delivery, fence: int, channel: Channel, error: Unavailable, occurrence: Occurrence, doubtful: bool
    ) -> None:
        if error.arrived is None and not channel.repeatable:
            self._settle(delivery, fence, DeliveryState.UNKNOWN, error=str(error))
            return
        now = self.clock()
        again_at = now + max(error.retry_after or timedelta(), self.backoff(delivery.attempts))
        doubt = doubtful or error.arrived is None
        if again_at >= occurrence.useful_until:
            state = DeliveryState.UNKNOWN if doubt else DeliveryState.FAILED
            self._settle(delivery, fence, state, error=str(error))
        else:
            self._settle(delivery, fence, DeliveryState.PENDING, error=str(error), not_before=again_at, doubtful=doubt)

    def _settle(
        self,
        delivery: Delivery,
        fence: int,
        state: DeliveryState,
        *,
        error: str = "",
        receipt: str = "",
        sent_at: datetime | None = None,
        not_before: datetime | None = None,
        doubtful: bool = False,
    ) -> None:
        ours = self.deliveries.settle(
            delivery.id, fence, state, error=error, receipt=receipt, sent_at=sent_at, not_before=not_before, doubtful=doubtful
        )
        say = log.info if state == DeliveryState.SENT else log.warning
        say(
            "delivery",
            delivery=delivery.id,
            channel=delivery.channel,
            state=state.value,
            attempt=delivery.attempts,
            error=error,
            ours=ours,
        )

    def _give_up(self, delivery: Delivery, channel: Channel, now: datetime) -> None:
        claimed = self.deliveries.claim(delivery.id, now, self.lease)
        if claimed is None:
            return
        last, fence, doubtful = claimed
        if doubtful and (channel.arrived(last.key) or self.accounts.sighted(last.person, last.key.message_id)):
            self._settle(last, fence, DeliveryState.SENT, receipt="found where it was sent to", sent_at=now)
            return
        state = DeliveryState.UNKNOWN if doubtful else DeliveryState.FAILED
        self._settle(last, fence, state, error=delivery.error or "it could not be sent while it was of use")

    def _may_interrupt(self, delivery: Delivery, occurrence: Occurrence, person: Person, now: datetime) -> bool:
        today = self.deliveries.interruptions(person.id, day_start(person, now))
        priority = self.deliveries.priority(delivery.notice)
        match leave(person, now, occurrence.useful_until, priority, today):
            case Wait(until, why):
                self.deliveries.postpone(delivery.id, until, why)
            case Drop(why):
                self.deliveries.drop(delivery.id, why)
            case _:
                return True
        return False

    def _reach_another_way(self, occurrence: Occurrence, channels: Mapping[str, Channel]) -> None:
        """Where every channel has failed for good, one that was not asked for gets the notice: the person must not miss it."""
        all_ = self.deliveries.of(occurrence.id)
        if not all_ or any(d.state != DeliveryState.FAILED for d in all_):
            return
        used = {d.channel for d in all_}
        for delivery in all_:
            audience = channels[delivery.channel].audience if delivery.channel in channels else None
            for name, channel in channels.items():
                if name not in used and channel.audience == audience:
                    with self.database.write() as on:
                        self.deliveries.add(on, occurrence, delivery.notice, name, interrupts=channel.interrupts)
                    log.warning("delivered another way", occurrence=occurrence.id, failed=sorted(used), instead=name)
                    return

    def _ending(self, occurrence: Occurrence) -> Ending:
        all_ = self.deliveries.of(occurrence.id)
        waiting = [d for d in all_ if d.state not in FINAL]
        if waiting:
            again_at = min((d.not_before or self.clock() + self.lease for d in waiting), default=None)
            return Ending(None, "; ".join(f"{d.channel}: {d.error}" for d in waiting if d.error), again_at)
        troubles = "; ".join(f"{d.channel} {d.state.value}: {d.error}" for d in all_ if d.state != DeliveryState.SENT)
        states = {d.state for d in all_}
        for state, outcome in (
            (DeliveryState.SENT, Outcome.SENT),
            (DeliveryState.UNKNOWN, Outcome.UNKNOWN),
            (DeliveryState.FAILED, Outcome.FAILED),
        ):
            if state in states:
                return Ending(outcome, troubles)
        return Ending(Outcome.SKIPPED, troubles or "nothing to deliver")
