from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.items import Contact, Deal, Task
from service.errors import Rejected
from service.integrations.csv_table import Settings
from service.integrations.csv_table.rows import Row, Table
from service.integrations.csv_table.values import Dates, NotADate, order_of
from tests.builders import a_person
from tests.corpus import need
from tests.integration.source_contract import Kept, SourceContract, surroundings

ZURICH = a_person().zone


def sync(path: Path, as_: str, kept: Kept | None = None, **options: object) -> Kept:
    settings = Settings.model_validate({"kind": "csv", "path": path, "as": as_, **options})
    return (kept or Kept()).sync(settings.connect(surroundings(path.parent)))


def written(tmp_path: Path, text: str, encoding: str = "utf-8") -> Path:
    path = tmp_path / "table.csv"
    path.write_bytes(text.encode(encoding))
    return path


def one(tmp_path: Path, as_: str, text: str, **options: object) -> Contact | Deal | Task:
    kept = sync(written(tmp_path, text), as_, **options)
    assert not kept.problems
    (item,) = kept.items.values()
    assert isinstance(item, (Contact, Deal, Task))
    return item


class TestCsvTable(SourceContract):
    def settings(self, root: Path) -> Settings:
        return Settings.model_validate({"kind": "csv", "path": root / "contacts.csv", "as": "contacts"})

    def missing(self, root: Path) -> Settings:
        return Settings.model_validate({"kind": "csv", "path": root / "nowhere.csv", "as": "tasks"})

    def fill(self, root: Path, count: int) -> None:
        rows = (f'{n},Person {n},p{n}@atlas.example,"Notes, with\na second line"\n' for n in range(count))
        (root / "contacts.csv").write_text("ID,Name,E-Mail,Notes\n" + "".join(rows))

    def _replace(self, root: Path, old: str, new: str) -> None:
        path = root / "contacts.csv"
        path.write_text(path.read_text().replace(old, new))

    def edit(self, root: Path) -> None:
        self._replace(root, "1,Person 1,", "1,Person One,")

    def delete(self, root: Path) -> None:
        self._replace(root, '\n1,Person 1,p1@atlas.example,"Notes, with\na second line"', "")

    def add_broken(self, root: Path) -> None:
        with (root / "contacts.csv").open("a") as file:
            file.write("9999,,,nobody\n")


def test_hubspot_deals_need_no_mapping(tmp_path: Path) -> None:
    deal = one(
        tmp_path,
        "deals",
        "Record ID,Deal Name,Deal Stage,Close Date,Deal owner,Amount,Associated Company,Associated Contact Emails\n"
        '771,Atlas round,Contract Sent,2026-06-30 10:12,Mara Keller,"12,000",Atlas AG,dana@atlas.example; l@atlas.example\n',
    )
    assert isinstance(deal, Deal)
    assert (deal.id, deal.name, deal.stage, deal.closes_on) == ("here:771", "Atlas round", "Contract Sent", date(2026, 6, 30))
    assert (deal.company, deal.amount, deal.owner, deal.open) == ("Atlas AG", "12,000", "Mara Keller", True)
    assert deal.people == ("dana@atlas.example", "l@atlas.example")


def test_salesforce_contacts_need_no_mapping(tmp_path: Path) -> None:
    contact = one(
        tmp_path,
        "contacts",
        "First Name,Last Name,Account Name,Title,Email,Mobile,Last Activity,Contact Owner\n"
        "Dana,Whitfield,Atlas AG,CFO,Dana@Atlas.example,+41 44 555 01 01,5/13/2026,Luis Ortega\n",
    )
    assert isinstance(contact, Contact)
    assert (contact.name, contact.emails, contact.company) == ("Dana Whitfield", ("dana@atlas.example",), "Atlas AG")
    assert (contact.title, contact.phones, contact.owner) == ("CFO", ("+41 44 555 01 01",), "Luis Ortega")
    assert contact.last_contact_at == datetime(2026, 5, 12, 22, tzinfo=UTC)  # the start of the 13th in Zurich


def test_pipedrive_and_asana_need_no_mapping(tmp_path: Path) -> None:
    deal = one(
        tmp_path,
        "deals",
        "Title,Value,Currency,Organization,Status,Expected close date\nAtlas,100,CHF,Atlas AG,Lost,2026-06-01\n",
    )
    assert isinstance(deal, Deal)
    assert (deal.name, deal.amount, deal.company, deal.open) == ("Atlas", "100 CHF", "Atlas AG", False)
    task = one(
        tmp_path,
        "tasks",
        "Task ID,Completed At,Name,Section/Column,Assignee,Due Date,Projects\n1,2026-05-01,Call,To do,Mara,2026-05-02,Atlas\n",
    )
    assert isinstance(task, Task)
    assert (task.title, task.done, task.due_on, task.assignee, task.project) == ("Call", True, date(2026, 5, 2), "Mara", "Atlas")


