from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from service.domain.items import Contact, Task
from service.errors import Rejected, Unavailable
from service.integrations.caldav import Settings
from service.integrations.caldav.tasks import read_tasks
from service.integrations.carddav.objects import Books
from service.integrations.dav.places import is_private, may_follow, may_lead, path_of
from service.integrations.dav.resolver import services
from service.integrations.dav.xml import D, MultiStatus
from tests.live.dav_worlds import a_card

ZURICH = ZoneInfo("Europe/Zurich")


def multistatus(inside: str, head: str = "") -> MultiStatus:
    return MultiStatus(f'{head}<x:multistatus xmlns:x="DAV:">{inside}</x:multistatus>'.encode(), "cal.example")


class TestXml:
    def test_properties_that_are_there_are_told_from_those_that_are_not(self):
        found = list(
            multistatus(
                "<x:response><x:href> /a </x:href>"
                "<x:propstat><x:prop><x:getetag>1</x:getetag></x:prop><x:status>HTTP/1.1 200 OK</x:status></x:propstat>"
                "<x:propstat><x:prop><x:displayname/></x:prop><x:status>HTTP/1.1 404 Not Found</x:status></x:propstat>"
                "</x:response>"
            )
        )
        assert [(one.href, one.status, one.text(f"{D}getetag"), set(one.props)) for one in found] == [
            ("/a", 200, "1", {f"{D}getetag"})
        ]

    def test_one_response_may_speak_of_several(self):
        found = multistatus("<x:response><x:href>/a</x:href><x:href>/b</x:href><x:status>HTTP/1.1 404 -</x:status></x:response>")
        assert [(one.href, one.status) for one in found] == [("/a", 404), ("/b", 404)]

    def test_a_token_may_stand_before_or_after(self):
        for inside in ("<x:sync-token>t</x:sync-token><x:response/>", "<x:response/><x:sync-token> t </x:sync-token>"):
            found = multistatus(inside)
            assert (list(found), found.token) == ([], "t")

    @pytest.mark.parametrize(
        "data",
        [
            b"",
            b"<html>",
            b"<html></html>",
            b'{"error": 1}',
            b'<multistatus xmlns="DAV:"><response>',
            b'<multistatus xmlns="other:"/>',
            b'<?xml version="1.0" encoding="nonsense"?><multistatus xmlns="DAV:"/>',
            "<multistatus/>".encode("utf-16"),
            b'<multistatus xmlns="DAV:">' + b"<a>" * 60 + b"</a>" * 60 + b"</multistatus>",
        ],
    )
    def test_what_is_no_whole_answer_may_be_one_later(self, data):
        with pytest.raises(Unavailable, match=r"cal\.example"):
            list(MultiStatus(data, "cal.example"))

    @pytest.mark.parametrize(
        "head",
        [
            "<!DOCTYPE multistatus>",
            '<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>',
            '<!DOCTYPE a [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
            '<!DOCTYPE a SYSTEM "http://127.0.0.1:1/a.dtd">',
        ],
    )
    def test_a_document_type_is_refused(self, head):
        with pytest.raises(Unavailable, match="document type"):
            list(multistatus("<x:response><x:href>&b;</x:href></x:response>", head))

    @given(st.binary(max_size=300))
    def test_no_bytes_do_harm(self, data):
        for whole in (data, b'<multistatus xmlns="DAV:">' + data):
            with pytest.raises(Unavailable):
                list(MultiStatus(whole, "cal.example"))


class TestPlaces:
    @pytest.mark.parametrize(
        "href",
        [
            "/cal/a%20b/%C3%BC.ics",
            "/cal/a b/ü.ics",
            "https://inside:8443/cal/a b/%c3%bc.ics",
            " /cal/%61%20b/%c3%bc%2eics ",
            "ü.ics",
        ],
    )
    def test_an_href_has_one_spelling(self, href):
        assert path_of(href, "/cal/a%20b/") == "/cal/a%20b/%C3%BC.ics"

    def test_a_slash_in_a_name_is_no_folder(self):
        assert path_of("/cal/a%2Fb%23.ics", "/") == "/cal/a%2Fb%23.ics"

    @given(st.text())
    def test_a_spelling_is_its_own(self, href):
        path = path_of(href, "/cal/")
        assert path_of(path, "/elsewhere/") == path
        assert path.startswith("/")
        assert "#" not in path

    @pytest.mark.parametrize(
        ("start", "target", "follow", "lead"),
        [
            ("https://a.example/", "https://a.example/x", True, True),
            ("https://a.example/", "http://a.example/x", False, False),
            ("https://a.example/", "https://b.example/x", False, True),
            ("https://a.example/", "http://b.example/x", False, False),
            ("https://a.example/", "http://127.0.0.1/x", False, False),
            ("https://a.example/", "ftp://a.example/", False, False),
            ("http://127.0.0.1:1/", "http://127.0.0.1:2/", True, True),
            ("http://127.0.0.1:1/", "http://localhost:2/", False, True),
            ("http://127.0.0.1:1/", "http://b.example/", False, False),
            ("https://a.example/", "//b.example/", False, False),
        ],
    )
    def test_where_a_password_may_go(self, start, target, follow, lead):
        assert (may_follow(start, target), may_lead(start, target)) == (follow, lead)

    def test_this_machine_itself_needs_no_encryption(self):
        assert [
            is_private(u) for u in ("http://localhost:5232/", "http://[::1]/", "http://a.example/", "https://a.example/")
        ] == [
            True,
            True,
            False,
            True,
        ]


