"""Working folders: they go at the end, and those of the dead go when another is made."""

import signal
import subprocess
import sys
import threading
from pathlib import Path

from runtime.base.working import PREFIX, working_folder

WORKS = """
import sys, time
from pathlib import Path
from runtime.base.working import working_folder
with working_folder(Path(sys.argv[1])) as folder:
    (folder / "half").write_text("half")
    print("at work", flush=True)
    time.sleep(60)
"""


def test_a_folder_is_gone_with_what_is_in_it(tmp_path: Path) -> None:
    with working_folder(tmp_path) as folder:
        assert folder.parent == tmp_path
        (folder / "file").write_text("x")
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_process_has_left_goes_with_the_next_folder(tmp_path: Path) -> None:
    command = [sys.executable, "-c", WORKS, str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "at work\n"
        (others,) = tmp_path.iterdir()
        with working_folder(tmp_path):
            assert (others / "half").exists()  # somebody is at work in it
        process.send_signal(signal.SIGKILL)
        process.wait()
    assert others.exists()
    with working_folder(tmp_path) as mine:
        assert list(tmp_path.iterdir()) == [mine]


def test_many_at_once_leave_each_other_alone(tmp_path: Path) -> None:
    found: list[bool] = []

    def work(number: int) -> None:
        for _ in range(50):
            with working_folder(tmp_path) as folder:
                (folder / "file").write_text(str(number))
                found.append((folder / "file").read_text() == str(number))

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(found), all(found), list(tmp_path.glob(f"{PREFIX}*"))) == (400, True, [])
