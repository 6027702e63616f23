import logging
import re

import pytest

from app.ingest.report import ProgressBar, ProgressLog, Report, make_progress


def test_a_report_reads_as_a_sentence() -> None:
    report = Report(
        files_total=1200,
        files_new=3,
        files_changed=1,
        files_unchanged=1196,
        files_gone=2,
        articles=4,
        words=3000,
        seconds=1.5,
    )
    assert report.to_text() == (
        "1,200 files: 3 new, 1 changed, 1,196 unchanged, 2 gone, 0 failed; "
        "4 articles and 3,000 words read in 1.5 s (2,000 words/s)"
    )


def test_a_report_of_nothing_has_no_speed() -> None:
    assert Report(files_total=1, files_unchanged=1).to_text() == (
        "1 file: 0 new, 0 changed, 1 unchanged, 0 gone, 0 failed; 0 articles and 0 words read "
        "in 0.0 s"
    )
    assert Report(stopped=True).to_text().endswith("; stopped before the end")


def test_a_log_says_what_there_is_to_do_and_then_not_too_much(
    caplog: pytest.LogCaptureFixture,
) -> None:
    with caplog.at_level(logging.INFO):
        progress = ProgressLog(every_s=3600)
        progress.start(files=3, done=1)
        progress.show(done=2, articles=1, words=10)
        eager = ProgressLog(every_s=0)
        eager.start(files=3, done=3)
        eager.show(done=3, articles=2, words=20)
        progress.stop()
    first, second = caplog.messages
    assert first == "2 of 3 files are new or changed"
    assert re.fullmatch(r"3 of 3 files done; 2 articles, 20 words read, [1-9]\d* words/s", second)


def test_a_bar_is_for_terminals_only(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert isinstance(make_progress(), ProgressLog)
    monkeypatch.setattr("sys.stderr.isatty", lambda: True, raising=False)
    bar = make_progress()
    assert isinstance(bar, ProgressBar)
    bar.start(files=2, done=0)
    bar.show(done=1, articles=1, words=1234)
    bar.stop()
    assert capsys.readouterr().out == ""
