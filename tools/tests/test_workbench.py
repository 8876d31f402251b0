"""Parts of the workbench that keep things: the cache, the fingerprint, the list of processes."""

import os
import subprocess
import sys

import pytest
from workbench import fingerprint, once, paths, processes, shipped, steps, translations


@pytest.fixture
def cache(monkeypatch, tmp_path):
    monkeypatch.setattr(paths, "CACHE", tmp_path)
    return tmp_path


class TestBuildOnce:
    def test_second_call_builds_nothing(self, cache):
        assert once.build_once(cache / "thing", lambda: None)
        assert not once.build_once(cache / "thing", pytest.fail)

    def test_what_was_left_half_made_is_made_again(self, cache):
        folder = cache / "thing"

        def fail_halfway():
            (folder / "half").touch()
            raise steps.Problem("no network")

        with pytest.raises(steps.Problem):
            once.build_once(folder, fail_halfway)
        assert once.build_once(folder, (folder / "whole").touch)
        assert {file.name for file in folder.iterdir()} == {"whole", once.MARK}


class TestFingerprint:
    @pytest.fixture
    def addon(self, tmp_path):
        for name, text in {
            "models/thing.py": "class Thing:\n    def move(self):\n        return 1\n",
            "views/thing.xml": "<odoo/>",
            "tests/test_thing.py": "pass",
            "static/src/thing.js": "1",
            "hooks.py": "def post_init_hook(env):\n    return 1\n",
        }.items():
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text(text)
        return tmp_path

    @pytest.mark.parametrize(
        ("file", "change", "expected"),
        [
            ("views/thing.xml", "<odoo><data/></odoo>", True),
            ("models/thing.py", "class Thing:\n    name = 1\n", True),
            ("models/thing.py", "class Thing:\n    def move(self):\n        return 2\n", False),
            ("hooks.py", "def post_init_hook(env):\n    return 2\n", True),
            ("tests/test_thing.py", "pass  # more", False),
            ("static/src/thing.js", "2", False),
        ],
    )
    def test_what_needs_an_update(self, addon, file, change, expected):
        before = fingerprint.addon_fingerprint(addon)
        (addon / file).write_text(change)
        assert (fingerprint.addon_fingerprint(addon) != before) is expected

    def test_broken_python_is_left_to_odoo(self):
        assert fingerprint.python_structure(b"def") == b"def"


class TestProcesses:
    @pytest.fixture
    def work(self, monkeypatch, tmp_path):
        monkeypatch.setattr(paths, "WORK", tmp_path)
        (tmp_path / "demo").mkdir()
        return tmp_path

    def test_own_server_is_found_and_stopped(self, work):
        command = [sys.executable, "-c", "import time; time.sleep(60)", str(work)]
        with subprocess.Popen(command) as server:
            processes.remember("demo", server.pid)
            while not processes.is_ours(server.pid):
                pass  # the new program is not in its place yet
            assert processes.running() == {"demo": server.pid}
            server.terminate()
            server.wait()
            assert processes.running() == {}

    def test_another_program_with_the_number_is_left_alone(self, work):
        processes.remember("demo", os.getpid())
        assert processes.running() == {}


def test_shipped_copy_has_the_technical_name_and_no_tools():
    with shipped.copied_addon() as folder:
        names = {entry.name for entry in (folder / paths.ADDON).iterdir()}
    assert "__manifest__.py" in names
    assert not names & {"tools", "benchmarks", ".addons", ".work", ".git"}


def test_merge_keeps_texts_in_the_order_of_the_template(tmp_path):
    template, french = tmp_path / "x.pot", tmp_path / "fr.po"
    start = 'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=UTF-8\\n"\n'
    template.write_text(f'{start}\nmsgid "New"\nmsgstr ""\n\nmsgid "Old"\nmsgstr ""\n')
    french.write_text(f'{start}\nmsgid "Old"\nmsgstr "Vieux"\n\nmsgid "Gone"\nmsgstr "Parti"\n')
    assert translations.merge(template, french, "fr") == 1
    first = french.read_text()
    assert first.index('"New"') < first.index('"Vieux"')
    assert "Parti" not in first
    translations.merge(template, french, "fr")
    assert french.read_text() == first


def test_progress_says_what_is_done(capsys):
    progress = steps.Progress(2)
    with progress.step("One") as step:
        step.say("working")
        step.result = "made"
    with pytest.raises(steps.Problem), progress.step("Two"):
        raise steps.Problem("no")
    assert (
        capsys.readouterr().out == "[1/2] One ... working, made (0 s)\n[2/2] Two ... FAILED (0 s)\n"
    )
