from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from textwrap import dedent

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from service.domain.ledger import BeforeEvents, Every, WallTimes
from service.domain.people import Budget, QuietHours, Reader, Retention
from service.domain.rules import Condition
from service.errors import Complaint, ConfigError
from service.settings import Config, find, load
from tests.unit.settings.some_kinds import KINDS

ME = "me: {name: Mara Keller, emails: [Mara@Keller.example], timezone: Europe/Zurich}\n"
WHOLE = r"""
me:
  name: Mara Keller
  emails: [mara@keller.example]
  role: Managing partner; decides on investments
  priorities: [close the Atlas round, hire a head of sales]
  timezone: Europe/Zurich
  holidays: CH-ZH
  reads_too: [{email: assistant@keller.example, only: [morning, meetings]}]
sources:
  - {kind: box, path: ~/Mail}
  - {kind: remote, host: cal.keller.example, password: {env: CAL_PASSWORD}, folders: {a: b}}
channels:
  inbox: {kind: post, to: mara@keller.example}
  phone: {kind: post, to: phone, shows: no_private}
cadences:
  morning:  {at: "07:00", days: weekdays, to: [inbox, phone], audio: true}
  meetings: {brief: 4h, push: 15m, to: [inbox, phone], only: external}
  triage:   {every: 5m}
  slack:    {every: 5m, topics: [Atlas launch, outage], to: [phone]}
pause: [{from: 2026-12-24, until: 2027-01-03, except: [urgent]}]
quiet: {from: "21:00", until: "06:30", except: [urgent]}
budget: {pushes_per_day: 8, model_cost_per_day: 0.50}
keep: {bodies: 180d, artefacts: 30d, ledger: 400d}
rules:
  - {name: board first, when: {from: "*@board.example"}, then: {priority: urgent, notify: phone}}
  - {name: payslips stay private, when: {subject: "*payslip*"}, then: {private: true}}
  - {name: bugs to the tracker, when: {source: slack, text: "/\\bATLAS-\\d+/"}, then: {task: atlas}}
"""


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Config:
    monkeypatch.setenv("CAL_PASSWORD", "s3cret")
    return loaded(tmp_path, WHOLE)


def loaded(folder: Path, text: str | bytes) -> Config:
    file = folder / "reveille.yaml"
    file.write_bytes(text if isinstance(text, bytes) else dedent(text).encode())
    return load(file, kinds=KINDS)


def complaints(folder: Path, text: str | bytes) -> tuple[Complaint, ...]:
    with pytest.raises(ConfigError) as caught:
        loaded(folder, text)
    for complaint in caught.value.complaints:
        assert complaint.problem
        assert complaint.fix
        assert "\n" not in str(complaint)
    return caught.value.complaints


def complaint(folder: Path, text: str | bytes) -> Complaint:
    (only,) = complaints(folder, text)
    return only


class TestWhole:
    def test_person_is_read(self, config: Config):
        person = config.person
        assert (person.id, person.name, person.emails) == ("mara-keller-example", "Mara Keller", ("mara@keller.example",))
        assert (person.timezone, person.holidays) == ("Europe/Zurich", "CH-ZH")
        assert person.priorities == ("close the Atlas round", "hire a head of sales")
        assert person.reads_too == (Reader("assistant@keller.example", ("morning", "meetings")),)
        assert person.quiet == QuietHours(time(21), time(6, 30), frozenset({"urgent"}))
        assert person.budget == Budget(8, 0.5)
        assert person.keep == Retention(timedelta(days=180), timedelta(days=30), timedelta(days=400))

    def test_pause_spans_local_days_the_last_included(self, config: Config):
        (pause,) = config.person.pauses
        assert pause.from_at == datetime(2026, 12, 23, 23, tzinfo=UTC)
        assert pause.until_at == datetime(2027, 1, 3, 23, tzinfo=UTC)
        assert pause.except_ == {"urgent"}

    def test_cadences_become_jobs_with_their_times(self, config: Config):
        morning, meetings, triage, slack = config.cadences
        assert morning.job == "morning"
        assert morning.timing == WallTimes((time(7),), frozenset(range(5)), workdays_only=True)
        assert morning.to == ("inbox", "phone")
        assert morning.option("audio") is True
        assert (meetings.name, meetings.job) == ("meetings", "meeting")
        assert meetings.timing == BeforeEvents(timedelta(hours=4), timedelta(minutes=15), "external")
        assert (triage.job, triage.timing) == ("triage", Every(timedelta(minutes=5)))
        assert slack.option("topics") == ("Atlas launch", "outage")
        assert {c.person for c in config.cadences} == {config.person.id}

    def test_rules_are_read(self, config: Config):
        board, payslips, bugs = config.rules
        assert board.when == Condition(sender="*@board.example")
        assert board.then.notify == ("phone",)
        assert payslips.then.private is True
        assert (bugs.when.text, bugs.when.source, bugs.then.task) == (r"/\bATLAS-\d+/", "slack", "atlas")

    def test_file_and_revision_are_kept(self, config: Config, tmp_path: Path):
        assert (config.folder, config.file, config.text) == (tmp_path, tmp_path / "reveille.yaml", WHOLE)
        (tmp_path / "other").mkdir()
        assert loaded(tmp_path / "other", WHOLE).revision == config.revision
        assert loaded(tmp_path / "other", WHOLE + "\n").revision != config.revision

    def test_secret_is_not_kept(self, config: Config):
        assert "s3cret" not in repr(config)


