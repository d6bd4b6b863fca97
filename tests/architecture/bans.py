"""What our code never does, each with its reason, a snippet that must be caught and one that must pass."""

import ast
import io
import re
import tokenize
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from architecture.source import calls, dotted

Lines = Iterator[int]


@dataclass(frozen=True)
class Ban:
    """One thing that never happens."""

    name: str
    why: str
    find: Callable[[ast.Module, str], Lines]
    bad: str
    good: str
    where: tuple[str, ...] = ("services",)
    allowed: tuple[str, ...] = ()
    """Places, by the beginning of their path, that may do it nevertheless."""


def last_name(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else dotted(call.func)


def calls_named(*names: str) -> Callable[[ast.Module, str], Lines]:
    return lambda tree, _: (call.lineno for call in calls(tree) if last_name(call) in names)


def attributes_named(*names: str) -> Callable[[ast.Module, str], Lines]:
    return lambda tree, _: (
        node.lineno for node in ast.walk(tree) if isinstance(node, ast.Attribute) and node.attr in names
    )


def bare_naks(tree: ast.Module, _: str) -> Lines:
    return (
        call.lineno for call in calls(tree) if last_name(call) == "nak" and not (call.args or call.keywords)
    )


def naive_nows(tree: ast.Module, _: str) -> Lines:
    return (
        call.lineno
        for call in calls(tree)
        if dotted(call.func).endswith("datetime.now") and not (call.args or call.keywords)
    )


def sleeps(tree: ast.Module, _: str) -> Lines:
    imported = any(
        isinstance(node, ast.ImportFrom)
        and node.module == "time"
        and any(name.name == "sleep" for name in node.names)
        for node in ast.walk(tree)
    )
    banned = {"time.sleep", "sleep"} if imported else {"time.sleep"}
    return (call.lineno for call in calls(tree) if dotted(call.func) in banned)


STATEMENT = re.compile(
    r"\b(SELECT\b.*\bFROM|INSERT\s+INTO|UPDATE\b.*\bSET|DELETE\s+FROM|(CREATE|ALTER|DROP)\s+TABLE)\b",
    re.DOTALL,
)


def is_filled_in(node: ast.AST) -> bool:
    """Whether a text is put together from parts: f"…{x}", "…" % x, "…".format(x), "…" + x."""
    if isinstance(node, ast.JoinedStr):
        return any(isinstance(part, ast.FormattedValue) for part in node.values)
    if isinstance(node, ast.BinOp):
        return isinstance(node.op, ast.Mod | ast.Add)
    return isinstance(node, ast.Call) and last_name(node) == "format"


def statements_filled_in(tree: ast.Module, _: str) -> Lines:
    for node in ast.walk(tree):
        if not is_filled_in(node):
            continue
        parts = ast.walk(node.func if isinstance(node, ast.Call) else node)
        text = " ".join(
            part.value for part in parts if isinstance(part, ast.Constant) and isinstance(part.value, str)
        )
        if STATEMENT.search(text):
            yield node.lineno  # type: ignore[attr-defined]  # every expression has a line


def shared_ports(tree: ast.Module, _: str) -> Lines:
    """Servers made without ("grpc.so_reuseport", 0) in the same module, and other values of that option."""
    settings = [
        (node.lineno, node.elts[1].value if isinstance(node.elts[1], ast.Constant) else None)
        for node in ast.walk(tree)
        if isinstance(node, ast.Tuple)
        and len(node.elts) == 2
        and isinstance(node.elts[0], ast.Constant)
        and node.elts[0].value == "grpc.so_reuseport"
    ]
    yield from (line for line, value in settings if value != 0)
    if not settings:
        yield from (
            call.lineno
            for call in calls(tree)
            if dotted(call.func) in {"grpc.server", "grpc.aio.server", "aio.server"}
        )


def strings_matching(pattern: str) -> Callable[[ast.Module, str], Lines]:
    wanted = re.compile(pattern)
    return lambda tree, _: (
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and wanted.search(node.value)
    )


def either(*finders: Callable[[ast.Module, str], Lines]) -> Callable[[ast.Module, str], Lines]:
    return lambda tree, text: (line for find in finders for line in find(tree, text))


def keywords_named(*names: str) -> Callable[[ast.Module, str], Lines]:
    return lambda tree, _: (
        call.lineno for call in calls(tree) if any(keyword.arg in names for keyword in call.keywords)
    )


def imports_of(package: str) -> Callable[[ast.Module, str], Lines]:
    def find(tree: ast.Module, _: str) -> Lines:
        for node in ast.walk(tree):
            if isinstance(node, ast.Import) and any(
                name.name.split(".")[0] == package for name in node.names
            ):
                yield node.lineno
            if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] == package:
                yield node.lineno

    return find


