"""What is expected to go wrong on a machine is said in one sentence, without a traceback."""

import socket
from contextlib import closing

import pytest
from workbench import __main__ as commands
from workbench import (
    datasets,
    debian,
    odoo_source,
    ports,
    programs,
    python_env,
    serving,
    settings,
    shell,
)
from workbench.steps import Problem


def test_a_problem_is_one_sentence_and_an_exit_code(capsys):
    assert commands.main("nonsense") == 1
    output = capsys.readouterr().out
    assert "There is no command nonsense: make help lists them." in output
    assert "Traceback" not in output


@pytest.mark.parametrize("version", [(3, 9), (3, 14)])
def test_wrong_python(version):
    with pytest.raises(Problem, match=r"use 3\.10 to 3\.13"):
        python_env.check_version(version)


def test_port_taken_by_whom():
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        port = server.getsockname()[1]
        assert not ports.is_free(port)
        with pytest.raises(Problem, match=rf"Port {port} is taken by \S+ \(process \d+\)"):
            serving.require_port(port)
    assert ports.is_free(port)


def test_port_that_is_none(monkeypatch):
    monkeypatch.setenv("PORT", "http")
    with pytest.raises(Problem, match="PORT=http is not a port"):
        settings.port()


def test_no_space(tmp_path):
    with pytest.raises(Problem, match=r"MB free and \d+ MB are needed"):
        shell.require_space(tmp_path / "new", 10**9)


def test_not_debian(monkeypatch, tmp_path):
    monkeypatch.setattr(debian, "KEYRING", tmp_path / "missing")
    with pytest.raises(Problem, match="give a checkout of Odoo 19 with ODOO_PATH"):
        debian.mirrors()


def test_no_mirror_answers(monkeypatch, tmp_path):
    monkeypatch.setattr(debian.paths, "CACHE", tmp_path)
    monkeypatch.setattr(debian, "mirrors", lambda: ["http://127.0.0.1:9/debian"])
    with pytest.raises(Problem, match="check the network and run this again"):
        debian.Archive(["sid"]).download(["odoo-19/sid"])


def test_odoo_path_without_odoo(monkeypatch, tmp_path):
    monkeypatch.setenv("ODOO_PATH", str(tmp_path))
    with pytest.raises(Problem, match="is not a checkout of Odoo 19"):
        odoo_source.prepare(None)


def test_missing_program():
    with pytest.raises(Problem, match="the program no-such-program is missing"):
        shell.run(["no-such-program"], "It fails")


def test_browser_that_may_not_be_installed(monkeypatch):
    monkeypatch.setattr(programs.shutil, "which", lambda name: None)
    monkeypatch.setattr(programs, "administrator", lambda: None)
    with pytest.raises(Problem, match="apt-get install chromium as an administrator"):
        programs.require("chromium", FakeStep())


def test_printing_is_left_out_when_it_may_not_be_installed(monkeypatch):
    monkeypatch.setattr(programs.shutil, "which", lambda name: None)
    monkeypatch.setattr(programs, "administrator", lambda: None)
    step = FakeStep()
    programs.prefer("wkhtmltopdf", step)
    assert step.result.startswith("left out")


def test_unknown_data(monkeypatch):
    monkeypatch.setenv("DATA", "other")
    with pytest.raises(Problem, match="DATA=other is unknown: choose one of cdnow"):
        datasets.chosen()


class FakeStep:
    """A step whose line nobody reads."""

    result = "ready"

    def say(self, text):
        pass
