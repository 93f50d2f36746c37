"""The administrator's commands, from the first database to its copy on another one, and their log."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from lib import cli
from lib.store.database import open_database, sqlite_url
from lib.store.portable import digests
from tests.store.databases import PostgresMaker, postgres_server

PASSWORD, OTHER_PASSWORD = "một câu dài để đăng nhập", "câu khác cũng dài như vậy"
Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of its own for the database and the log, and a day that stands still."""
    monkeypatch.setenv("CCN_TODAY", "2026-11-24")
    monkeypatch.setenv("CCN_DATABASE_URL", sqlite_url(tmp_path / "live.sqlite"))
    monkeypatch.setenv("CCN_LOG_FOLDER", str(tmp_path / "log"))
    monkeypatch.setenv("CCN_PASSWORD", PASSWORD)
    monkeypatch.setenv("CCN_NEW_PASSWORD", PASSWORD)
    return tmp_path


@pytest.fixture
def run(place: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Exit code, standard output and standard error of a command."""

    def command(*arguments: object) -> tuple[int, str, str]:
        code = cli.main([str(one) for one in arguments])
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return command


@pytest.fixture
def ready(run: Run, place: Path) -> Path:
    """A filled database with the steward `lan`."""
    assert run("init")[0] == 0
    assert run("account", "add", "lan", "--full-name", "Nguyễn Thị Lan", "--role", "steward")[0] == 0
    return place


def log(place: Path) -> str:
    return (place / "log" / "operations.log").read_text("utf-8")


def content(file: Path) -> dict[str, str]:
    with closing(open_database(sqlite_url(file))) as database:
        return digests(database)


def test_init_makes_and_fills_the_database_and_says_where(run: Run, place: Path) -> None:
    code, out, err = run("init")
    assert (code, err) == (0, "")
    assert "live.sqlite" in out and "28 cụm" in out and "account add" in out
    before = content(place / "live.sqlite")
    assert run("init")[0] == 0
    assert content(place / "live.sqlite") == before


def test_init_takes_the_address_from_the_call(run: Run, place: Path) -> None:
    assert run("init", "--url", sqlite_url(place / "other.sqlite"))[0] == 0
    assert (place / "other.sqlite").exists() and not (place / "live.sqlite").exists()


def test_messages_are_english_when_asked_for(run: Run) -> None:
    code, out, _ = run("init", "--lang", "en")
    assert code == 0 and "28 industrial clusters" in out


@pytest.mark.parametrize("address", ["nonsense", "mysql://a@b/c"])
def test_a_bad_address_is_refused_in_words(run: Run, address: str) -> None:
    code, out, err = run("init", "--url", address)
    assert (code, out) == (1, "") and err.strip() and "Traceback" not in err


def test_the_first_account_is_a_steward(run: Run, place: Path) -> None:
    run("init")
    code, _, err = run("account", "add", "an", "--full-name", "An", "--role", "reader")
    assert code == 1 and "quản trị" in err
    assert run("account", "list")[1].strip() == "Chưa có tài khoản nào."


def test_the_second_account_needs_a_steward_to_sign(
    run: Run, ready: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add = ("account", "add", "an", "--full-name", "Trần An", "--role", "inspector")
    assert run(*add)[0] == 1
    monkeypatch.setenv("CCN_PASSWORD", "sai mật khẩu rồi đó")
    assert run(*add, "--as", "lan")[0] == 1
    monkeypatch.setenv("CCN_PASSWORD", PASSWORD)
    assert run(*add, "--as", "lan")[0] == 0
    code, out, _ = run("account", "list")
    assert code == 0 and "Trần An" in out and "thanh tra" in out
    # An inspector is somebody, but may not make accounts.
    code, _, err = run("account", "add", "binh", "--full-name", "Bình", "--role", "reader", "--as", "an")
    assert code == 1 and err
    assert "Bình" not in run("account", "list")[1]


def test_an_account_that_is_off_can_do_nothing_until_it_is_on_again(run: Run, ready: Path) -> None:
    run("account", "add", "an", "--full-name", "An", "--role", "steward", "--as", "lan")
    assert run("account", "off", "an", "--as", "lan")[0] == 0
    assert run("account", "change", "lan", "--full-name", "X", "--as", "an")[0] == 1
    assert run("account", "on", "an", "--as", "lan")[0] == 0
    assert run("account", "change", "lan", "--full-name", "Lan Mới", "--as", "an")[0] == 0
    assert "Lan Mới" in run("account", "list")[1]


def test_a_new_password_counts_and_the_old_one_does_not(
    run: Run, ready: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CCN_NEW_PASSWORD", OTHER_PASSWORD)
    assert run("account", "password", "lan", "--as", "lan")[0] == 0
    assert run("account", "sessions", "lan", "--as", "lan")[0] == 1
    monkeypatch.setenv("CCN_PASSWORD", OTHER_PASSWORD)
    assert run("account", "sessions", "lan", "--as", "lan")[0] == 0


def test_no_password_stands_in_the_log_or_on_the_screen(
    run: Run, ready: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CCN_NEW_PASSWORD", OTHER_PASSWORD)
    _, out, err = run("account", "password", "lan", "--as", "lan")
    run("init", "--url", "postgresql://ai:bi-mat@127.0.0.1:1/x")
    assert all(secret not in text for secret in (PASSWORD, OTHER_PASSWORD) for text in (out, err, log(ready)))
    assert "bi-mat" not in log(ready)


def test_the_log_has_a_line_for_each_command(run: Run, ready: Path) -> None:
    run("verify")
    run("undo", "B-000001\nforged line", "--reason", "x")
    lines = log(ready).splitlines()
    assert len(lines) == 4
    assert "command=verify" in lines[2] and "result=done" in lines[2] and "live.sqlite" in lines[2]
    assert "result=cli.need_account" in lines[3]


def test_a_log_that_cannot_be_written_does_not_stop_the_command(
    run: Run, ready: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CCN_LOG_FOLDER", str(ready / "live.sqlite" / "log"))
    code, out, err = run("verify")
    assert code == 0 and out and "operations.log" in err


def test_verify_says_what_is_wrong(run: Run, ready: Path) -> None:
    assert run("verify")[0] == 0
    with closing(sqlite3.connect(ready / "live.sqlite")) as connection:
        connection.execute("DELETE FROM current_state")
        connection.execute("DROP TRIGGER audit_no_update")
        connection.commit()
    code, out, err = run("verify")
    assert (code, err) == (1, "")
    assert "hiện trạng" in out and "Bảng audit thiếu khoá" in out


def test_migrate_says_what_it_found(run: Run, place: Path) -> None:
    assert "lên" in run("migrate")[1]
    assert "không có gì để nâng" in run("migrate")[1]


def test_export_and_import_carry_the_state(run: Run, ready: Path) -> None:
    code, out, _ = run("export", ready / "out")
    assert code == 0 and "--with-accounts" in out
    other = ("--url", sqlite_url(ready / "second.sqlite"))
    code, out, _ = run("import", ready / "out", *other)
    assert code == 0 and "mật khẩu" in out
    before, after = content(ready / "live.sqlite"), content(ready / "second.sqlite")
    assert {key for key in before if before[key] != after[key]} == {"account"}
    assert run("import", ready / "out", *other)[0] == 1


def test_a_damaged_export_is_wrong_data(run: Run, ready: Path) -> None:
    run("export", ready / "out")
    (ready / "out" / "batch.csv").write_text("x", "utf-8")
    code, out, err = run("import", ready / "out", "--url", sqlite_url(ready / "second.sqlite"))
    assert (code, out) == (2, "") and "batch.csv" in err
    assert run("import", ready / "nowhere", "--url", sqlite_url(ready / "third.sqlite"))[0] == 2


def test_backup_and_restore_bring_the_database_back(run: Run, ready: Path) -> None:
    before = content(ready / "live.sqlite")
    assert run("backup", ready / "copy.backup")[0] == 0
    assert run("backup", ready / "copy.backup")[0] == 1
    run("account", "add", "an", "--full-name", "An", "--role", "reader", "--as", "lan")
    assert run("restore", ready / "copy.backup")[0] == 1
    code, out, _ = run("restore", ready / "copy.backup", "--replace")
    assert code == 0 and "live-2026" in out
    assert content(ready / "live.sqlite") == before
    for path in ready.glob("live*"):
        path.unlink()
    assert run("restore", ready / "copy.backup")[0] == 0
    assert content(ready / "live.sqlite") == before


def test_a_disk_without_room_for_the_copy_is_told(
    run: Run, ready: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("lib.store.backup.settle", refuse)
    code, out, err = run("backup", ready / "kept" / "copy.backup")
    assert (code, out) == (1, "") and err.strip()
    assert list((ready / "kept").iterdir()) == []


def test_batches_lists_what_was_written(run: Run, ready: Path) -> None:
    code, out, _ = run("batches")
    assert code == 0 and "B-000001" in out and "release" in out
    assert run("batches", "--limit", "0")[1] == ""


def test_undo_of_what_is_not_there_is_refused(run: Run, ready: Path) -> None:
    code, out, err = run("undo", "B-999999", "--reason", "nhầm", "--as", "lan")
    assert (code, out) == (1, "") and err.strip()


def test_a_move_to_postgresql_is_whole(run: Run, ready: Path) -> None:
    with closing(PostgresMaker(postgres_server())) as maker:
        address = maker.url(maker.new())
        code, out, err = run("move", "--to", address)
        assert (code, err) == (0, "") and "CCN_DATABASE_URL" in out
        with closing(open_database(address)) as moved:
            assert digests(moved) == content(ready / "live.sqlite")
        assert run("verify", "--url", address)[0] == 0
        assert run("move", "--to", address)[0] == 1


def test_a_command_without_its_database_leaves_none_behind(run: Run, place: Path) -> None:
    for command in (("backup", place / "copy.backup"), ("export", place / "out"), ("verify",)):
        code, out, err = run(*command)
        assert (code, out) == (1, "") and "live.sqlite" in err
    assert [path.name for path in place.iterdir()] == ["log"]


def test_a_password_is_asked_for_in_the_terminal(
    run: Run, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CCN_PASSWORD")
    monkeypatch.delenv("CCN_NEW_PASSWORD")
    answers = [PASSWORD, OTHER_PASSWORD, PASSWORD, PASSWORD, PASSWORD]
    asked = []

    def typed(prompt: str) -> str:
        asked.append(prompt)
        return answers.pop(0)

    monkeypatch.setattr("getpass.getpass", typed)
    add = ("account", "add", "lan", "--full-name", "Lan", "--role", "steward")
    code, _, err = run(*add)
    assert code == 1 and "không giống nhau" in err
    assert run(*add)[0] == 0
    assert run("account", "sessions", "lan", "--as", "lan")[0] == 0
    assert answers == [] and asked[-1] == "Mật khẩu của lan: "