def test_a_mapping_goes_before_guesses(tmp_path: Path) -> None:
    text = "name,kunde,mail\nwrong,Dana Whitfield,dana@atlas.example\n"
    assert one(tmp_path, "contacts", text, columns={"name": "Kunde"}).name == "Dana Whitfield"
    assert one(tmp_path, "contacts", text, columns={"emails": "mail", "name": ""}).name == "dana@atlas.example"
    assert one(tmp_path, "contacts", text, columns={"name": ["kunde", "name"]}).name == "Dana Whitfield wrong"


def test_a_mapped_header_that_is_missing_is_named_with_those_that_are_there(tmp_path: Path) -> None:
    with pytest.raises(Rejected, match=r"no column 'Firm' \(for company\): its columns are 'Name', 'Mail'"):
        sync(written(tmp_path, "Name,Mail\na,b@c.example\n"), "contacts", columns={"company": "Firm"})
    with pytest.raises(Rejected, match="have no field 'colour'"):
        sync(written(tmp_path, "Name,Mail\na,b@c.example\n"), "contacts", columns={"colour": "Name"})
    with pytest.raises(Rejected, match="its columns are 'x', 'y'"):
        sync(written(tmp_path, "x,y\n1,2\n"), "tasks")
    with pytest.raises(Rejected, match="no header line"):
        sync(written(tmp_path, ""), "tasks")


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
def test_delimiters_and_encodings_are_guessed(tmp_path: Path, delimiter: str, encoding: str) -> None:
    text = delimiter.join(["Name", "Email", "Notes"]) + "\r\n" + delimiter.join(["Zoë", "z@x.example", '"a, b; c"']) + "\r\n"
    (contact,) = sync(written(tmp_path, text, encoding), "contacts").items.values()
    assert isinstance(contact, Contact)
    assert (contact.name, contact.notes) == ("Zoë", "a, b; c")


def test_bad_rows_are_named_by_line_and_the_rest_come(tmp_path: Path) -> None:
    text = 'Title,Due\n"two\nlines",2026-05-12\nBad date,31/31/2026\n,2026-01-01\nextra,2026-01-01,x,y\n\nlast,2026-05-13\n'
    kept = sync(written(tmp_path, text), "tasks")
    assert [p.where for p in kept.problems] == [f"table.csv, line {n}" for n in (4, 5, 6)]
    assert [(t.title, t.due_on) for t in kept.items.values()] == [
        ("two lines", date(2026, 5, 12)),
        ("Bad date", None),
        ("last", date(2026, 5, 13)),
    ]


def test_a_quote_that_never_closes_costs_its_row_alone(tmp_path: Path) -> None:
    text = "Title,Notes\nfirst,ok\n" + 'broken,"never closed\n' + "".join(f"task {n},x\n" for n in range(700))
    kept = sync(written(tmp_path, text), "tasks")
    assert len(kept.items) == 701
    assert [p.where for p in kept.problems] == ["table.csv, line 3"]


def test_a_screen_of_five_inches_is_no_open_quote(tmp_path: Path) -> None:
    kept = sync(written(tmp_path, 'Title,Notes\nscreen 5",a\nnext,b\n'), "tasks")
    assert [t.title for t in kept.items.values()] == ['screen 5"', "next"]


def test_formulas_are_text(tmp_path: Path) -> None:
    text = 'Title,Notes\n"=HYPERLINK(""http://x.example"")",@SUM(1)\n+1,-2\n'
    assert [t.title for t in sync(written(tmp_path, text), "tasks").items.values()] == ['=HYPERLINK("http://x.example")', "+1"]


def test_two_rows_of_one_id_both_count(tmp_path: Path) -> None:
    kept = sync(written(tmp_path, "id,title\n1,a\n1,b\n"), "tasks")
    assert list(kept.items) == ["1", "1#2"]


def test_rows_without_an_id_keep_theirs_when_the_table_is_sorted(tmp_path: Path) -> None:
    path = written(tmp_path, "title,due\na,2026-05-01\nb,2026-05-02\n")
    kept = sync(path, "tasks")
    path.write_text("title,due\nc,2026-05-03\nb,2026-05-02\na,2026-05-01\n")
    assert len(sync(path, "tasks", kept).upserts) == 1


@pytest.mark.parametrize(
    ("cell", "done"),
    [
        ("Completed", True),
        ("done", True),
        ("Backlog", False),
        ("", False),
        ("Closed - Won", True),
        ("yes", True),
        ("FALSE", False),
        ("n/a", False),
    ],
)
def test_usual_words_for_done(tmp_path: Path, cell: str, done: bool) -> None:
    task = one(tmp_path, "tasks", f"title,status\na,{cell}\n")
    assert isinstance(task, Task)
    assert task.done is done


