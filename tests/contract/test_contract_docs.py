"""What the documentation tells people to type works in their shell, zsh included."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
_PLACES = ("*.md", "docs/**/*.md", "libs/*/*.md", "services/*/*.md")
PAGES = sorted(str(path.relative_to(ROOT)) for place in _PLACES for path in ROOT.glob(place))
_BLOCK = re.compile(r"^```(?:sh|bash)?\n(.*?)^```", re.MULTILINE | re.DOTALL)


def commands(page: str) -> Iterator[str]:
    for block in _BLOCK.findall((ROOT / page).read_text()):
        yield from block.replace("\\\n", " ").splitlines()


@pytest.mark.parametrize("page", PAGES)
def test_commands_need_no_comments_and_no_patterns(page: str) -> None:
    """zsh takes `#` for an argument, and refuses what looks like a pattern and matches no file."""
    for command in commands(page):
        bare = re.sub(r"'[^']*'|\"[^\"]*\"", "", command)
        assert not re.search(r"(^|\s)#\s", bare), command
        assert not re.search(r"https?://\S*[?*\[]", bare), command


def test_pages_name_no_port_as_certain_where_it_may_move() -> None:
    """`make run` moves ports aside: what is typed takes them from a variable."""
    for command in commands("README.md"):
        assert "localhost" not in command or command.startswith("export KONTOR_URL="), command