class TestSmall:
    def test_two_lines_are_enough(self, tmp_path: Path):
        config = loaded(tmp_path, "me: {name: Mara, emails: mara@keller.example, timezone: UTC}")
        assert (config.sources, config.cadences, config.rules, config.voice) == ((), (), (), None)

    def test_empty_sections_are_as_if_left_out(self, tmp_path: Path):
        empty = "sources:\nchannels:\ncadences:\npause:\nquiet:\nbudget:\nkeep:\nrules:\nvoice:\n"
        assert loaded(tmp_path, ME + empty).person == loaded(tmp_path, ME).person

    def test_named_cadence_may_be_empty(self, tmp_path: Path):
        (morning,) = loaded(tmp_path, ME + "cadences: {morning: }").cadences
        assert morning.timing == WallTimes((time(7),), frozenset(range(5)))

    def test_two_mornings_by_naming_the_job(self, tmp_path: Path):
        text = ME + 'cadences: {morning: {at: "07:00"}, second: {job: morning, at: ["13:00", "12:00"], days: [sat, Sunday]}}'
        _, second = loaded(tmp_path, text).cadences
        assert (second.name, second.job) == ("second", "morning")
        assert second.timing == WallTimes((time(12), time(13)), frozenset({5, 6}))

    def test_days_listed_one_by_one_are_meant_on_holidays_too(self, tmp_path: Path):
        me = ME.replace("timezone", "holidays: CH, timezone")
        text = me + "cadences: {a: {job: morning, days: daily}, b: {job: morning, days: weekdays}, c: {job: morning, days: mon}}"
        assert [c.timing.workdays_only for c in loaded(tmp_path, text).cadences] == [False, True, False]

    def test_unquoted_time_is_a_time(self, tmp_path: Path):
        (morning,) = loaded(tmp_path, ME + "cadences: {morning: {at: 06:45}}").cadences
        assert morning.timing.at == (time(6, 45),)

    def test_brief_or_push_can_be_off(self, tmp_path: Path):
        (meetings,) = loaded(tmp_path, ME + "cadences: {meetings: {brief: false}}").cadences
        assert meetings.timing.brief is None

    def test_pause_in_a_zone_whose_midnight_is_jumped_over(self, tmp_path: Path):
        text = "me: {name: N, emails: n@n.example, timezone: Africa/Cairo}\npause: {from: 2026-04-24, until: 2026-04-24}"
        (pause,) = loaded(tmp_path, text).person.pauses
        assert pause.from_at == datetime(2026, 4, 23, 22, tzinfo=UTC)
        assert pause.until_at - pause.from_at == timedelta(hours=23)

    def test_conditions_nest(self, tmp_path: Path):
        text = ME + "rules: [{name: r, when: {any: [{from: a}, {all: {to: b}}], not: {subject: c}}, then: {mute: true}}]"
        (rule,) = loaded(tmp_path, text).rules
        assert rule.when == Condition(
            any=(Condition(sender="a"), Condition(all=(Condition(to="b"),))), none=(Condition(subject="c"),)
        )

    def test_id_is_the_first_address_unless_given(self, tmp_path: Path):
        assert loaded(tmp_path, ME).person.id == "mara-keller-example"
        assert loaded(tmp_path, ME.replace("name:", "id: mk, name:")).person.id == "mk"

    def test_addresses_that_letters_cannot_carry_get_distinct_ids(self, tmp_path: Path):
        ids = {
            loaded(tmp_path, f"me: {{name: N, emails: '{e}', timezone: UTC}}").person.id
            for e in ("a.b@n.example", "a-b@n.example")
        }
        others = {
            loaded(tmp_path, f"me: {{name: N, emails: '{e}', timezone: UTC}}").person.id for e in ("ж@n.example", "я@n.example")
        }
        assert len(others) == 2
        assert ids

    def test_anchors_serve(self, tmp_path: Path):
        text = ME + "channels: {a: &a {kind: post, to: x}, b: {<<: *a, to: z}}"
        assert loaded(tmp_path, text).channels["b"].to == "z"


