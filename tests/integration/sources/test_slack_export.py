from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.items import Provenance, Thread
from service.errors import Unavailable
from service.integrations.slack_export import Settings
from tests.integration.source_contract import Kept, SourceContract, opened_below, surroundings

USERS = [
    {"id": "U1", "name": "mara", "profile": {"real_name": "Mara Keller", "email": "Mara@keller.example"}},
    {"id": "U2", "name": "dana", "profile": {"real_name": "Dana Whitfield", "email": "dana@atlas.example"}},
    {"id": "U3", "name": "luis", "real_name": "Luis Ortega", "profile": {}},
    {"id": "U4", "name": "hooks", "is_bot": True},
]
NINE = int(datetime(2026, 5, 12, 9, tzinfo=UTC).timestamp())


def ts(minute: float) -> str:
    return f"{NINE + minute * 60:.6f}"


def a_post(minute: float, text: str = "Hello", user: str = "U2", **fields: Any) -> dict[str, Any]:
    return {"type": "message", "user": user, "text": text, "ts": ts(minute)} | fields


def write(root: Path, folder: str, day: str, posts: Any) -> Path:
    path = root / folder / f"{day}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(posts))
    return path


def export(root: Path) -> Path:
    root.mkdir(exist_ok=True)
    (root / "users.json").write_text(json.dumps(USERS))
    (root / "channels.json").write_text(json.dumps([{"id": "C1", "name": "proj-atlas", "members": ["U1", "U2", "U3"]}]))
    (root / "groups.json").write_text(json.dumps([{"id": "G1", "name": "board", "members": ["U1"]}]))
    (root / "dms.json").write_text(json.dumps([{"id": "D1", "members": ["U1", "U3"]}]))
    (root / "mpims.json").write_text(json.dumps([{"id": "G2", "name": "mpdm-a--b--c-1", "members": ["U1", "U2", "U3"]}]))
    return root


def sync(root: Path, kept: Kept | None = None, **options: Any) -> Kept:
    return (kept or Kept()).sync(Settings(kind="slack_export", path=root, **options).connect(surroundings(root.parent)))


def threads(kept: Kept) -> list[Thread]:
    return [item for item in kept.items.values() if isinstance(item, Thread)]


def only(root: Path, *posts: dict[str, Any], folder: str = "proj-atlas", **options: Any) -> Thread:
    write(root, folder, "2026-05-12", list(posts))
    (thread,) = threads(sync(root, **options))
    return thread


