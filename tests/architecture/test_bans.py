import ast

import pytest

from architecture.bans import BANS, Ban
from architecture.source import modules

every_ban = pytest.mark.parametrize("ban", BANS, ids=lambda ban: ban.name.replace(" ", "-"))


@every_ban
def test_nobody_does_it(ban: Ban) -> None:
    broken = [
        f"{module.place}:{line}"
        for module in modules(*ban.where)
        if not module.place.startswith(ban.allowed)
        for line in ban.find(module.tree, module.text)
    ]
    assert not broken, f"{ban.name}: {ban.why} Found at {', '.join(broken)}"


@every_ban
def test_every_line_of_the_bad_snippet_that_breaks_it_is_caught(ban: Ban) -> None:
    breaking = [line for line in ban.bad.splitlines() if not line.startswith(("import time", "from "))]
    assert len(set(ban.find(ast.parse(ban.bad), ban.bad))) == len(breaking)


@every_ban
def test_the_right_way_passes(ban: Ban) -> None:
    assert list(ban.find(ast.parse(ban.good), ban.good)) == []
