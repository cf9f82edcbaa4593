"""What servers do that the contract has no word for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote

import pytest

from service.domain.items import Series, Task
from service.errors import AccessLost, Rejected, Unavailable
from service.integrations.caldav.objects import WORDS
from service.integrations.caldav.signing import SignIn as CalDavSignIn
from service.integrations.carddav.signing import SignIn as CardDavSignIn
from service.integrations.dav.discovery import Discovery
from service.integrations.dav.places import host
from service.integrations.dav.server import Login, Server
from service.integrations.dav.signing import DavSignIn
from service.ports import OneCredential
from tests.builders import NOON
from tests.integration.source_contract import Kept
from tests.live.dav_worlds import FakeWorld, RadicaleWorld, an_event, surroundings
from tests.live.fakes.dav import HOME, PASSWORD, DavFake
from tests.live.proxy import FaultProxy
from tests.services import Radicale


@dataclass
class Typing:
    """A person who answers every question with one word, and knows one secret."""

    word: str
    known: str

    def say(self, text: str) -> None:
        """Heard."""

    def ask(self, question: str, default: str = "") -> str:
        return default or self.word

    def secret(self, question: str) -> str:
        return self.known

    def browse(self, url: str) -> bool:
        return False


class Untouched(Mapping[str, str]):
    """What nobody may look into."""

    def __getitem__(self, key: str) -> str:
        raise AssertionError("held was asked")

    def __iter__(self) -> Iterator[str]:
        raise AssertionError("held was gone through")

    def __len__(self) -> int:
        raise AssertionError("held was counted")


@pytest.fixture(
    params=[{"tokens": True}, {"tokens": False}, {"tokens": True, "most": 2, "odd": True}, {"tokens": True, "stuck": True}],
    ids=["tokens", "ctags", "odd", "stuck"],
)
def world(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeWorld]:
    with DavFake(**request.param) as fake, FaultProxy(fake.port) as proxy, FakeWorld(fake, proxy, monkeypatch) as world:
        yield world


@pytest.fixture
def plain(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeWorld]:
    with DavFake(tokens=True) as fake, FaultProxy(fake.port) as proxy, FakeWorld(fake, proxy, monkeypatch) as world:
        yield world


def refs(kept: Kept) -> set[str]:
    return {ref.removeprefix(quote(HOME)) for ref in kept.items}


class TestDiscovery:
    @pytest.mark.parametrize(
        "path", ["/", "", "/dav/", "/principals/mara/", quote(HOME), quote(HOME).rstrip("/"), "/somewhere/else/"]
    )
    def test_every_way_leads_to_the_calendars(self, world: FakeWorld, path: str) -> None:
        world.fill(2)
        kept = Kept().sync(world.connect(url=world.proxy.url + path))
        assert refs(kept) == {"main/item%200.ics", "main/item%201.ics"}
        with world.asked() as asked:
            kept.sync(world.connect(url=world.proxy.url + path))
        assert len(asked) == 1

    def test_one_calendar_may_be_meant(self, world: FakeWorld) -> None:
        world.fill(1)
        world.other.put("a.ics", an_event(5))
        kept = Kept().sync(world.connect(url=f"{world.proxy.url}{quote(HOME)}other"))
        assert refs(kept) == {"other/a.ics"}
        with world.asked() as asked:
            kept.sync(world.connect(url=f"{world.proxy.url}{quote(HOME)}other"))
        assert (len(asked), kept.upserts) == (1, [])

    def test_the_well_known_address_may_lead_to_another_host(self, plain: FakeWorld) -> None:
        plain.fill(1)
        with FaultProxy(plain.fake.port) as other:
            plain.proxy.fail(
                status=301, headers={"Location": f"http://localhost:{other.port}/dav/"}, where="PROPFIND /.well-known"
            )
            assert len(Kept().sync(plain.connect()).items) == 1
            assert other.requests

    @pytest.mark.parametrize("where", ["PROPFIND /", "PROPFIND /.well-known"])
    @pytest.mark.parametrize("target", ["http://elsewhere.example/dav/", "ftp://127.0.0.1/", "//elsewhere.example/"])
    def test_the_password_goes_nowhere_unencrypted(self, plain: FakeWorld, where: str, target: str) -> None:
        plain.proxy.fail(status=301, headers={"Location": target}, where=where, times=9)
        with pytest.raises(Rejected, match=r"(elsewhere\.example|127\.0\.0\.1).*`url`"):
            Kept().sync(plain.connect())

    def test_a_redirect_of_any_other_request_stays_on_its_host(self, plain: FakeWorld) -> None:
        plain.fill(1)
        kept = Kept().sync(plain.connect())
        plain.fill(1, start=1)
        with FaultProxy(plain.fake.port) as other:
            plain.proxy.fail(status=301, headers={"Location": f"http://localhost:{other.port}/"}, where="REPORT", times=9)
            kept.sync(plain.connect())
            assert other.requests == []
        assert "localhost" in kept.problems[0].what
        plain.proxy.mend()
        assert len(kept.sync(plain.connect()).items) == 2

    def test_a_moved_home_is_looked_for(self, plain: FakeWorld) -> None:
        plain.fill(3)
        kept = Kept().sync(plain.connect())
        plain.proxy.fail(status=404, where="PROPFIND /cal")
        assert kept.sync(plain.connect()).upserts == []
        assert len(kept.items) == 3

    def test_nothing_there_says_what_to_do(self, plain: FakeWorld) -> None:
        plain.proxy.fail(status=404, times=99)
        check = plain.connect().check()
        assert (check.ok, "`url`" in check.fix) == (False, True)

    def test_a_closed_front_door_is_walked_around(self, plain: FakeWorld) -> None:
        plain.fill(1)
        plain.proxy.fail(status=403, where="PROPFIND /$", times=9)
        assert len(Kept().sync(plain.connect()).items) == 1
        plain.proxy.fail(status=403, times=9)
        with pytest.raises(AccessLost, match="403"):
            Kept().sync(plain.connect())

    def test_an_address_alone_leads_there_by_the_dns(self, plain: FakeWorld) -> None:
        asked: list[str] = []
        there = Server(plain.proxy.url, Login("mara", PASSWORD), lambda: NOON)
        plain.connected.append(there)

        def server(url: str) -> Server:
            asked.append(url)
            if "down" in url:
                raise Unavailable("it is down: wait")
            return there

        def lookup(name: str, kind: str) -> list[str]:
            return ["0 0 443 down.keller.example.", "1 0 443 cal.keller.example."] if kind == "SRV" else []

        (start,) = Discovery(WORDS, server, lookup).starts("mara@keller.example")
        assert (start.url, start.depth) == (plain.proxy.url + quote(HOME), 1)
        assert [host(url) for url in asked[:3]] == ["down.keller.example", "down.keller.example", "cal.keller.example"]
        assert Discovery(WORDS, server, None).starts("mara@keller.example") == [start]

    def test_redirects_without_end_end(self, plain: FakeWorld) -> None:
        plain.proxy.fail(status=302, headers={"Location": "/again"}, times=99)
        with pytest.raises(Rejected, match="without end"):
            Kept().sync(plain.connect())


class TestCollections:
    def test_several_calendars_with_nothing_new_are_one_request(self, world: FakeWorld) -> None:
        for name in "abcdefgh":
            world.fake.book(name).put("x.ics", an_event(1, uid=name))
        kept = Kept().sync(world.connect())
        with world.asked() as asked:
            kept.sync(world.connect())
        assert (len(kept.items), len(asked)) == (8, 1)

    def test_a_deleted_calendar_takes_its_events_along(self, world: FakeWorld) -> None:
        world.fill(3)
        world.other.put("a.ics", an_event(9))
        kept = Kept().sync(world.connect())
        del world.fake.books["main"]
        assert refs(kept.sync(world.connect())) == {"other/a.ics"}
        assert kept.deletes == 3

    def test_a_renamed_calendar_keeps_them(self, world: FakeWorld) -> None:
        world.fill(3)
        kept = Kept().sync(world.connect())
        world.main.name = "anew"
        world.fake.books["anew"] = world.fake.books.pop("main")
        ids = kept.ids
        kept.sync(world.connect())
        assert (len(kept.items), kept.ids) == (3, ids)

    def test_calendars_are_chosen_by_name(self, world: FakeWorld) -> None:
        world.fill(2)
        world.other.put("a.ics", an_event(9))
        assert refs(Kept().sync(world.connect(calendars=["other"]))) == {"other/a.ics"}
        kept = Kept().sync(world.connect(skip=["MAIN"]))
        assert refs(kept) == {"other/a.ics"}
        kept.sync(world.connect())
        assert (len(kept.items), len(kept.upserts)) == (3, 2)
        assert refs(kept.sync(world.connect(calendars=["main"]))) == {"main/item%200.ics", "main/item%201.ics"}

    def test_a_name_that_nothing_has_is_said(self, world: FakeWorld) -> None:
        world.fill(1)
        kept = Kept().sync(world.connect(calendars=["main", "Wrok"]))
        assert [(p.where, "Main, Other" in p.what) for p in kept.problems] == [("Wrok", True)]
        with pytest.raises(Rejected, match=r"“Wrok”.*Main, Other"):
            kept.sync(world.connect(calendars=["Wrok"]))
        assert not world.connect(calendars=["main", "Wrok"]).check().ok

    def test_one_that_may_not_be_read_leaves_the_others(self, world: FakeWorld) -> None:
        world.fill(1)
        world.other.put("a.ics", an_event(9))
        for method in ("REPORT", "PROPFIND"):
            world.proxy.fail(status=403, where=f"{method} .*/main/", times=9)
        kept = Kept().sync(world.connect())
        assert (refs(kept), [p.where for p in kept.problems]) == ({"other/a.ics"}, ["Main"])
        world.proxy.mend()
        assert len(kept.sync(world.connect()).items) == 2

    def test_if_none_may_be_read_the_access_is_lost(self, world: FakeWorld) -> None:
        for method in ("REPORT", "PROPFIND"):
            world.proxy.fail(status=403, where=f"{method} .*/(main|other)/", times=99)
        with pytest.raises(AccessLost):
            Kept().sync(world.connect())

    def test_one_that_breaks_leaves_the_others_and_is_tried_again(self, world: FakeWorld) -> None:
        world.fill(1)
        world.other.put("a.ics", an_event(9))
        world.proxy.fail(status=500, where="(REPORT|PROPFIND) .*/main/")
        kept = Kept()
        with pytest.raises(Unavailable):
            kept.sync(world.connect())
        assert refs(kept.sync(world.connect())) == {"other/a.ics", "main/item%200.ics"}


class TestObjects:
    def test_a_good_cursor_leaves_what_is_held_alone(self, plain: FakeWorld) -> None:
        plain.fill(5)
        kept = Kept().sync(plain.connect())
        plain.edit()
        plain.delete()
        plain.main.put("never seen.ics", an_event(77))
        plain.main.take("never seen.ics")
        plain.fill(1, start=9)
        changes = [change for page in plain.connect().pages(kept.cursor, Untouched()) for change in page.changes]
        assert sorted(change.ref.rpartition("/")[2] for change in changes) == ["item%201.ics", "item%209.ics", "never%20seen.ics"]

    def test_a_broken_one_is_named_at_every_sync_and_not_read_again(self, world: FakeWorld) -> None:
        world.fill(2)
        world.main.put("broken.ics", an_event(5).replace("DTSTART", "DTSTRAT"))
        world.main.put("half.ics", an_event(6)[:-30])
        world.main.put("empty.ics", "")
        kept = Kept().sync(world.connect())
        problems = {p.where.rpartition("/")[2] for p in kept.problems}
        assert (len(kept.items), problems) == (2, {"broken.ics", "half.ics", "empty.ics"})
        world.fill(1, start=7)
        with world.asked() as asked:
            kept.sync(world.connect())
        assert ({p.where.rpartition("/")[2] for p in kept.problems}, len(kept.upserts)) == (problems, 1)
        assert b"broken" not in b"".join(one.body for one in asked)
        world.main.put("broken.ics", an_event(5))
        world.main.take("half.ics")
        kept.sync(world.connect())
        assert (len(kept.items), {p.where.rpartition("/")[2] for p in kept.problems}) == (4, {"empty.ics"})

    def test_what_was_read_once_stays_while_nobody_can_read_it(self, world: FakeWorld) -> None:
        world.fill(2)
        kept = Kept().sync(world.connect())
        world.main.put("item 1.ics", "nonsense")
        kept.sync(world.connect())
        assert (len(kept.items), len(kept.problems)) == (2, 1)

    def test_a_series_with_its_exceptions_is_one(self, world: FakeWorld) -> None:
        moved = "BEGIN:VEVENT\r\nUID:event-1\r\nRECURRENCE-ID:20250108T210000Z\r\nDTSTART:20250109T210000Z\r\nEND:VEVENT\r\n"
        text = an_event(1, more="RRULE:FREQ=WEEKLY\r\n").replace("END:VCALENDAR", moved + "END:VCALENDAR")
        world.main.put("series.ics", text)
        ((item,),) = [Kept().sync(world.connect()).items.values()]
        assert isinstance(item, Series)
        assert (item.uid, item.last_at, item.ical.count("BEGIN:VEVENT")) == ("event-1", None, 2)

    def test_several_uids_in_one_object_come_and_go(self, world: FakeWorld) -> None:
        def together(*uids: str) -> str:
            events = [an_event(1, uid=uid).split("END:VCALENDAR")[0].partition("BEGIN:VEVENT")[2] for uid in uids]
            return f"BEGIN:VCALENDAR\r\n{''.join('BEGIN:VEVENT' + one for one in events)}END:VCALENDAR\r\n"

        world.main.put("many.ics", together("a", "b", "c"))
        kept = Kept().sync(world.connect())
        assert {item.id for item in kept.items.values()} == {"dav#a", "dav#b", "dav#c"}
        world.main.put("many.ics", together("b", "d"))
        kept.sync(world.connect())
        assert {item.id for item in kept.items.values()} == {"dav#b", "dav#d"}
        world.main.take("many.ics")
        assert kept.sync(world.connect()).items == {}

    def test_a_task_is_a_task_of_its_list(self, world: FakeWorld) -> None:
        world.main.put("t.ics", "BEGIN:VCALENDAR\nBEGIN:VTODO\nUID:t\nSUMMARY:Call\nDUE:20260515\nEND:VTODO\nEND:VCALENDAR\n")
        world.main.put("j.ics", "BEGIN:VCALENDAR\nBEGIN:VJOURNAL\nUID:j\nEND:VJOURNAL\nEND:VCALENDAR\n")
        kept = Kept().sync(world.connect())
        ((task,),) = [kept.items.values()]
        assert isinstance(task, Task)
        assert (task.title, task.project, kept.problems) == ("Call", "Main", [])

    def test_a_server_without_multiget_is_asked_one_by_one(self, world: FakeWorld) -> None:
        world.fill(3)
        kept = Kept()
        world.proxy.fail(status=405, where="REPORT .*/main/", times=99)
        assert len(kept.sync(world.connect()).items) == 3

    def test_what_is_gone_between_the_list_and_its_reading_is_no_problem(self, world: FakeWorld) -> None:
        world.fill(3)
        world.proxy.fail(status=405, where="REPORT .*/main/", times=99)
        world.proxy.fail(status=404, where="GET .*item%201")
        kept = Kept().sync(world.connect())
        assert (len(kept.items), kept.problems) == (2, [])

    def test_answers_that_grow_too_large_are_asked_for_in_halves(self, plain: FakeWorld) -> None:
        large = an_event(0, more=f"ATTACH;ENCODING=BASE64;VALUE=BINARY:{'A' * 8_000_000}\r\n")
        for number in range(4):
            plain.main.put(f"large {number}.ics", large.replace("event-0", f"event-{number}"))
        kept = Kept().sync(plain.connect())
        assert (len(kept.items), kept.problems) == (4, [])

    def test_one_that_is_too_large_is_named(self, plain: FakeWorld) -> None:
        plain.fill(2)
        plain.main.put("large.ics", an_event(5, more=f"ATTACH:{'A' * 22_000_000}\r\n"))
        kept = Kept().sync(plain.connect())
        assert (len(kept.items), ["larger than 20 MB" in p.what for p in kept.problems]) == (2, [True])

    def test_what_these_days_hold_comes_first(self, radicale: Radicale, monkeypatch: pytest.MonkeyPatch) -> None:
        with FaultProxy(radicale.port) as proxy, RadicaleWorld(radicale, proxy, monkeypatch) as world:
            (world.main / "weekly.ics").write_text(an_event(0, more="RRULE:FREQ=WEEKLY\r\n", uid="weekly"), newline="")
            world.fill(220, start=1)
            kept = Kept().sync(world.connect(), pages=1)
        assert "dav#weekly" in kept.ids


class TestLogin:
    def test_digest_where_that_is_what_is_offered(self, httpserver: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        told: list[str] = []

        def answer(request: Any) -> Any:
            from werkzeug import Response

            told.append(request.headers.get("Authorization", ""))
            if not told[-1].startswith("Digest "):
                return Response(
                    status=401, headers={"WWW-Authenticate": 'Digest realm="BaikalDAV", nonce="5", qop="auth", algorithm=MD5'}
                )
            calendar = '<D:resourcetype><C:calendar xmlns:C="urn:ietf:params:xml:ns:caldav"/></D:resourcetype>'
            body = f'<D:multistatus xmlns:D="DAV:"><D:response><D:href>/c/</D:href><D:propstat><D:prop>{calendar}</D:prop></D:propstat></D:response></D:multistatus>'
            return Response(body, 207)

        httpserver.expect_request("/c/").respond_with_handler(answer)
        with DavFake(tokens=True) as fake, FaultProxy(httpserver.port) as proxy, FakeWorld(fake, proxy, monkeypatch) as world:
            assert world.connect(url=httpserver.url_for("/c/")).check().ok
        assert 'username="mara"' in told[-1]

    def test_a_server_that_takes_no_password_says_so(self, plain: FakeWorld) -> None:
        plain.proxy.fail(status=401, headers={"WWW-Authenticate": 'Bearer realm="x"'}, times=9)
        with pytest.raises(AccessLost, match="`google`"):
            Kept().sync(plain.connect())

    @pytest.mark.parametrize("sign_in", [CalDavSignIn, CardDavSignIn])
    def test_what_a_person_types_is_tried_and_kept(self, plain: FakeWorld, sign_in: type[DavSignIn]) -> None:
        way = sign_in()
        credential = way.sign_in(Typing("mara", PASSWORD), {"url": plain.proxy.url}, (), lambda: NOON)
        assert (credential.login, PASSWORD in repr(credential)) == ("mara", False)
        settings = way.settings("cal", credential)
        source = settings.connect(replace(surroundings(), credentials=OneCredential("cal", credential)))
        plain.connected.append(source)
        check = source.check()
        assert check.ok == (way.vendor == "caldav"), check  # the fake has no address books
        assert way.snippet("cal", credential).endswith(
            f"- {{kind: {way.vendor}, url: {plain.proxy.url}, user: mara, password: {{kept: cal}}}}"
        )

    def test_a_password_that_is_not_there_says_where_it_should_be(self, plain: FakeWorld) -> None:
        with pytest.raises(AccessLost, match="NOT_SET"):
            plain.connect(password={"env": "NOT_SET"})