class TestSlackExport(SourceContract):
    def settings(self, root: Path) -> Settings:
        return Settings(kind="slack_export", path=root)

    def missing(self, root: Path) -> Settings:
        return Settings(kind="slack_export", path=root / "nowhere")

    def fill(self, root: Path, count: int) -> None:
        export(root)
        for day in range(10):
            share = range(day * count // 10, (day + 1) * count // 10)
            write(root, "proj-atlas", f"2026-05-{day + 12:02}", [a_post(day * 1440 + n / 1000, f"Post {n}") for n in share])

    def edit(self, root: Path) -> None:
        path = root / "proj-atlas" / "2026-05-12.json"
        path.write_text(path.read_text().replace('"Post 1"', '"Post one, edited"'))

    def delete(self, root: Path) -> None:
        path = root / "proj-atlas" / "2026-05-12.json"
        path.write_text(json.dumps([post for post in json.loads(path.read_text()) if post["text"] != "Post 1"]))

    def add_broken(self, root: Path) -> None:
        (root / "proj-atlas" / "2026-06-30.json").write_text("[{")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return export(tmp_path / "export")


def test_answers_of_later_days_join_their_thread(root: Path) -> None:
    write(
        root,
        "proj-atlas",
        "2026-05-12",
        [a_post(0, "Root", thread_ts=ts(0)), a_post(1, "Alone"), a_post(2, "One", thread_ts=ts(0))],
    )
    write(root, "proj-atlas", "2026-05-14", [a_post(2880, "Two", "U1", thread_ts=ts(0))])
    found = {t.id: [p.text for p in t.posts] for t in threads(sync(root))}
    assert found == {f"C1/{ts(0)}": ["Root", "One", "Two"], f"C1/{ts(1)}": ["Alone"]}


def test_only_changed_days_and_those_of_their_threads_are_read(root: Path) -> None:
    write(root, "proj-atlas", "2026-05-12", [a_post(0, "Root", thread_ts=ts(0)), a_post(1, "Alone")])
    for day in range(13, 20):
        write(root, "proj-atlas", f"2026-05-{day}", [a_post((day - 12) * 1440, "Else")])
    write(root, "proj-atlas", "2026-05-20", [a_post(8 * 1440, "One", thread_ts=ts(0))])
    kept = sync(root)
    write(root, "proj-atlas", "2026-05-25", [a_post(13 * 1440, "Two", thread_ts=ts(0))])
    with opened_below(root) as opened:
        sync(root, kept)
    assert {Path(p).name for p in opened} & {f"2026-05-{d}.json" for d in range(13, 20)} == set()
    assert len(kept.upserts) == 1
    assert [p.text for p in kept.items[f"proj-atlas/{ts(0)}"].posts] == ["Root", "One", "Two"]
    (root / "proj-atlas" / "2026-05-20.json").unlink()
    sync(root, kept)
    assert [p.text for p in kept.items[f"proj-atlas/{ts(0)}"].posts] == ["Root", "Two"]


def test_a_first_post_that_comes_late_joins_its_answers(root: Path) -> None:
    write(root, "proj-atlas", "2026-05-20", [a_post(8 * 1440, "One", thread_ts=ts(0))])
    kept = sync(root)
    assert [[p.text for p in t.posts] for t in threads(kept)] == [["One"]]
    write(root, "proj-atlas", "2026-05-12", [a_post(0, "Root", thread_ts=ts(0))])
    sync(root, kept)
    assert [[p.text for p in t.posts] for t in threads(kept)] == [["Root", "One"]]


def test_a_day_that_breaks_loses_nothing_held(root: Path) -> None:
    write(root, "proj-atlas", "2026-05-12", [a_post(0, "Root", thread_ts=ts(0))])
    path = write(root, "proj-atlas", "2026-05-14", [a_post(2880, "Two", thread_ts=ts(0))])
    kept = sync(root)
    path.write_text("[[[")
    sync(root, kept)
    assert [p.where for p in kept.problems] == ["proj-atlas/2026-05-14.json"]
    assert [len(t.posts) for t in threads(kept)] == [2]


@pytest.mark.parametrize(
    ("markup", "words"),
    [
        ("<@U2> and <@U9> and <@U8|gone>", "@Dana Whitfield and @U9 and @gone"),
        ("<!here> <!channel> <!subteam^S1|@leads>", "@here @channel @leads"),
        ("<#C1|proj-atlas> <#C1> <#C9>", "#proj-atlas #proj-atlas #C9"),
        (
            "<https://x.example/a?b=1&amp;c=2|the plan> <https://y.example>",
            "the plan (https://x.example/a?b=1&c=2) https://y.example",
        ),
        ("<mailto:a@x.example|a@x.example> :tada: 1 &lt; 2", "a@x.example :tada: 1 < 2"),
        ("<!date^1778580000^{date}|12 May>", "12 May"),
        ("a < b <", "a < b <"),
    ],
)
def test_markup_becomes_words(root: Path, markup: str, words: str) -> None:
    assert only(root, a_post(0, markup)).posts[0].text == words


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("<@U1> can you look?", True),
        ("<@U2> can you look?", False),
        ("@mara can you look?", True),
        ("@Mara Keller please", True),
        ("Mara, can you look?", True),
        ("Thanks Mara", True),
        ("Can you look, Mara?", True),
        ("I told Mara Keller already", True),
        ("I told Mara already", False),
        ("mail x@mara.example", False),
        ("Maras, come", False),
        ("<!channel> lunch", True),
        ("<!subteam^S1|@leads>", False),
        ("hello", False),
    ],
)
def test_what_means_the_person(root: Path, text: str, meant: bool) -> None:
    assert only(root, a_post(0, text)).mentions_me is meant


def test_everybody_in_a_large_room_means_nobody(root: Path) -> None:
    members = [f"U{n}" for n in range(1, 60)]
    (root / "channels.json").write_text(json.dumps([{"id": "C1", "name": "proj-atlas", "members": members}]))
    assert not only(root, a_post(0, "<!channel> lunch")).mentions_me


def test_the_persons_own_posts_are_known_by_their_address(root: Path) -> None:
    thread = only(root, a_post(0, "Mara, me", "U1", thread_ts=ts(0)), a_post(1, "Yes", "U3", thread_ts=ts(0)))
    assert [p.provenance for p in thread.posts] == [Provenance.OWN, Provenance.OUTSIDE]
    assert not thread.mentions_me


def test_without_addresses_the_config_names_the_person(root: Path) -> None:
    bare = [{"id": "U1", "name": "mara", "real_name": "Mara Keller"}, {"id": "U2", "name": "dana"}]
    (root / "users.json").write_text(json.dumps(bare))
    source = Settings(kind="slack_export", path=root).connect(surroundings(root))
    assert "user" in source.check().fix
    assert only(root, a_post(0, "x", "U1")).posts[0].provenance is Provenance.OUTSIDE
    assert only(root, a_post(0, "x", "U1"), user="@mara").posts[0].provenance is Provenance.OWN


