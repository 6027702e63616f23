import json
import os
import random
from collections.abc import Callable
from pathlib import Path

import pytest
from house import House

from app.db.engine import make_writer_engine
from app.db.search import check_search
from app.ingest.job import find_parser, run_ingest
from app.ingest.ledger import Versions
from app.ingest.load import ParserSource
from app.ingest.scan import SeedsMissingError
from app.settings import Settings

BELL = '"It works," said Ann Bell in Riga. Bo Nib was in Riga too.'
NIB = '"It does not work," said Bo Nib in Oslo.'


def write_lines(house: House, name: str, *texts: str, urls: bool = False) -> None:
    lines = [
        json.dumps(
            {"text": text, "url": f"https://post.example/{text.split()[-1]}"}
            if urls
            else {"text": text, "id": f"n{number}"}
        )
        for number, text in enumerate(texts)
    ]
    house.write(name, "\n".join(lines) + "\n")


def recount(house: House) -> None:
    """Hold everything that ingest keeps count of against the rows that it counts."""
    counted = house.query(
        """
        SELECT e.key,
               (SELECT count(*) FROM article_entities l WHERE l.entity_key = e.key),
               (SELECT count(*) FROM mentions m WHERE m.entity_key = e.key),
               (SELECT count(*) FROM quotes q WHERE q.speaker_key = e.key),
               (SELECT count(*) FROM claims c WHERE c.claimant_key = e.key),
               (SELECT min(a.published_at) FROM articles a JOIN article_entities l
                ON l.article_key = a.key WHERE l.entity_key = e.key),
               (SELECT max(a.published_at) FROM articles a JOIN article_entities l
                ON l.article_key = a.key WHERE l.entity_key = e.key)
        FROM entities e ORDER BY e.key
        """
    )
    kept = house.query(
        "SELECT key, article_count, mention_count, quote_count, claim_count, first_seen, last_seen"
        " FROM entities ORDER BY key"
    )
    assert kept == counted
    assert all(row[1] > 0 for row in kept)
    assert house.query(
        "SELECT entity_key, text, count FROM entity_aliases ORDER BY 1, 2"
    ) == house.query(
        "SELECT entity_key, text, count(*) FROM mentions WHERE kind = 'name'"
        " GROUP BY entity_key, text ORDER BY 1, 2"
    )
    for what in ("quote", "claim"):
        elsewhere = (
            f"SELECT count(*) FROM {what}_about AS a JOIN {what}s AS s ON s.key = a.{what}_key"
            " WHERE a.published_at IS DISTINCT FROM s.published_at"
        )
        assert house.value(elsewhere) == 0
    assert house.query("SELECT article_count FROM sources ORDER BY key") == house.query(
        "SELECT (SELECT count(*) FROM articles a WHERE a.source_key = s.key)"
        " FROM sources s ORDER BY key"
    )
    house.check()


def test_a_new_file_is_loaded_with_everything_in_it(house: House) -> None:
    house.write("a.txt", BELL)
    report = house.ingest()
    assert (report.files_new, report.articles, report.words) == (1, 1, 13)
    assert house.query("SELECT text, speaker_name FROM quotes") == [("It works,", "Ann Bell")]
    assert house.query("SELECT slug, mention_count FROM entities ORDER BY slug") == [
        ("ann-bell", 1),
        ("bo-nib", 1),
        ("riga", 2),
    ]
    assert house.query("SELECT path, status, article_count, format FROM sources") == [
        ("seeds/a.txt", "loaded", 1, "text")
    ]
    assert house.query("SELECT state, first_ingest_done, files_done, files_total FROM dataset") == [
        ("ready", 1, 1, 1)
    ]
    recount(house)


def test_with_nothing_changed_nothing_is_parsed_or_written(house: House) -> None:
    house.write("a.txt", BELL)
    house.ingest()
    before, changed_at = house.dump(), house.value("SELECT changed_at FROM dataset")
    os.utime(house.seeds / "a.txt", (1, 1))
    report = house.ingest()
    assert (report.files_unchanged, report.articles, house.loaded) == (1, 0, 0)
    assert house.dump() == before
    assert house.value("SELECT changed_at FROM dataset") == changed_at


def test_a_change_of_the_same_size_and_time_is_seen(house: House) -> None:
    house.write("a.txt", BELL)
    times = os.stat(house.seeds / "a.txt")
    house.ingest()
    house.write("a.txt", BELL.replace("works", "Works"))
    os.utime(house.seeds / "a.txt", ns=(times.st_atime_ns, times.st_mtime_ns))
    assert house.ingest().files_changed == 1
    assert house.value("SELECT text FROM quotes") == "It Works,"
    recount(house)


