from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pydantic import ValidationError
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from service.calendar.reader import InlineCalendarReader
from service.domain.sync import Delete, Page, Upsert
from service.errors import AccessLost, Rejected, Unavailable
from service.integrations.ics import Settings
from service.ports import Source, Surroundings
from tests.builders import NOON, a_person


class NoMail:
    def read(self, raws, own):
        return iter(())


def connect(folder: Path, **settings) -> Source:
    at = Surroundings(a_person(), "calendar", folder, NoMail(), InlineCalendarReader(), lambda: NOON)
    return Settings(kind="ics", **settings).connect(at)


def an_event(uid: str, day: int = 12, more: str = "") -> str:
    return f"BEGIN:VEVENT\r\nUID:{uid}\r\nDTSTAMP:20260101T000000Z\r\nDTSTART:202605{day:02}T080000Z\r\n{more}END:VEVENT\r\n"


def a_calendar(*events: str) -> str:
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{''.join(events)}END:VCALENDAR\r\n"


class Held:
    """What a store would hold after each page."""

    def __init__(self) -> None:
        self.refs: dict[str, str] = {}
        self.cursor: str | None = None

    def sync(self, source: Source) -> list[Page]:
        pages = list(source.pages(self.cursor, dict(self.refs)))
        for page in pages:
            for change in page.changes:
                if isinstance(change, Upsert):
                    self.refs[change.ref] = change.stamp
                elif isinstance(change, Delete):
                    del self.refs[change.ref]
            self.cursor = page.cursor
        return pages


def refs(pages: list[Page], kind: type) -> list[str]:
    return [c.ref for page in pages for c in page.changes if isinstance(c, kind)]


def later(path: Path) -> None:
    """Moves a file's time on, as a writer would who comes after the clock's tick."""
    stat = path.stat()
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns + 10**9))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "work.ics").write_text(a_calendar(an_event("a"), an_event("b")))
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "home#1.ics").write_text(a_calendar(an_event("c#2")))
    (tmp_path / ".hidden.ics").write_text(a_calendar(an_event("x")))
    (tmp_path / "notes.txt").write_text("no calendar")
    return tmp_path


class TestSettings:
    @pytest.mark.parametrize(
        "given", [{}, {"path": "x", "url": "https://a.example/"}, {"url": "file:///etc/passwd"}, {"urls": "x"}]
    )
    def test_wrong_ones_are_refused(self, given):
        with pytest.raises(ValidationError):
            Settings(kind="ics", **given)

    def test_names_hold_no_secret(self):
        assert Settings(kind="ics", path=Path("~/Work.ics")).default_name() == "ics Work.ics"
        assert Settings(kind="ics", url="https://cal.example/private-abc/basic.ics").default_name() == "ics cal.example"
        assert Settings(kind="ics", url={"env": "CALENDAR_URL"}).default_name() == "ics"