class TestSettings:
    @pytest.mark.parametrize(
        "url",
        [
            "http://cal.example/",
            "cal.example",
            "https://mara:pw@cal.example/",
            "file:///etc",
            "https://",
            "mara@",
            "https://a:b/",
        ],
    )
    def test_an_address_that_would_give_the_password_away_is_refused(self, url):
        with pytest.raises(ValidationError):
            Settings(kind="caldav", url=url, password={"env": "P"})

    def test_names_hold_no_secret(self):
        made = [
            Settings(kind="caldav", url=url, password={"env": "P"}) for url in ("https://cal.example/x/", "mara@keller.example")
        ]
        assert [one.default_name() for one in made] == ["caldav cal.example", "caldav mara@keller.example"]


class TestDns:
    @staticmethod
    def lookup(**records):
        return lambda name, kind: records.get(f"{kind}{name.partition('.')[0]}", ())

    def test_servers_by_priority_with_the_path_that_is_named(self):
        lookup = self.lookup(
            SRV_caldavs=["20 0 443 b.keller.example.", "10 1 8443 a.keller.example.", "5 0 0 .", "what is this"],
            TXT_caldavs=['"path=/dav/"'],
        )
        assert list(services(lookup, "caldav", "keller.example")) == [
            "https://a.keller.example:8443/dav/",
            "https://b.keller.example/dav/",
        ]

    def test_without_a_path_it_is_the_well_known_one(self):
        lookup = self.lookup(SRV_carddavs=["0 0 443 keller.example."])
        assert list(services(lookup, "carddav", "keller.example")) == ["https://keller.example/.well-known/carddav"]

    def test_another_domain_is_asked_about_first(self):
        lookup = self.lookup(SRV_caldavs=["0 0 443 cal.provider.example."])
        with pytest.raises(Rejected, match=r"set `url: https://cal\.provider\.example/\.well-known/caldav`"):
            list(services(lookup, "caldav", "keller.example"))

    def test_a_domain_that_says_nothing_has_none(self):
        assert list(services(self.lookup(), "caldav", "keller.example")) == []


def a_todo(*lines: str) -> bytes:
    inside = "\r\n".join(["BEGIN:VTODO", "UID:t1", *lines, "END:VTODO"])
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\n{inside}\r\nEND:VCALENDAR\r\n".encode()


class TestTasks:
    def read(self, *lines: str) -> tuple[list[Task], list[str]]:
        return read_tasks(a_todo(*lines), "here", "Errands", ZURICH)

    def test_what_a_task_says(self):
        ((task,), wrong) = self.read(
            "SUMMARY:Call the\\, bank", "DUE;VALUE=DATE:20260515", "DESCRIPTION:About\\nAtlas", "LAST-MODIFIED:20260501T100000Z"
        )
        assert (task.id, task.title, task.due_on, task.done, task.project, task.notes, wrong) == (
            "here#t1",
            "Call the, bank",
            date(2026, 5, 15),
            False,
            "Errands",
            "About\nAtlas",
            [],
        )

    def test_an_hour_is_a_day_at_home(self):
        assert self.read("DUE:20260515T230000Z")[0][0].due_on == date(2026, 5, 16)
        assert self.read("DUE;TZID=America/New_York:20260515T190000")[0][0].due_on == date(2026, 5, 16)

    @pytest.mark.parametrize(
        "line", ["STATUS:COMPLETED", "STATUS:CANCELLED", "COMPLETED:20260501T100000Z", "PERCENT-COMPLETE:100"]
    )
    def test_done_is_said_in_several_ways(self, line):
        assert self.read(line)[0][0].done

    def test_what_an_alarm_says_is_not_the_task(self):
        (task,), _ = self.read("BEGIN:VALARM", "SUMMARY:Ring", "END:VALARM", "SUMMARY:Call")
        assert task.title == "Call"

    def test_an_unreadable_day_is_named_and_the_task_still_comes(self):
        (task,), wrong = self.read("SUMMARY:Call", "DUE:next week")
        assert (task.title, task.due_on, len(wrong)) == ("Call", None, 1)

    @given(
        st.lists(st.sampled_from(["BEGIN:VTODO", "END:VTODO", "UID:a", "DUE:1", "RECURRENCE-ID:x", "BEGIN:X", "END:X", ":", ""]))
    )
    def test_no_lines_do_harm(self, lines):
        read_tasks("\r\n".join(lines).encode(), "here", "", ZURICH)


class TestCards:
    def test_a_card_is_a_contact(self):
        ((key, contact),) = Books("here").read(a_card(7).encode(), "/a.vcf", "Friends").items
        assert isinstance(contact, Contact)
        assert (key, contact.id, contact.name, contact.emails) == ("card-7", "here#card-7", "Person 7", ("person7@example.com",))

    @pytest.mark.parametrize("line", ["KIND:group", "X-ADDRESSBOOKSERVER-KIND:group"])
    def test_a_group_is_nobody(self, line):
        reading = Books("here").read(a_card(7, more=f"{line}\r\n").encode(), "/a.vcf", "Friends")
        assert (list(reading.items), list(reading.wrong)) == ([], [])

    @pytest.mark.parametrize("data", [b"", b"hello", b"BEGIN:VCARD\r\nFN:A", b"BEGIN:VCARD\r\nEND:VCARD"])
    def test_what_is_no_card_is_named(self, data):
        reading = Books("here").read(data, "/a.vcf", "Friends")
        assert (list(reading.items), len(reading.wrong)) == ([], 1)
