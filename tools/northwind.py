"""Makes the Northwind CRM from a folder of its CSV files: checks, applies, imports, adds people, serves.

python -m tools.northwind FOLDER [--no-serve]
"""

import subprocess
import sys
from pathlib import Path

PACK = Path("examples/northwind")
FILES = (
    ("categories", "categories"),
    ("suppliers", "suppliers"),
    ("shippers", "shippers"),
    ("regions", "regions"),
    ("territories", "territories"),
    ("employees", "employees"),
    ("employees", "employee-territories"),
    ("customers", "customers"),
    ("products", "products"),
    ("orders", "orders"),
    ("order_lines", "order-details"),
)
"""Which module each file goes into, in an order in which every record finds what it points at."""

PASSWORD = "northwind-demo"
PEOPLE = (
    ("admin", "Northwind Admin", None),
    ("andrew", "Andrew Fuller", "ceo"),
    ("steven", "Steven Buchanan", "sales_manager"),
    ("nancy", "Nancy Davolio", "seller"),
    ("janet", "Janet Leverling", "seller"),
    ("laura", "Laura Callahan", "support"),
    ("auditor", "Ada Auditor", "auditor"),
)
"""Who may sign in, each at northwind.example with :data:`PASSWORD`: the name, and the role, which an admin
has none of.
"""
LOGINS = PACK / "logins.csv"
"""Which employee signs in as whom."""


def trellis(*words: str, given: str | None = None, may_fail: bool = False) -> int:
    """Run one command as its user would, and stop where it fails."""
    done = subprocess.run([sys.executable, "-m", "runtime", *words], input=given, text=True, check=False)
    if done.returncode and not may_fail:
        raise SystemExit(done.returncode)
    return done.returncode


def main() -> None:
    """Check, apply, import, serve."""
    words = [word for word in sys.argv[1:] if word != "--no-serve"]
    folder = Path(words[0]) if words and words[0] else None
    if folder is None or not (folder / "customers.csv").is_file():
        raise SystemExit("Name the folder with Northwind's CSV files: make northwind DATA=folder")
    trellis("check", str(PACK))
    trellis("apply", str(PACK), "--yes")
    for module, name in FILES:
        trellis("import", module, str(folder / f"{name}.csv"), "--map", str(PACK / "maps" / f"{name}.yaml"))
    for name, called, role in PEOPLE:
        rights = ("--role", role) if role else ("--admin",)
        words_of = ("user", "add", f"{name}@northwind.example", "--name", called, *rights)
        trellis(*words_of, "--password-file", "-", given=PASSWORD, may_fail=True)
    trellis("import", "employees", str(LOGINS), "--map", str(PACK / "maps" / "logins.yaml"))
    for name, called, role in PEOPLE:
        print(f"Sign in as {name}@northwind.example ({called}, {role or 'an administrator'}).")
    print(f"The password is {PASSWORD}.", flush=True)
    if "--no-serve" not in sys.argv:
        trellis("serve", str(PACK))


if __name__ == "__main__":
    main()