class TestFiles:
    def test_a_folder_is_read_whole_and_then_only_what_changed(self, folder):
        held, source = Held(), connect(folder, path=folder)
        assert sorted(refs(held.sync(source), Upsert)) == ["sub/home#1.ics#c#2", "work.ics#a", "work.ics#b"]
        (page,) = held.sync(source)
        assert (page.changes, page.cursor) == ((), held.cursor)

        (folder / "work.ics").write_text(a_calendar(an_event("a", 13), an_event("b")))
        later(folder / "work.ics")
        pages = held.sync(source)
        assert (refs(pages, Upsert), refs(pages, Delete)) == (["work.ics#a"], [])

    def test_unchanged_files_are_not_opened(self, folder):
        held, source = Held(), connect(folder, path=folder)
        held.sync(source)
        stat = (folder / "work.ics").stat()
        (folder / "work.ics").write_bytes(b"?" * stat.st_size)
        os.utime(folder / "work.ics", ns=(stat.st_atime_ns, stat.st_mtime_ns))
        assert held.sync(source)[0].problems == ()

    def test_a_file_written_anew_with_the_same_events_changes_nothing(self, folder):
        held, source = Held(), connect(folder, path=folder)
        held.sync(source)
        (folder / "work.ics").write_text(a_calendar(an_event("a"), an_event("b")).replace("20260101T", "20260512T"))
        assert [p.changes for p in held.sync(source)] == [()]

    def test_what_vanished_is_deleted(self, folder):
        held, source = Held(), connect(folder, path=folder)
        held.sync(source)
        (folder / "sub" / "home#1.ics").unlink()
        (folder / "work.ics").write_text(a_calendar(an_event("b")))
        assert sorted(refs(held.sync(source), Delete)) == ["sub/home#1.ics#c#2", "work.ics#a"]
        assert list(held.refs) == ["work.ics#b"]

    def test_a_file_cut_short_deletes_nothing_and_is_read_again(self, folder):
        held, source = Held(), connect(folder, path=folder)
        held.sync(source)
        (folder / "work.ics").write_text(a_calendar(an_event("a", 14), an_event("b"))[:-40])
        pages = held.sync(source)
        assert refs(pages, Delete) == []
        assert pages[-1].problems
        (folder / "work.ics").write_text(a_calendar(an_event("a", 14)))
        assert refs(held.sync(source), Delete) == ["work.ics#b"]

    def test_an_event_that_became_unreadable_is_reported_and_kept(self, folder):
        held, source = Held(), connect(folder, path=folder)
        held.sync(source)
        (folder / "work.ics").write_text(a_calendar(an_event("a", 99), an_event("b")))
        pages = held.sync(source)
        assert refs(pages, Delete) == []
        assert pages[-1].problems[0].where == "work.ics#a"

    def test_pages_are_small_and_an_interrupted_sync_goes_on(self, tmp_path):
        for n in range(3):
            (tmp_path / f"{n}.ics").write_text(a_calendar(*(an_event(f"{n}-{i}") for i in range(250))))
        source = connect(tmp_path, path=tmp_path)
        pages = list(source.pages(None, {}))
        assert all(len(p.changes) <= 200 for p in pages)
        first = {c.ref: c.stamp for c in pages[0].changes}
        rest = refs(list(source.pages(pages[0].cursor, first)), Upsert)
        assert len(rest) == 750 - len(first)
        assert not set(rest) & set(first)

    def test_a_single_file_relative_to_the_config(self, folder):
        (page,) = connect(folder, path=Path("work.ics")).pages(None, {})
        assert [c.ref for c in page.changes] == ["work.ics#a", "work.ics#b"]

    def test_a_missing_path_says_so_and_deletes_nothing(self, tmp_path):
        source = connect(tmp_path, path=tmp_path / "gone")
        with pytest.raises(Unavailable, match=r"gone is not there"):
            list(source.pages(None, {"work.ics#a": "1"}))
        assert not source.check().ok
        assert "mount or create it" in source.check().fix

    def test_a_cursor_nobody_knows_reads_everything(self, folder):
        for cursor in ("", "rubbish", "[]", '{"format":1}', '{"format":99,"files":{}}'):
            assert len(refs(list(connect(folder, path=folder).pages(cursor, {})), Upsert)) == 3

    def test_a_pipe_is_not_waited_for(self, tmp_path):
        os.mkfifo(tmp_path / "pipe.ics")
        with pytest.raises(Unavailable, match="neither a file nor a folder"):
            list(connect(tmp_path, path=tmp_path / "pipe.ics").pages(None, {}))
        assert [p.changes for p in connect(tmp_path, path=tmp_path).pages(None, {})] == [()]

    def test_doctor(self, folder):
        check = connect(folder, path=folder).check()
        assert check.ok
        assert "2 files" in check.says


@pytest.fixture
def server() -> Iterator[HTTPServer]:
    with HTTPServer(host="127.0.0.1") as running:
        yield running


def serve(server: HTTPServer, text: str, status: int = 200, headers: Mapping[str, str] | None = None) -> str:
    server.clear()
    server.expect_request("/token-7/cal.ics").respond_with_data(text, status, headers, "text/calendar")
    return server.url_for("/token-7/cal.ics")