def test_joins_and_topics_are_left_out_and_programs_speak(root: Path) -> None:
    blocks = [{"type": "section", "text": {"type": "mrkdwn", "text": "Build <https://ci.example|7> failed"}}]
    write(
        root,
        "proj-atlas",
        "2026-05-12",
        [
            a_post(0, "<@U2> joined", subtype="channel_join"),
            a_post(1, "set the topic", subtype="channel_topic"),
            {"type": "message", "subtype": "bot_message", "username": "CI", "text": "", "blocks": blocks, "ts": ts(2)},
            a_post(3, "", "U4", attachments=[{"title": "Alert", "text": "Disk full", "fallback": "x"}]),
            a_post(4, "", files=[{"name": "deck.pdf"}]),
            a_post(5, "old", subtype="message_changed", message={"user": "U2", "text": "new", "ts": ts(5)}),
            a_post(6, "This message was deleted.", subtype="tombstone"),
            a_post(7, "This message was deleted.", subtype="tombstone", thread_ts=ts(7)),
            a_post(8, "Still here", thread_ts=ts(7)),
        ],
    )
    found = [(t.posts[0].author.name, [p.text for p in t.posts]) for t in sorted(threads(sync(root)), key=lambda t: t.id)]
    assert found == [
        ("CI", ["Build 7 (https://ci.example) failed"]),
        ("hooks", ["Alert\nDisk full"]),
        ("Dana Whitfield", ["[file: deck.pdf]"]),
        ("Dana Whitfield", ["new"]),
        ("Dana Whitfield", ["(deleted)", "Still here"]),
    ]


def test_direct_messages_are_called_by_who_is_in_them(root: Path) -> None:
    assert (only(root, a_post(0), folder="D1").title, only(root, a_post(0), folder="D1").direct) == ("Luis Ortega", True)
    (root / "D1" / "2026-05-12.json").unlink()
    assert only(root, a_post(0), folder="mpdm-a--b--c-1").title == "Dana Whitfield, Luis Ortega"


def test_links_lead_into_slack_or_to_the_file(root: Path) -> None:
    posts = (a_post(0, thread_ts=ts(0)), a_post(1, thread_ts=ts(0)))
    thread = only(root, *posts, workspace="https://acme.slack.com/")
    mark = ts(1).replace(".", "")
    assert thread.url == f"https://acme.slack.com/archives/C1/p{ts(0).replace('.', '')}"
    assert thread.posts[1].url == f"https://acme.slack.com/archives/C1/p{mark}?thread_ts={ts(0)}&cid=C1"
    assert only(root, *posts).url == (root / "proj-atlas" / "2026-05-12.json").as_uri()


def test_mentions_and_reactions_are_kept(root: Path) -> None:
    (post,) = only(root, a_post(0, "<@U2> <@U3>", reactions=[{"name": "+1", "count": 2}, {"count": "x"}, {"count": 1}])).posts
    assert (post.mentions, post.reactions) == ({"dana@atlas.example", "U3"}, 3)


def test_only_named_channels_are_read(root: Path) -> None:
    for folder in ("proj-atlas", "board", "D1", "unlisted"):
        write(root, folder, "2026-05-12", [a_post(0, folder)])
    assert {t.channel for t in threads(sync(root))} == {"proj-atlas", "board", "Luis Ortega", "unlisted"}
    assert {t.channel for t in threads(sync(root, channels=("#Board", "direct")))} == {"board", "Luis Ortega"}
    kept = sync(root)
    assert {t.channel for t in threads(sync(root, kept, channels=("board",)))} == {"board"}


def test_a_folder_that_is_no_export_is_named(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="is no Slack export"):
        sync(tmp_path)


def test_an_export_without_lists_still_reads(tmp_path: Path) -> None:
    write(tmp_path, "general", "2026-05-12", [a_post(0)])
    kept = sync(tmp_path)
    assert [t.posts[0].author.name for t in threads(kept)] == ["U2"]
    assert [p.where for p in kept.problems] == ["users.json"]


@given(
    st.recursive(
        st.none() | st.integers() | st.text(max_size=8),
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(
                st.sampled_from(
                    [
                        "ts",
                        "text",
                        "user",
                        "subtype",
                        "blocks",
                        "elements",
                        "attachments",
                        "files",
                        "reactions",
                        "thread_ts",
                        "message",
                    ]
                ),
                inner,
                max_size=6,
            )
        ),
        max_leaves=25,
    )
)
def test_any_json_ends_as_threads_or_nothing(tmp_path_factory: pytest.TempPathFactory, value: Any) -> None:
    root = export(tmp_path_factory.getbasetemp() / "any")
    write(root, "proj-atlas", "2026-05-12", [value, {**value, "ts": ts(0)}] if isinstance(value, dict) else value)
    sync(root)