class TestNames:
    def test_given_name_wins(self, tmp_path: Path):
        config = loaded(tmp_path, ME + "sources: [{kind: box, path: /a/Mail, name: work}, {kind: box, path: /b/Mail}]")
        assert list(config.names) == ["work", "box Mail"]

    def test_second_of_a_name_is_told_apart_and_the_first_stays(self, tmp_path: Path):
        first = loaded(tmp_path, ME + "sources: [{kind: box, path: /a/Mail}]")
        both = loaded(tmp_path, ME + "sources: [{kind: box, path: /a/Mail}, {kind: box, path: /b/Mail}]")
        assert len(both.names) == 2
        assert both.sources[0] == first.sources[0]
        again = loaded(
            tmp_path, ME + "sources: [{kind: box, path: /a/Mail}, {kind: box, path: /c/Mail}, {kind: box, path: /b/Mail}]"
        )
        assert again.sources[2].name == both.sources[1].name

    def test_same_source_twice_is_a_slip(self, tmp_path: Path):
        said = complaint(tmp_path, ME + "sources:\n- {kind: box, path: /a}\n- {kind: box, path: /a}")
        assert (said.line, said.field, said.problem) == (4, "sources[1]", "the same source as sources[0]")

    def test_name_twice_is_a_slip(self, tmp_path: Path):
        said = complaint(tmp_path, ME + "sources:\n- {kind: box, path: /a, name: x}\n- {kind: box, path: /b, name: x}")
        assert said.field == "sources[1].name"