class TestSubscription:
    def test_changes_and_deletes(self, server, tmp_path):
        held = Held()
        source = connect(tmp_path, url=serve(server, a_calendar(an_event("a"), an_event("b"))))
        assert refs(held.sync(source), Upsert) == ["127.0.0.1#a", "127.0.0.1#b"]
        assert "token-7" not in str(held.refs) + str(held.cursor)
        serve(server, a_calendar(an_event("b", 20)))
        pages = held.sync(source)
        assert (refs(pages, Upsert), refs(pages, Delete)) == (["127.0.0.1#b"], ["127.0.0.1#a"])

    def test_what_did_not_change_is_not_sent_again(self, server, tmp_path):
        asked = []

        def answer(request: Request) -> Response:
            asked.append((request.headers.get("If-None-Match"), request.headers.get("If-Modified-Since")))
            tags = {"ETag": '"1"', "Last-Modified": "Tue, 12 May 2026 08:00:00 GMT"}
            return Response("" if asked[-1][0] else a_calendar(an_event("a")), 304 if asked[-1][0] else 200, tags)

        server.expect_request("/cal.ics").respond_with_handler(answer)
        held, source = Held(), connect(tmp_path, url=server.url_for("/cal.ics"))
        held.sync(source)
        cursor = held.cursor
        assert [p.changes for p in held.sync(source)] == [()]
        assert held.cursor == cursor
        assert asked == [(None, None), ('"1"', "Tue, 12 May 2026 08:00:00 GMT")]

    def test_webcal_is_a_web_address(self, server, tmp_path):
        url = serve(server, a_calendar(an_event("a"))).replace("http://", "webcal://")
        assert refs(list(connect(tmp_path, url=url).pages(None, {})), Upsert) == ["127.0.0.1#a"]

    def test_a_secret_address(self, server, tmp_path, monkeypatch):
        monkeypatch.setenv("CALENDAR_URL", serve(server, a_calendar(an_event("a"))))
        assert connect(tmp_path, url={"env": "CALENDAR_URL"}).check().ok

    @pytest.mark.parametrize(
        "text", [a_calendar(an_event("a"), an_event("b"))[:-16], a_calendar(an_event("a"))[:60], "<html>Sign in</html>", ""]
    )
    def test_half_an_answer_or_none_deletes_nothing(self, server, tmp_path, text):
        source = connect(tmp_path, url=serve(server, text))
        with pytest.raises(Unavailable):
            list(source.pages(None, {"127.0.0.1#a": "1", "127.0.0.1#b": "1"}))
        assert not source.check().ok

    @pytest.mark.parametrize(
        ("status", "error"),
        [
            (401, AccessLost),
            (403, AccessLost),
            (404, Rejected),
            (410, Rejected),
            (400, Rejected),
            (429, Unavailable),
            (503, Unavailable),
            (204, Unavailable),
        ],
    )
    def test_refusals(self, server, tmp_path, status, error):
        source = connect(tmp_path, url=serve(server, "no", status))
        with pytest.raises(error) as raised:
            list(source.pages(None, {}))
        assert "token-7" not in str(raised.value)

    @pytest.mark.parametrize(
        ("value", "wait"),
        [
            ("120", timedelta(minutes=2)),
            ("Tue, 12 May 2026 10:05:00 GMT", timedelta(minutes=5)),
            ("Tue, 12 May 2020 10:05:00 GMT", timedelta(0)),
            ("999999999", timedelta(days=1)),
            ("soon", None),
        ],
    )
    def test_retry_after(self, server, tmp_path, value, wait):
        assert datetime(2026, 5, 12, 10, tzinfo=UTC) == NOON
        with pytest.raises(Unavailable) as raised:
            list(connect(tmp_path, url=serve(server, "", 503, {"Retry-After": value})).pages(None, {}))
        assert raised.value.retry_after == wait

    def test_too_much_is_rejected(self, server, tmp_path):
        big = a_calendar(an_event("a", more=f"DESCRIPTION:{'x' * 21 * 2**20}\r\n"))
        with pytest.raises(Rejected, match="larger than 20 MB"):
            list(connect(tmp_path, url=serve(server, big)).pages(None, {}))

    def test_nobody_there(self, tmp_path, server):
        url = serve(server, "")
        server.stop()
        with pytest.raises(Unavailable, match="can't be reached"):
            list(connect(tmp_path, url=url).pages(None, {}))

    def test_redirects_that_go_round_are_rejected(self, server, tmp_path):
        server.expect_request("/round").respond_with_data("", 302, {"Location": "/round"})
        with pytest.raises(Rejected):
            list(connect(tmp_path, url=server.url_for("/round")).pages(None, {}))

    def test_a_secret_that_is_gone_is_lost_access(self, tmp_path):
        with pytest.raises(AccessLost, match="NO_SUCH_CALENDAR"):
            connect(tmp_path, url={"env": "NO_SUCH_CALENDAR"})

    def test_an_address_of_another_kind_is_rejected(self, tmp_path, monkeypatch):
        monkeypatch.setenv("CALENDAR_URL", "ftp://cal.example/x")
        with pytest.raises(Rejected):
            connect(tmp_path, url={"env": "CALENDAR_URL"})


BROKEN = "BEGIN:VEVENT\r\nUID:broken\r\nDTSTAMP:20260101T000000Z\r\nSUMMARY:no start\r\nEND:VEVENT\r\n"


def problems(pages: list[Page]) -> list[str]:
    return [p.where for page in pages for p in page.problems]


def test_what_is_wrong_with_an_unchanged_file_is_said_at_every_sync(folder: Path) -> None:
    (folder / "work.ics").write_text(a_calendar(an_event("a"), BROKEN))
    held, source = Held(), connect(folder, path=folder)
    first, second = held.sync(source), held.sync(source)
    assert problems(first) == problems(second) == ["work.ics#broken"]
    (folder / "work.ics").write_text(a_calendar(an_event("a")))
    later(folder / "work.ics")
    assert problems(held.sync(source)) == []


def test_what_is_wrong_with_an_unchanged_address_is_said_at_every_sync(tmp_path: Path, httpserver: HTTPServer) -> None:
    def answer(request: Request) -> Response:
        if request.headers.get("If-None-Match") == '"1"':
            return Response(status=304)
        return Response(a_calendar(an_event("a"), BROKEN), headers={"ETag": '"1"'}, content_type="text/calendar")

    httpserver.expect_request("/cal").respond_with_handler(answer)
    held, source = Held(), connect(tmp_path, url=httpserver.url_for("/cal"))
    first, second = held.sync(source), held.sync(source)
    assert len(problems(first)) == 1
    assert problems(first) == problems(second)


def test_an_event_leads_to_the_file_it_stands_in(folder: Path) -> None:
    [page] = connect(folder, path=folder / "work.ics").pages(None, {})
    assert {change.item.url for change in page.changes if isinstance(change, Upsert)} == {(folder / "work.ics").as_uri()}