OPENERS = frozenset(
    {"create_engine", "create_async_engine", "connect", "insecure_channel", "secure_channel", "open"}
    | {"Client", "AsyncClient"}
)


def opened_by_importing(tree: ast.Module, _: str) -> Lines:
    for statement in tree.body:
        if isinstance(statement, ast.Assign | ast.AnnAssign | ast.Expr) and statement.value is not None:
            yield from (call.lineno for call in calls(statement.value) if last_name(call) in OPENERS)


LEVELS = frozenset({"debug", "info", "warning", "error", "exception", "critical"})


def filled_in_log_events(tree: ast.Module, _: str) -> Lines:
    return (
        call.lineno
        for call in calls(tree)
        if last_name(call) in LEVELS
        and "log" in dotted(call.func).rpartition(".")[0].lower()
        and call.args
        and is_filled_in(call.args[0])
    )


def silenced_without_a_name(_: ast.Module, text: str) -> Lines:
    pattern = re.compile(r"#\s*(type:\s*ignore(?!\[)|noqa(?!:\s*[A-Z])|ruff:\s*noqa)")
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT and pattern.search(token.string):
            yield token.start[0]


PATCHES = re.compile(r"(^|\.)(patch(\.(object|multiple|dict))?|monkeypatch\.(setattr|setitem|delattr))$")


def patches_of_ours(tree: ast.Module, _: str) -> Lines:
    """Patches whose target is named "aftercare…" or was imported from there."""
    ours = {"aftercare"}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            from_ours = isinstance(node, ast.ImportFrom) and (node.module or "").startswith("aftercare")
            ours |= {
                (name.asname or name.name).split(".")[0]
                for name in node.names
                if from_ours or name.name.startswith("aftercare")
            }
    for call in calls(tree):
        if not PATCHES.search(dotted(call.func)) or not call.args:
            continue
        target = call.args[0]
        text = target.value if isinstance(target, ast.Constant) else None
        is_named = isinstance(text, str) and text.startswith("aftercare")
        if is_named or dotted(target).split(".")[0] in ours:
            yield call.lineno