def test_a_changed_file_leaves_nothing_of_its_old_words(house: House) -> None:
    house.write("a.txt", BELL)
    house.ingest()
    checksum = house.checksum()
    house.write("a.txt", NIB)
    house.ingest()
    assert house.query("SELECT slug FROM entities ORDER BY slug") == [("bo-nib",), ("oslo",)]
    assert house.checksum() != checksum
    recount(house)
    house.write("a.txt", BELL)
    house.ingest()
    assert house.checksum() == checksum


@pytest.mark.one_database  # hundreds of articles
def test_a_file_that_is_gone_takes_its_articles_with_it(house: House) -> None:
    house.write("a.txt", BELL)
    house.ingest()
    alone = house.dump()
    write_lines(house, "b.jsonl", *(f'"No {n}," said Bo Nib in Oslo.' for n in range(120)))
    assert house.ingest().articles == 120
    (house.seeds / "b.jsonl").unlink()
    assert house.ingest().files_gone == 1
    assert house.dump() == alone
    assert len(house.query("SELECT key FROM removed_articles")) == 120
    recount(house)


def test_an_article_that_comes_back_is_no_longer_on_record_as_removed(house: House) -> None:
    house.write("a.txt", BELL)
    house.write("b.txt", '"No," said Bo Nib in Oslo.')
    house.ingest()
    (house.seeds / "b.txt").unlink()
    house.ingest()
    assert len(house.query("SELECT key FROM removed_articles")) == 1
    house.write("b.txt", '"No," said Bo Nib in Oslo.')
    house.ingest()
    assert not house.query("SELECT key FROM removed_articles")
    recount(house)


@pytest.mark.one_database  # hundreds of articles
def test_a_file_of_several_articles_loses_those_that_vanish(house: House) -> None:
    write_lines(house, "b.jsonl", *(f'"No {n}," said Bo Nib.' for n in range(130)))
    house.ingest()
    write_lines(house, "b.jsonl", '"No 0," said Bo Nib.')
    house.ingest()
    assert house.value("SELECT count(*) FROM articles") == 1
    assert house.value("SELECT article_count FROM sources") == 1
    recount(house)


@pytest.mark.parametrize("bump", [{"parser_version": "2"}, {"model_version": "n"}])
def test_another_version_of_parser_or_model_reads_everything_again(
    house: House, bump: dict[str, str]
) -> None:
    house.write("a.txt", BELL)
    house.write("b.txt", NIB)
    house.ingest()
    rows, checksum = house.dump()["quotes"], house.checksum()
    report = house.ingest(**bump)
    assert (report.files_changed, report.articles) == (2, 2)
    assert house.dump()["quotes"] == rows
    assert house.checksum() != checksum
    recount(house)


def test_what_cannot_be_read_is_recorded_and_the_rest_is_loaded(house: House) -> None:
    house.write("a.txt", "")
    house.write("b.md", "---\ndate: yesterday-ish\n---\n" + BELL)
    house.write("c.xyz", "?")
    house.write("d.txt", NIB)
    os.mkfifo(house.seeds / "e.txt")
    (house.seeds / "f.txt").symlink_to("/etc/hostname")
    report = house.ingest()
    failed = house.query("SELECT path, error FROM sources WHERE status = 'failed' ORDER BY path")
    assert [path for path, _ in failed] == [
        "seeds/a.txt",
        "seeds/c.xyz",
        "seeds/e.txt",
        "seeds/f.txt",
    ]
    assert all(error for _, error in failed)
    assert report.files_failed == 4
    assert [problem[0] for problem in report.problems] == [path for path, _ in failed]
    assert house.value("SELECT count(*) FROM articles") == 2
    before = house.dump()
    assert house.ingest().articles == 0
    assert house.dump() == before


def test_a_file_that_can_be_read_again_is(house: House) -> None:
    house.write("a.txt", "")
    house.ingest()
    house.write("a.txt", BELL)
    report = house.ingest()
    assert (report.articles, report.files_failed) == (1, 0)
    assert house.query("SELECT status, error FROM sources") == [("loaded", None)]