WRONG = [
    ("bugdet: {}", 2, "bugdet", "Did you mean budget?"),
    ("budget: {pushes: 3}", 2, "budget.pushes", "pushes_per_day"),
    ("budget:\n  pushes_per_day: many", 3, "budget.pushes_per_day", "digits"),
    ("budget: {pushes_per_day: -1}", 2, "budget.pushes_per_day", "at least 0"),
    ("budget: {model_cost_per_day: .inf}", 2, "budget.model_cost_per_day", "digits"),
    ("budget: 3", 2, "budget", "{key: value}"),
    ("keep: {bodies: 180}", 2, "keep.bodies", "180d"),
    ("keep: {bodies: 0d}", 2, "keep.bodies", "15m"),
    ("keep: {bodies: 180 dogs}", 2, "keep.bodies", "180d"),
    ("quiet: {from: '21:00', until: '25:00'}", 2, "quiet.until", "24-hour"),
    ("quiet: {from: '21:00', until: '21:00'}", 2, "quiet", "two different"),
    ("quiet: {from: '21:00'}", 2, "quiet.until", "Add until"),
    ("quiet: {from: 21, until: '22:00'}", 2, "quiet.from", "24-hour"),
    ("pause: [{from: 2027-01-03, until: 2026-12-24}]", 2, "pause[0]", "Swap"),
    ("pause: [{from: 24.12.2026, until: 2026-12-24}]", 2, "pause[0].from", "2026-12-24"),
    ("pause: [{from: 0001-01-01, until: 9999-12-31}]", 2, "pause[0].from", "2026-12-24"),
    ("pause: {from: 2026-12-24, until: 2026-12-24, except: [urgnet]}", 2, "pause.except[0]", "urgent"),
    ("sources: {kind: box}", 2, "sources", "- "),
    ("sources:\n  - {kind: imap, host: x}", 3, "sources[0].kind", "This build knows: box, broken, remote"),
    ("sources:\n  - {kind: bix}", 3, "sources[0].kind", "Did you mean box?"),
    ("sources:\n  - {kind: broken}", 3, "sources[0].kind", "Install"),
    ("sources:\n  - {kind: [box]}", 3, "sources[0].kind", "This build knows"),
    ("sources:\n  - {path: /a}", 3, "sources[0]", "Add kind"),
    ("sources:\n  - box", 3, "sources[0]", "{kind: …}"),
    ("sources:\n  - kind: box\n    pth: /a\n    path: /b", 4, "sources[0].pth", "Did you mean path?"),
    ("sources:\n  - {kind: box}", 3, "sources[0].path", "Add path"),
    ("sources:\n  - {kind: remote, host: x, password: hunter2}", 3, "sources[0].password", "{env: NAME}"),
    ("sources:\n  - {kind: remote, host: x, password: {env: NOT_SET_HERE}}", 3, "sources[0].password", "Export NOT_SET_HERE"),
    ("sources:\n  - {kind: remote, host: x, password: {file: nowhere}}", 3, "sources[0].password", "Write the secret"),
    ("sources:\n  - {kind: remote, host: x, password: {}}", 3, "sources[0].password", "{env: NAME}"),
    ("sources:\n  - {kind: remote, host: x, password: {env: A, fil: b}}", 3, "sources[0].password.fil", "Did you mean file?"),
    ("channels: [a]", 2, "channels", "name: {…}"),
    ("channels:\n  inbox: {kind: podcast}", 3, "channels.inbox.kind", "post"),
    ("channels:\n  inbox: {kind: post, to: a, shows: some}", 3, "channels.inbox.shows", "no_private"),
    ("channels:\n  inbox: {kind: post, to: 3}", 3, "channels.inbox.to", "quotes"),
    ("channels:\n  inbox: {kind: post, to: a, token: {env: NOT_SET_HERE}}", 3, "channels.inbox.token", "NOT_SET_HERE"),
    ("voice: {kind: robot}", 2, "voice.kind", "none"),
    ("cadences:\n  morning:\n    at: 7am", 4, "cadences.morning.at", "24-hour"),
    ("cadences:\n  morning:\n    at: ['07:00',\n  '7']", 5, "cadences.morning.at[1]", "24-hour"),
    ("cadences:\n  morning: {days: [mon, tusday]}", 3, "cadences.morning.days", "Did you mean tuesday?"),
    ("cadences:\n  morning: {days: []}", 3, "cadences.morning.days", "weekdays"),
    ("cadences:\n  morning: {audio: sometimes}", 3, "cadences.morning.audio", "true or false"),
    ("cadences:\n  morning: {topics: [a]}", 3, "cadences.morning.topics", "Known here"),
    ("cadences:\n  morning: {to: inbox}", 3, "cadences.morning.to", "none"),
    ("cadences:\n  mornings: {}", 3, "cadences.mornings", "Did you mean morning?"),
    ("cadences:\n  early: {job: mornig}", 3, "cadences.early.job", "Did you mean morning?"),
    ("cadences:\n  triage: {every: 1s}", 3, "cadences.triage.every", "between 30s and 7d"),
    ("cadences:\n  triage: often", 3, "cadences.triage", "{at:"),
    ("cadences:\n  meetings: {brief: false, push: false}", 3, "cadences.meetings", "Set one"),
    ("cadences:\n  meetings: {only: internal}", 3, "cadences.meetings.only", "external"),
    ("rules:\n  - {name: r, when: {text: '/(/'}, then: {mute: true}}", 3, "rules[0].when.text", "slashes"),
    ("rules:\n  - {name: r, when: {text: '/a{99999999999999999999}/'}, then: {mute: true}}", 3, "rules[0].when.text", "slashes"),
    ("rules:\n  - {name: r, when: {}, then: {mute: true}}", 3, "rules[0].when", "Set at least one"),
    ("rules:\n  - {name: r, when: {from: [a, b]}, then: {mute: true}}", 3, "rules[0].when.from", "any:"),
    ("rules:\n  - {name: r, when: {from: a}, then: {}}", 3, "rules[0].then", "Set at least one"),
    ("rules:\n  - {name: r, when: {frm: a}, then: {mute: true}}", 3, "rules[0].when.frm", "Did you mean from?"),
    ("rules:\n  - {name: r, when: {any: [{frm: a}]}, then: {mute: true}}", 3, "rules[0].when.any[0].frm", "Did you mean from?"),
    ("rules:\n  - {name: r, when: {from: a}, then: {notify: phone}}", 3, "rules[0].then.notify", "none"),
    ("rules:\n  - {name: r, when: {from: a}, then: {category: spam}}", 3, "rules[0].then.category", "promotion"),
    ("rules:\n  - {name: r, when: {from: a}, then: {mute: true}}\n  - {name: r, when: {from: a}, then: {mute: true}}", 4, "rules[1].name", "own"),
    ("bugdet: 1\nbugdet: 2", 2, "bugdet", "Keep one"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "line", "field", "fix"), WRONG, ids=[f"{field}-{i}" for i, (_, _, field, _) in enumerate(WRONG)]
)
def test_each_slip_is_named_with_line_field_and_fix(tmp_path: Path, text: str, line: int, field: str, fix: str):
    found = [c for c in complaints(tmp_path, ME + text) if c.field == field and fix in c.fix]
    assert [c.line for c in found] == [line]
    assert found[0].file == str(tmp_path / "reveille.yaml")