BANS = (
    Ban(
        "publish_async",
        "An event counts as sent when the broker said so; this call does not wait.",
        calls_named("publish_async"),
        bad="await stream.publish_async(subject, body)",
        good="await stream.publish(subject, body)",
    ),
    Ban(
        "bare nak",
        "Without a delay the same message comes back at once, for ever.",
        bare_naks,
        bad="await message.nak()",
        good="await message.nak(delay=2)",
    ),
    Ban(
        "naive time",
        "A time without a zone is off by hours as soon as it is compared; time comes from the clock port.",
        either(attributes_named("utcnow", "utcfromtimestamp"), naive_nows),
        bad="at = datetime.utcnow()\nthen = datetime.datetime.now()",
        good="at = datetime.now(UTC)",
        where=("services", "scripts", "tests"),
    ),
    Ban(
        "time.sleep",
        "A sleeping thread stops its event loop, and every caller with it.",
        sleeps,
        bad="import time\ntime.sleep(1)",
        good="await asyncio.sleep(1)",
    ),
    Ban(
        "SQL put together from text",
        "Values go beside a statement, never into it.",
        statements_filled_in,
        bad='rows = f"SELECT id FROM listing WHERE name = {name!r}"\nmore = "DELETE FROM x WHERE y=" + y',
        good='rows = text("SELECT id FROM listing WHERE name = :name")\nsay = f"updated {n} rows"',
        where=("services", "scripts"),
    ),
    Ban(
        "shared ports",
        "With SO_REUSEPORT a second process takes half the calls in silence instead of failing to start.",
        shared_ports,
        bad="server = grpc.aio.server(interceptors=chain)",
        good='server = grpc.aio.server(options=[("grpc.so_reuseport", 0)])',
        where=("services", "scripts", "tests"),
    ),
    Ban(
        "work-queue retention",
        "The stream is a cable that others listen to as well; Limits retention keeps what one of them took.",
        either(attributes_named("WORK_QUEUE", "INTEREST"), strings_matching(r"^workqueue$")),
        bad="config = StreamConfig(retention=RetentionPolicy.WORK_QUEUE)",
        good="config = StreamConfig(retention=RetentionPolicy.LIMITS)",
    ),
    Ban(
        "broker schedules",
        "A due time is a row of the service that owns it.",
        either(keywords_named("allow_msg_schedules"), strings_matching("^Nats-Schedule")),
        bad='headers = {"Nats-Schedule": "@at 2026-12-01T14:00:00Z"}',
        good='headers = {"Nats-Msg-Id": event_id}',
    ),
    Ban(
        "print",
        "What a service has to say is a log event; only the command line prints.",
        calls_named("print"),
        bad='print("ready")',
        good='log.info("ready")',
        allowed=("services/aftercare_cli/",),
    ),
    Ban(
        "filled-in log events",
        "A log event is fixed text and identifiers; text filled in may hold a person's story.",
        filled_in_log_events,
        bad='log.info(f"accepting {request}")\nself._log.warning("lost %s" % name)',
        good='log.info("offer_accepted", offer=offer.id)',
    ),
    Ban(
        "opening by importing",
        "Only main joins things; an import must not reach a file, a database or a network.",
        opened_by_importing,
        bad='engine = create_async_engine("sqlite://")',
        good='def open_one(url):\n    return create_async_engine(url)\n\nlater = partial(open_one, "x")',
    ),
    Ban(
        "status written by hand",
        "Errors become status codes in one place, so that no exception text reaches a caller.",
        calls_named("set_details", "set_code"),
        bad="context.set_details(str(error))",
        good="raise WrongMove(offer.id)",
        allowed=("services/aftercare_platform/rpc/",),
    ),
    Ban(
        "the system's SQLite",
        "Debian 12's can corrupt a WAL file; ours comes with pysqlite3, through aftercare_platform.sql.",
        imports_of("sqlite3"),
        bad="import sqlite3",
        good="from aftercare_platform import sql",
        allowed=("services/aftercare_platform/sql/",),
    ),
    Ban(
        "silencing without a name",
        "A silenced check names what it silences.",
        silenced_without_a_name,
        bad="a = b()  # type: ignore\nc = d()  # noqa",
        good='a = b()  # type: ignore[no-untyped-call]\nc = "# noqa"',
        where=("services", "scripts", "tests"),
    ),
    Ban(
        "patching our own modules",
        "Tests use real parts; what must be replaced is given through the composition root.",
        patches_of_ours,
        bad=(
            "from aftercare_referral.offer import usecases\n"
            'mock.patch("aftercare_referral.main.clock")\nmonkeypatch.setattr(usecases, "now", None)'
        ),
        good='monkeypatch.setattr(time, "time", lambda: 0)\nmonkeypatch.setenv("AFTERCARE_X", "1")',
        where=("tests",),
    ),
)
