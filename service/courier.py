"""Deliveries of one occurrence: each claimed, sent and retried alone, never twice where that can be known."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from service import metrics
from service.attention import Drop, Wait, day_start, leave, paused
from service.domain.delivery import Audience, Delivery, DeliveryState, Notice
from service.domain.ledger import Occurrence, Outcome
from service.domain.people import Person
from service.errors import AccessLost, ExternalError, Rejected, Unavailable
from service.logs import logger
from service.ports import Channel
from service.store.accounts import Accounts
from service.store.database import Database
from service.store.deliveries import FINAL, Deliveries
from service.store.erasure import refuse_erased

log = logger("courier")
LEASE = timedelta(seconds=90)
"""Longer than any channel's time-out: a lease that is still good at the end of a send means nobody else began one."""

TOO_LATE = "it could not be sent while it was of use"
_FAILED = frozenset({DeliveryState.FAILED})
_IN_VAIN = frozenset({DeliveryState.FAILED, DeliveryState.SKIPPED})


class Mailboxes(Protocol):
    def ensure_fresh(self, deadline: timedelta, max_age: timedelta = ..., heard: timedelta | None = None) -> None: ...


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

    def deliver(
        self,
        occurrence: Occurrence,
        person: Person,
        channels: Mapping[str, Channel],
        mailboxes: Mailboxes,
        along: frozenset[str] = frozenset(),
    ) -> Ending:
        """Tries every delivery whose time has come. `along` are channels of others who read along: what arrives there has not
        reached the person. Raises FenceLost never: a delivery has a fence of its own.
        """
        for delivery in self.deliveries.of(occurrence.id):
            if delivery.state not in FINAL:
                self._one(delivery, occurrence, person, channels.get(delivery.channel), mailboxes)
        mine = {name: channel for name, channel in channels.items() if name not in along}
        while instead := self._another_way(occurrence, mine, along):
            self._one(instead, occurrence, person, mine[instead.channel], mailboxes)
        return self._ending(occurrence, along)

    def _one(
        self, delivery: Delivery, occurrence: Occurrence, person: Person, channel: Channel | None, mailboxes: Mailboxes
    ) -> None:
        now = self.clock()
        if channel is None:
            self._abandon(delivery, now)
            return
        if now >= occurrence.useful_until:
            self._give_up(delivery, channel, now)
            return
        if delivery.state == DeliveryState.PENDING and not self._may_go_out(delivery, occurrence, person, channel, now):
            return
        claimed = self.deliveries.claim(delivery.id, now, self.lease, most=self._budget(delivery, person, channel, now))
        if claimed is not None:
            self._send(*claimed, channel, mailboxes, occurrence)

    def _abandon(self, delivery: Delivery, now: datetime) -> None:
        """Its channel is gone: what waits is dropped, and what was under way nobody can look up any more."""
        why = f"channel {delivery.channel} was taken out of the config"
        if delivery.state == DeliveryState.PENDING:
            self.deliveries.drop(delivery.id, why)
        elif claimed := self.deliveries.claim(delivery.id, now, self.lease):
            self._settle(delivery, claimed[1], DeliveryState.UNKNOWN, error=f"{why} while it was being sent")

    def _send(
        self, delivery: Delivery, fence: int, doubtful: bool, channel: Channel, mailboxes: Mailboxes, occurrence: Occurrence
    ) -> None:
        """`sending` is committed. What an earlier attempt left in doubt is looked at before anything goes out again."""
        try:
            if doubtful:
                arrived = self._looked_for(delivery, channel, mailboxes, occurrence.person)
                if arrived or (arrived is None and not channel.repeatable):
                    self._settle_doubt(delivery, fence, arrived=bool(arrived))
                    return
                doubtful = arrived is None
            notice = self._shown(delivery, channel)
            if not self.deliveries.renew(delivery.id, fence, self.clock() + self.lease):
                log.warning("another worker took over", delivery=delivery.id)
                return
            if self.clock() >= occurrence.useful_until:  # it slept since it looked
                state = DeliveryState.UNKNOWN if doubtful else DeliveryState.FAILED
                self._settle(delivery, fence, state, error=TOO_LATE)
                return
            receipt = channel.send(notice, delivery.key)
        except Unavailable as error:
            self._failed_for_now(delivery, fence, channel, error, occurrence, doubtful)
        except (Rejected, AccessLost) as error:
            # This attempt did not arrive; an earlier one may have.
            self._settle(delivery, fence, DeliveryState.UNKNOWN if doubtful else DeliveryState.FAILED, error=str(error))
        else:
            self._settle(delivery, fence, DeliveryState.SENT, receipt=receipt.text, sent_at=self.clock())

    def _shown(self, delivery: Delivery, channel: Channel) -> Notice:
        notice = self.deliveries.notice(delivery.notice)
        if notice.audience == Audience.PERSON and channel.audience == Audience.OTHERS:
            raise Rejected("it was made for you alone, and by now others may see this channel")
        return notice

    def _looked_for(self, delivery: Delivery, channel: Channel, mailboxes: Mailboxes, person: str) -> bool | None:
        """Whether an earlier attempt arrived. None: nobody can tell."""
        arrived = channel.arrived(delivery.key)
        if arrived is None and channel.repeatable:
            # Mail that came back to a mailbox we read is proof; without it, sending again beats losing it. What was read a
            # moment ago may have been read before it came.
            mailboxes.ensure_fresh(timedelta(seconds=30), max_age=timedelta())
            return self.accounts.sighted(person, delivery.key.message_id) or None
        return arrived

    def _settle_doubt(self, delivery: Delivery, fence: int, *, arrived: bool) -> None:
        if arrived:
            self._settle(delivery, fence, DeliveryState.SENT, receipt="found where it was sent to", sent_at=self.clock())
            return
        why = "the connection broke in the middle of sending, and this channel can't tell whether it arrived"
        self._settle(delivery, fence, DeliveryState.UNKNOWN, error=why)

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
        metrics.SETTLED.labels("loud" if delivery.interrupts else "quiet", state.value).inc()
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
        if doubtful and (_found(channel, last) or self.accounts.sighted(last.person, last.key.message_id)):
            self._settle(last, fence, DeliveryState.SENT, receipt="found where it was sent to", sent_at=now)
            return
        state = DeliveryState.UNKNOWN if doubtful else DeliveryState.FAILED
        self._settle(last, fence, state, error=delivery.error or TOO_LATE)

    def _may_go_out(self, delivery: Delivery, occurrence: Occurrence, person: Person, channel: Channel, now: datetime) -> bool:
        if not channel.interrupts and not person.pauses:
            return True
        priority = self.deliveries.priority(delivery.notice)
        if not occurrence.by_hand and (why := paused(person, now, priority)):
            self.deliveries.drop(delivery.id, why)
            return False
        return not channel.interrupts or self._may_interrupt(delivery, occurrence, person, now, priority)

    def _may_interrupt(self, delivery: Delivery, occurrence: Occurrence, person: Person, now: datetime, priority: str) -> bool:
        today = self.deliveries.interruptions(person.id, day_start(person, now))
        match leave(person, now, occurrence.useful_until, priority, today):
            case Wait(until, why):
                self.deliveries.postpone(delivery.id, until, why)
            case Drop(why):
                self.deliveries.drop(delivery.id, why)
            case _:
                return True
        return False

    def _budget(self, delivery: Delivery, person: Person, channel: Channel, now: datetime) -> tuple[int, datetime] | None:
        limited = channel.interrupts and delivery.state == DeliveryState.PENDING
        if not limited or self.deliveries.priority(delivery.notice) == "urgent":
            return None
        return person.budget.pushes_per_day, day_start(person, now)

    def _another_way(self, occurrence: Occurrence, mine: Mapping[str, Channel], along: frozenset[str]) -> Delivery | None:
        """Where every channel has failed for good, one that was not asked for gets the notice: the person must not miss it.
        A quiet one rather than one that interrupts, and never one that others see of what was made for the person alone.
        """
        all_ = self.deliveries.of(occurrence.id)
        states = {d.state for d in all_ if d.channel not in along}
        if not _FAILED <= states <= _IN_VAIN or self.clock() >= occurrence.useful_until:
            return None
        used = {d.channel for d in all_}
        free = sorted((n for n in mine if n not in used), key=lambda name: mine[name].interrupts)
        for notice, audience in self.deliveries.audiences(occurrence.id):
            for name in free:
                if mine[name].audience in (audience, Audience.PERSON):
                    log.warning("delivered another way", occurrence=occurrence.id, failed=sorted(used), instead=name)
                    return self._add(occurrence, notice, name, interrupts=mine[name].interrupts)
        return None

    def _add(self, occurrence: Occurrence, notice: str, channel: str, *, interrupts: bool) -> Delivery:
        with self.database.write() as on:
            refuse_erased(on, occurrence.person)
            self.deliveries.add(on, occurrence, notice, channel, interrupts=interrupts)
        return next(d for d in self.deliveries.of(occurrence.id) if d.channel == channel)

    def _ending(self, occurrence: Occurrence, along: frozenset[str]) -> Ending:
        all_ = self.deliveries.of(occurrence.id)
        waiting = [d for d in all_ if d.state not in FINAL]
        if waiting:
            again_at = min((d.not_before or self.clock() + self.lease for d in waiting), default=None)
            return Ending(None, "; ".join(f"{d.channel}: {d.error}" for d in waiting if d.error), again_at)
        troubles = "; ".join(f"{d.channel} {d.state.value}: {d.error}" for d in all_ if d.state != DeliveryState.SENT)
        states = {d.state for d in all_ if d.channel not in along}
        for state, outcome in (
            (DeliveryState.SENT, Outcome.SENT),
            (DeliveryState.UNKNOWN, Outcome.UNKNOWN),
            (DeliveryState.FAILED, Outcome.FAILED),
        ):
            if state in states:
                return Ending(outcome, troubles)
        return Ending(Outcome.SKIPPED, troubles or "nothing to deliver")


def _found(channel: Channel, delivery: Delivery) -> bool | None:
    try:
        return channel.arrived(delivery.key)
    except ExternalError:  # it is too late to ask again
        return None
