"""`python -m kontor_service.new_migration payments add_wallet`: an empty revision after the newest (make migration)."""

import sys
from importlib import import_module
from pathlib import Path

from alembic.script import ScriptDirectory

from kontor_service.migrations import config_of

_EMPTY = '''"""{title}."""

from alembic import op

revision = "{revision}"
down_revision = "{newest}"


def upgrade() -> None:
    # Expand first, contract in a later release: the code of both releases runs side by side.
    op.execute("")
'''


def main(service: str, name: str) -> Path:
    """Revisions are numbered: 0001, 0002, …; the new file's path is returned."""
    scripts = ScriptDirectory.from_config(config_of(import_module(f"kontor_{service}")))
    newest = scripts.get_current_head() or "0000"
    revision = f"{int(newest) + 1:04d}"
    file = Path(scripts.versions) / f"{revision}_{name}.py"
    file.write_text(_EMPTY.format(title=name.replace("_", " ").capitalize(), revision=revision, newest=newest))
    return file


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    print(main(sys.argv[1], sys.argv[2]))