@pytest.mark.parametrize(
    ("me", "field", "fix"),
    [
        ("{emails: a@b.example}", "me.name", "Add name"),
        ("{name: A, emails: []}", "me.emails", "Give it a value"),
        ("{name: A, emails: [a at b]}", "me.emails[0]", "mara@keller.example"),
        ("{name: A, emails: ['a@b.example\\nBcc: c@d.example']}", "me.emails[0]", "mara@keller.example"),
        ("{name: A, emails: a@b.example, timezone: Europe/Zurch}", "me.timezone", "Did you mean Europe/Zurich?"),
        ("{name: A, emails: a@b.example, timezone: Zurich}", "me.timezone", "Did you mean Europe/Zurich?"),
        ("{name: A, emails: a@b.example, timezone: ../../etc/passwd}", "me.timezone", "IANA"),
        ("{name: A, emails: a@b.example, holidays: XX}", "me.holidays", "ISO country"),
        ("{name: A, emails: a@b.example, holidays: CH-ZZ}", "me.holidays", "Parts of CH"),
        ("{name: A, emails: a@b.example, id: A B}", "me.id", "docs/config.md"),
        ("{name: A, emails: a@b.example, id: reveille}", "me.id", "another"),
        ("{name: A, emails: a@b.example, working_hours: {from: '18:00', until: '09:00'}}", "me.working_hours", "later"),
        (
            "{name: A, emails: a@b.example, reads_too: [{email: b@c.example, only: [mornin]}]}",
            "me.reads_too[0].only[0]",
            "Each cadence",
        ),
        ("Mara", "me", "{key: value}"),
        ("", "me", "{key: value}"),
    ],
)
def test_slips_about_the_person(tmp_path: Path, me: str, field: str, fix: str):
    said = complaint(tmp_path, f"me: {me}")
    assert (said.line, said.field) == (1, field)
    assert fix in said.fix


def test_everything_wrong_is_said_at_once_in_order(tmp_path: Path):
    text = ME + "sources: [{kind: bix}]\nquiet: {from: 1}\nkeep: {bodies: x}\ncadences: {morning: {to: nowhere}}\nzzz: 1\n"
    lines = [c.line for c in complaints(tmp_path, text)]
    assert lines == sorted(lines)
    assert set(lines) == {2, 3, 4, 5, 6}


