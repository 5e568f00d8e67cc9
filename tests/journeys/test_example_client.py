"""The client of the consultants' guide does what the guide says, over real HTTP."""

import re
import subprocess
import sys
from pathlib import Path

from runtime.sites.keys import add_key

GUIDE = Path(__file__).parents[2] / "docs" / "consultants.md"
PACK = """
schemas/modules/accounts.yaml:
  fields:
    name: {type: text, required: true}
"""


def test_the_guides_client_creates_changes_and_lists(crm, served, tmp_path):
    app = crm(PACK)
    program = tmp_path / "client.py"
    (code,) = re.findall(r"```python\n(\"\"\"Adds .*?)```", GUIDE.read_text(), flags=re.DOTALL)
    program.write_text(code)
    line = [sys.executable, str(program), served(app), add_key(app.site, app.user(), "client")]
    done = subprocess.run(line, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    assert re.fullmatch(r"\d+ Changed by a program\n", done.stdout)
    refused = subprocess.run([*line[:3], "no-key"], capture_output=True, text=True, timeout=60, check=False)
    assert refused.stderr.startswith("unauthorized: ")