def test_an_article_that_breaks_the_parser_costs_only_itself(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    house.write("a.txt", "BREAK " + BELL)
    house.write("b.txt", NIB)
    write_lines(house, "c.jsonl", BELL, "BREAK", NIB)
    report = house.ingest()
    assert house.query("SELECT path, status, error, article_count FROM sources ORDER BY path") == [
        ("seeds/a.txt", "failed", "article 0: ValueError: the parser broke", 0),
        ("seeds/b.txt", "loaded", None, 1),
        ("seeds/c.jsonl", "failed", "article n1: ValueError: the parser broke", 2),
    ]
    assert report.articles == 3
    assert "the parser broke" in caplog.text
    assert "Traceback" in caplog.text
    recount(house)
    assert house.ingest().files_unchanged == 3


def test_an_article_that_the_database_refuses_costs_only_itself(house: House) -> None:
    parse = house.parser.parse
    # An entity that the article speaks of and does not have.
    house.parser.parse = lambda raw: (  # type: ignore[method-assign]
        parse(raw) if "Oslo" in raw.text else _without_entities(parse(raw))
    )
    house.write("a.txt", BELL)
    house.write("b.txt", NIB)
    house.ingest()
    assert house.query("SELECT path, status, error FROM sources ORDER BY path") == [
        ("seeds/a.txt", "failed", "article 0: KeyError: 'e1'"),
        ("seeds/b.txt", "loaded", None),
    ]
    recount(house)


def _without_entities(parsed):  # type: ignore[no-untyped-def]
    from dataclasses import replace

    return replace(parsed, entities=())


def test_a_missing_seed_folder_changes_nothing(house: House) -> None:
    house.write("a.txt", BELL)
    house.ingest()
    before = house.dump()
    house.seeds.rename(house.folder / "elsewhere")
    with pytest.raises(SeedsMissingError, match="there is no file or folder"):
        house.ingest()
    after = house.dump()
    assert house.value("SELECT state FROM dataset") == "failed"
    assert {**after, "dataset": []} == {**before, "dataset": []}
    (house.folder / "elsewhere").rename(house.seeds)
    house.ingest()
    assert house.dump() == before


def test_a_run_that_cannot_load_its_model_says_so_and_the_next_one_goes_on(house: House) -> None:
    house.write("a.txt", BELL)

    def load() -> None:
        raise OSError("no such model")

    broken = ParserSource(versions=Versions("1", "m"), load=load)  # type: ignore[arg-type]
    with pytest.raises(OSError, match="no such model"):
        run_ingest(house.settings, source=broken)
    assert house.query("SELECT state, first_ingest_done FROM dataset") == [("failed", 0)]
    house.ingest()
    assert house.query("SELECT state, first_ingest_done FROM dataset") == [("ready", 1)]


def test_a_run_that_is_stopped_ends_between_articles(house: House) -> None:
    for name in "abc":
        house.write(f"{name}.txt", f'"It is {name}," said Ann Bell.')
    answers = iter([False, True, True, True, True])
    report = house.ingest(is_stopped=lambda: next(answers))
    assert report.stopped
    assert house.value("SELECT count(*) FROM articles") < 3
    assert house.query("SELECT state, first_ingest_done FROM dataset") == [("empty", 0)]
    assert not house.ingest().stopped
    assert house.value("SELECT count(*) FROM articles") == 3
    assert house.value("SELECT state FROM dataset") == "ready"


def test_the_checksum_depends_on_the_files_and_not_on_their_order(
    build_house: Callable[[str], House],
) -> None:
    files = {"a.txt": BELL, "b.txt": NIB, "c.txt": '"So," said Cy Low in Bonn.'}
    checksums, dumps = set(), []
    for number, order in enumerate(("abc", "cba", "bac")):
        house = build_house(f"h{number}")
        for name in order:
            house.write(f"{name}.txt", files[f"{name}.txt"])
            house.ingest()
        checksums.add(house.checksum())
        dumps.append(house.dump())
    assert len(checksums) == 1
    assert dumps[0] == dumps[1] == dumps[2]


def test_no_two_states_share_a_checksum_while_a_file_is_half_loaded(house: House) -> None:
    write_lines(house, "b.jsonl", BELL, NIB, '"So," said Cy Low.')
    house.write("c.txt", '"Well," said Di Ray.')
    states: dict[int, object] = {}

    def watch() -> bool:
        state = {**house.dump(), "dataset": None, "sources": None}
        assert states.setdefault(house.checksum(), state) == state
        return False

    house.ingest(is_stopped=watch)
    first = house.checksum()
    write_lines(house, "b.jsonl", NIB, '"So," said Cy Low.', BELL)
    house.ingest(is_stopped=watch)
    house.ingest(is_stopped=watch, parser_version="2")
    write_lines(house, "b.jsonl", BELL, NIB, '"So," said Cy Low.')
    house.ingest(is_stopped=watch)
    assert house.checksum() == first
    assert len(states) >= 8


def test_of_two_files_with_one_article_the_first_by_name_keeps_it(
    build_house: Callable[[str], House],
) -> None:
    shared = '"It works," said Ann Bell. Same'
    dumps = []
    for number, order in enumerate((["a.jsonl", "b.jsonl"], ["b.jsonl", "a.jsonl"])):
        house = build_house(f"h{number}")
        for name in order:
            write_lines(house, name, shared, urls=True)
            house.ingest()
        dumps.append({**house.dump(), "dataset": None})
        recount(house)
        assert house.query("SELECT path, status, article_count FROM sources ORDER BY path") == [
            ("seeds/a.jsonl", "loaded", 1),
            ("seeds/b.jsonl", "loaded", 0),
        ]
        (warnings,) = json.loads(
            house.value("SELECT warnings FROM sources WHERE path = 'seeds/b.jsonl'")
        )
        assert warnings.endswith("is the same article as in seeds/a.jsonl")
    assert dumps[0] == dumps[1]


def test_an_article_passes_to_the_other_file_when_the_first_is_gone(house: House) -> None:
    shared = '"It works," said Ann Bell. Same'
    for name in ("a.jsonl", "b.jsonl", "c.jsonl"):
        write_lines(house, name, shared, urls=True)
    house.ingest()
    (house.seeds / "a.jsonl").unlink()
    house.ingest()
    (b, c) = house.query("SELECT path, article_count, warnings FROM sources ORDER BY path")
    assert b == ("seeds/b.jsonl", 1, "[]")
    assert c[:2] == ("seeds/c.jsonl", 0)
    assert json.loads(c[2])[0].endswith("is the same article as in seeds/b.jsonl")
    assert house.value("SELECT count(*) FROM sources WHERE status = 'loading'") == 0
    recount(house)


def test_a_renamed_file_keeps_the_addresses_of_its_article(house: House) -> None:
    write_lines(house, "a.jsonl", '"It works," said Ann Bell. Same', urls=True)
    house.ingest()
    before = house.query("SELECT key FROM quotes")
    (house.seeds / "a.jsonl").rename(house.seeds / "z.jsonl")
    house.ingest()
    assert house.query("SELECT key FROM quotes") == before
    assert house.query("SELECT path, article_count, warnings FROM sources") == [
        ("seeds/z.jsonl", 1, "[]")
    ]
    recount(house)


def test_the_same_article_twice_in_one_file_is_kept_once(house: House) -> None:
    lines = [
        {"text": f"{n} same", "id": n, "url": "https://post.example/s"} for n in ("One", "Two")
    ]
    house.write("a.jsonl", "\n".join(json.dumps(line) for line in lines))
    house.ingest()
    assert house.query("SELECT text FROM articles") == [("One same",)]
    assert "stands here twice" in house.value("SELECT warnings FROM sources")
    recount(house)


def test_counts_stay_right_however_files_come_change_and_go(house: House) -> None:
    chance = random.Random(1)
    names = ["Ann Bell", "ANN BELL", "Bo Nib", "Cy Low", "Zoë Ray", "Zoe Ray"]
    places = ["Riga", "Oslo", "RIGA"]

    def write() -> str:
        return " ".join(
            f'"Words {chance.randrange(3)} of {chance.choice(names)}," said {chance.choice(names)}'
            f" in {chance.choice(places)}."
            for _ in range(chance.randrange(1, 4))
        )

    for _ in range(25):
        name = f"{chance.choice('abcd')}.md"
        if (house.seeds / name).exists() and chance.random() < 0.3:
            (house.seeds / name).unlink()
        else:
            day = chance.randrange(1, 28)
            stated = f"---\ndate: 2026-03-{day:02d}\n---\n" if chance.random() < 0.8 else ""
            house.write(name, stated + write())
        house.ingest()
        recount(house)
    engine = make_writer_engine(house.settings.database_url)
    with engine.connect() as connection:
        check_search(connection)
    engine.dispose()


def test_an_ingest_of_what_is_left_gives_what_a_fresh_one_would(
    build_house: Callable[[str], House],
) -> None:
    old, fresh = build_house("old"), build_house("fresh")
    old.write("a.txt", BELL.upper())
    old.write("b.txt", NIB)
    old.ingest()
    old.write("a.txt", '"Yes," said Cy Low in Bonn.')
    old.ingest()
    (old.seeds / "b.txt").unlink()
    for house in (old, fresh):
        house.write("a.txt", BELL)
        house.write("c.txt", "Ann Bell met ANN BELL in Riga.")
        house.ingest()
    assert old.dump() == fresh.dump()


def test_the_parser_of_the_settings_is_not_loaded_by_asking_for_it(tmp_path: Path) -> None:
    source = find_parser(Settings(database_url=f"sqlite:///{tmp_path}/x.db"))
    assert source.versions.parser
    assert source.versions.model