def test_words_for_done_and_open_can_be_named(tmp_path: Path) -> None:
    text = "title,list\n1,Parked\n2,Doing\n3,Done\n"
    assert [t.done for t in sync(written(tmp_path, text), "tasks", done_when=["parked"]).items.values()] == [True, False, False]
    assert [t.done for t in sync(written(tmp_path, text), "tasks", open_when=["doing"]).items.values()] == [True, False, True]


@pytest.mark.parametrize(
    ("cell", "on"),
    [
        ("2026-05-12", date(2026, 5, 12)),
        ("2026-05-12T23:30:00Z", date(2026, 5, 13)),  # already the 13th in Zurich
        ("2026/5/2", date(2026, 5, 2)),
        ("12.05.2026", date(2026, 5, 12)),
        ("13/5/2026 14:00", date(2026, 5, 13)),
        ("5/13/26", date(2026, 5, 13)),
        ("12 May 2026", date(2026, 5, 12)),
        ("12-May-26", date(2026, 5, 12)),
        ("Tue, May 12, 2026", date(2026, 5, 12)),
        ("May 12, 2026 9:30 AM", date(2026, 5, 12)),
        ("46154", date(2026, 5, 12)),
        ("1778580000000", date(2026, 5, 12)),
        ("n/a", None),
        ("", None),
    ],
)
def test_dates_as_people_write_them(cell: str, on: date | None) -> None:
    moment = Dates(ZURICH, "dmy").read(cell)
    assert (moment.on if moment else None) == on


@pytest.mark.parametrize("cell", ["soon", "31/31/2026", "2026-02-30", "12", "2026-05-12 25 o'clock", "99 May 2026", "9" * 300])
def test_what_is_no_date_is_said(cell: str) -> None:
    with pytest.raises(NotADate):
        Dates(ZURICH, "dmy").read(cell)


def test_the_files_own_dates_settle_the_order() -> None:
    assert order_of(["03/04/2026", "05/13/2026"]) == "mdy"
    assert order_of(["03/04/2026", "13/05/2026"]) == "dmy"
    assert order_of(["03/04/2026", "2026-01-01"]) == "open"
    assert order_of(["04/04/2026", "12.5.2026"]) == ""


def test_dates_that_could_be_read_two_ways_are_said_and_can_be_settled(tmp_path: Path) -> None:
    path = written(tmp_path, "title,due\na,03/04/2026\n")
    kept = sync(path, "tasks")
    assert "two ways" in kept.problems[0].what
    assert [t.due_on for t in kept.items.values()] == [date(2026, 4, 3)]
    kept = sync(path, "tasks", date_format="%m/%d/%Y")
    assert (kept.problems, [t.due_on for t in kept.items.values()]) == ([], [date(2026, 3, 4)])


@given(st.binary(max_size=400))
def test_any_bytes_end_as_rows_or_problems(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "any.csv"
    path.write_bytes(b"title,due\n" + data)
    sync(path, "tasks")


@given(st.lists(st.tuples(st.text(max_size=20), st.text(max_size=20)), max_size=20))
def test_rows_come_back_as_they_were_written(tmp_path_factory: pytest.TempPathFactory, rows: list[tuple[str, str]]) -> None:
    import csv

    path = tmp_path_factory.getbasetemp() / "rows.csv"
    clean = [tuple(c.strip().replace("\0", "").replace("\r", "") for c in row) for row in rows]
    clean = [tuple(c.strip() for c in row) for row in clean]
    with path.open("w", encoding="utf-8", newline="", errors="replace") as file:
        csv.writer(file).writerows([("a", "b"), *clean])
    found = [row.cells for row in Table(path, delimiter=",", encoding="utf-8").rows() if isinstance(row, Row)]
    wanted = [tuple(c.encode("utf-8", "replace").decode() for c in row) for row in clean if any(row)]
    assert found == [("a", "b"), *wanted]


@pytest.mark.corpus
def test_a_crm_and_a_task_list_of_others_need_no_mapping() -> None:
    folder = need("workbench", "sandbox")
    contacts = list(sync(folder / "customer_relationship_manager_data.csv", "contacts").items.values())
    assert len(contacts) == 200
    assert all(isinstance(c, Contact) and c.name and c.emails and c.owner and c.last_contact_at for c in contacts)
    deals = list(sync(folder / "customer_relationship_manager_data.csv", "deals").items.values())
    assert all(isinstance(d, Deal) and d.stage and d.people and d.owner for d in deals)
    assert {d.open for d in deals if isinstance(d, Deal) and d.stage in {"Won", "Lost"}} == {False}
    tasks = list(sync(folder / "project_tasks.csv", "tasks").items.values())
    assert len(tasks) == 300
    assert all(isinstance(t, Task) and t.due_on and t.assignee and t.project for t in tasks)
    assert 0 < sum(isinstance(t, Task) and t.done for t in tasks) < 200