class TestFile:
    def test_missing_file_names_init(self, tmp_path: Path):
        with pytest.raises(ConfigError, match="reveille init"):
            load(tmp_path / "none.yaml", kinds=KINDS)

    def test_folder_instead_of_file(self, tmp_path: Path):
        with pytest.raises(ConfigError, match="can't be read"):
            load(tmp_path, kinds=KINDS)

    @pytest.mark.parametrize(
        ("data", "line", "problem"),
        [
            (b"", None, "empty"),
            (b"# only words\n", None, "empty"),
            (b"me: \xff", 1, "UTF-8"),
            (b"a: 1\nb: \xe4\n", 2, "UTF-8"),
            (ME.encode("utf-16"), 1, "UTF-8"),
            (b"x" * 600_000, None, "larger"),
            (b"me:\n\tname: x", 2, "tab"),
            (b"me: {name: x", 1, "not valid YAML"),
            (b"me: [a\nb: c", 2, "not valid YAML"),
            (b"a: b: c", 1, "not valid YAML"),
            (b"me: \0", None, "control character"),
            (b"[" * 5000, 1, "deeper"),
            (b"a: 1\n---\nb: 2", 2, "second document"),
            (b"? [a]\n: b", 1, "plain word"),
            (b'a: "\\UFFFFFFFF"', None, "not YAML"),
            (b"a: *b", 1, "no anchor"),
            (b"a: &a [*a]", 1, "no anchor"),
            (b"just words", 1, "section of keys"),
            (b"- a", 1, "section of keys"),
        ],
    )
    def test_bytes_that_are_no_config(self, tmp_path: Path, data: bytes, line: int | None, problem: str):
        said = complaint(tmp_path, data)
        assert problem in said.problem
        assert said.line == line

    def test_anchor_bomb_ends_early(self, tmp_path: Path):
        bomb = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n" + "".join(
            f"a{i}: &a{i} [{','.join([f'*a{i - 1}'] * 10)}]\n" for i in range(1, 12)
        )
        assert "anchors" in complaint(tmp_path, bomb).problem

    def test_byte_order_mark_is_no_matter(self, tmp_path: Path):
        assert loaded(tmp_path, b"\xef\xbb\xbf" + ME.encode()).person.name == "Mara Keller"

    def test_secret_file_is_found_beside_the_config(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
        (tmp_path / "pw").write_text("s3cret\n")
        monkeypatch.chdir("/")
        config = loaded(tmp_path, ME + "sources: [{kind: remote, host: x, password: {file: pw}}]")
        assert config.sources[0].password.read() == "s3cret"

    def test_secret_written_into_the_file_is_not_repeated(self, tmp_path: Path):
        said = complaints(tmp_path, ME + "sources: [{kind: remote, host: x, password: hunter2}]")
        assert "hunter2" not in "".join(map(str, said))


class TestFind:
    def test_variable_goes_first(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.setenv("REVEILLE_CONFIG", "/etc/reveille/mara.yaml")
        assert find(tmp_path) == Path("/etc/reveille/mara.yaml")

    def test_else_the_file_in_the_folder(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
        monkeypatch.delenv("REVEILLE_CONFIG", raising=False)
        assert find(tmp_path) is None
        (tmp_path / "reveille.yaml").touch()
        assert find(tmp_path) == tmp_path / "reveille.yaml"


relaxed = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
WORDS = (
    "me name emails timezone sources kind box remote path channels post to cadences morning at days every 5m 07:00 rules when then "
    "from not any all /( /a/ priority urgent pause quiet keep budget *a &a << - : , [ ] { } ' \" | > ? # ! !!int ~ true 1 -1 1e9 "
    "a@b.example Europe/Zurich CH-ZH 2026-12-24 env HOME file \\ %YAML --- ... \t \u2028 \ud7ff \x85"
)
_words = st.sampled_from(WORDS.split(" "))


@relaxed
@given(
    st.lists(st.tuples(_words, st.sampled_from(["", " ", ": ", "\n", "\n  ", "\n- ", ", "]))).map(
        lambda ws: "".join(a + b for a, b in ws)
    )
)
def test_no_text_brings_a_traceback(tmp_path_factory: pytest.TempPathFactory, text: str):
    _survives(tmp_path_factory, (ME + text).encode())
    _survives(tmp_path_factory, text.encode())


@relaxed
@given(st.binary(max_size=300))
def test_no_bytes_bring_a_traceback(tmp_path_factory: pytest.TempPathFactory, data: bytes):
    _survives(tmp_path_factory, data)


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | _words,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_words | st.text(max_size=5), inner, max_size=4),
    max_leaves=12,
)
_keys = ["me", "sources", "channels", "cadences", "pause", "quiet", "budget", "keep", "rules", "voice"]


@relaxed
@given(st.dictionaries(st.sampled_from(_keys), _json))
def test_no_shape_of_values_brings_a_traceback(tmp_path_factory: pytest.TempPathFactory, data: dict):
    import json

    _survives(tmp_path_factory, json.dumps(data).encode())


def _survives(factory: pytest.TempPathFactory, data: bytes) -> None:
    file = factory.getbasetemp() / "any.yaml"
    file.write_bytes(data)
    try:
        load(file, kinds=KINDS)
    except ConfigError as error:
        if not str(error).encode():
            pytest.fail("an error without a word")
