"""Turns protos/ into services/aftercare and checks the contract. Runs with the Python of .venv.

    protos.py generate      write services/aftercare from protos/
    protos.py check         say whether services/aftercare is what protos/ gives
    protos.py lint          naming and comments, by protos/buf.yaml
    protos.py format        say whether the protos are laid out as buf lays them out (--write does it)
    protos.py breaking      compare with protos/baseline.binpb, what the last release promised
    protos.py baseline      write protos/baseline.binpb
    protos.py validation    write the stub of buf/validate/validate.proto into .venv (set-up does this)

The rules of buf/validate have no file here: their descriptor is taken from the installed protovalidate, so
that what we generate against is always what we validate with. For the same reason buf reads the image that
protoc builds.
"""

import argparse
import importlib.metadata
import os
import re
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import grpc_tools
from google.protobuf import descriptor_pb2
from grpc_tools import protoc
from protovalidate._gen.buf.validate import validate_pb

ROOT = Path(__file__).resolve().parent.parent
PROTOS = ROOT / "protos"
CONTRACT = ROOT / "services" / "aftercare"
BASELINE = PROTOS / "baseline.binpb"
BUF_CONFIG = PROTOS / "buf.yaml"
LOCK = ROOT / "requirements.lock"

WELL_KNOWN = Path(grpc_tools.__file__).parent / "_proto"
RULES_FILE = "buf/validate/validate.proto"
TOOLCHAIN = ("buf-bin", "grpcio", "grpcio-tools", "mypy-protobuf", "protobuf", "protovalidate")
"""What the generated text depends on: each must be installed exactly as locked."""

PACKAGE_NOTE = '"""Generated from protos/ by `make proto`; never edited."""\n'


class ProtoProblem(Exception):
    """Something about the contract that its author must put right."""


def require_locked_toolchain(lock: str) -> None:
    """Refuse to generate with other tools than the locked ones: their output differs by version."""
    locked = dict(re.findall(r"^([\w.-]+)==(\S+)", lock, flags=re.MULTILINE))
    wrong = [
        f"{name} is {importlib.metadata.version(name)}, locked is {locked[name]}"
        for name in TOOLCHAIN
        if importlib.metadata.version(name) != locked[name]
    ]
    if wrong:
        raise ProtoProblem("; ".join(wrong) + ". Run `make setup`.")


def script(name: str) -> str:
    """Return the path of a program of this environment."""
    return str(Path(sysconfig.get_path("scripts")) / name)


def proto_files() -> list[str]:
    """Return our protos, as paths below protos/, in a stable order."""
    return sorted(path.relative_to(PROTOS).as_posix() for path in PROTOS.glob("aftercare/**/*.proto"))


def run_protoc(*arguments: str) -> None:
    """Run protoc with Google's own types on its path; it prints what is wrong itself."""
    if protoc.main(["protoc", f"--proto_path={WELL_KNOWN}", *arguments]) != 0:
        raise ProtoProblem("protoc found the errors above.")


def run_buf(*arguments: str) -> None:
    """Run buf offline, with its cache below the checkout; it prints what is wrong itself."""
    environment = {**os.environ, "BUF_CACHE_DIR": str(ROOT / ".cache" / "buf")}
    if subprocess.run([script("buf"), *arguments], cwd=ROOT, env=environment, check=False).returncode != 0:
        raise ProtoProblem("buf found the differences above.")


def write_rules_descriptor(folder: Path) -> Path:
    """Write the installed protovalidate's descriptor, and those it needs, as a set that protoc can read."""
    needed = folder / "needed.binpb"
    rules = descriptor_pb2.FileDescriptorProto.FromString(validate_pb.desc().proto.to_binary())
    if rules.name != RULES_FILE:
        raise ProtoProblem(f"protovalidate calls its rules {rules.name}, expected {RULES_FILE}.")
    run_protoc("--include_imports", f"--descriptor_set_out={needed}", *rules.dependency)
    whole = descriptor_pb2.FileDescriptorSet.FromString(needed.read_bytes())
    whole.file.append(rules)
    target = folder / "rules.binpb"
    target.write_bytes(whole.SerializeToString(deterministic=True))
    return target


def python_outputs(target: Path, *, with_services: bool) -> list[str]:
    """Return the protoc options that write messages, and services where there are any, with their types."""
    outputs = [
        f"--python_out={target}",
        f"--plugin=protoc-gen-mypy={script('protoc-gen-mypy')}",
        f"--mypy_out=quiet:{target}",
    ]
    if with_services:
        outputs += [
            f"--grpc_python_out={target}",
            f"--plugin=protoc-gen-mypy_grpc={script('protoc-gen-mypy_grpc')}",
            f"--mypy_grpc_out=quiet:{target}",
        ]
    return outputs


def make_packages(top: Path) -> None:
    """Make every folder from `top` down an import package, the top one typed."""
    for folder in [top, *sorted(path for path in top.rglob("*") if path.is_dir())]:
        (folder / "__init__.py").write_text(PACKAGE_NOTE)
    (top / "py.typed").write_text("")


def generate_into(target: Path) -> Path:
    """Generate the whole contract below `target` and return its top package."""
    files = proto_files()
    if not files:
        raise ProtoProblem("protos/aftercare holds no .proto file yet.")
    target.mkdir(parents=True, exist_ok=True)
    rules = write_rules_descriptor(target.parent)
    run_protoc(
        f"--proto_path={PROTOS}",
        f"--descriptor_set_in={rules}",
        *python_outputs(target, with_services=True),
        *files,
    )
    drop_empty_service_stubs(target)
    make_packages(target / "aftercare")
    return target / "aftercare"


def drop_empty_service_stubs(target: Path) -> None:
    """Remove the service stubs of protos that declare no service; protoc writes one for each file."""
    for stub in target.rglob("*_pb2_grpc.py"):
        if "channel" not in stub.read_text():
            stub.unlink()
            stub.with_suffix(".pyi").unlink(missing_ok=True)


def texts_below(folder: Path) -> dict[str, bytes]:
    """Return every file below a folder by its path, leaving out what Python compiled."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    }


def build_image(target: Path, *, with_comments: bool) -> None:
    """Build what buf reads: all our files, and those they import marked as not ours."""
    rules = write_rules_descriptor(target.parent)
    source_info = ["--include_source_info"] if with_comments else []
    run_protoc(
        f"--proto_path={PROTOS}",
        f"--descriptor_set_in={rules}",
        "--include_imports",
        *source_info,
        f"--descriptor_set_out={target}",
        *proto_files(),
    )


def generate() -> str:
    """Bring services/aftercare to what protos/ gives, touching only files that differ."""
    with tempfile.TemporaryDirectory() as scratch:
        wanted = texts_below(generate_into(Path(scratch) / "out"))
    present = texts_below(CONTRACT)
    for name in sorted(present.keys() - wanted.keys()):
        (CONTRACT / name).unlink()
    for name, text in wanted.items():
        if present.get(name) != text:
            replace_file(CONTRACT / name, text)
    return f"services/aftercare holds {len(wanted)} files from {len(proto_files())} protos"


def replace_file(path: Path, text: bytes) -> None:
    """Put a file in place whole, for others may be importing the old one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.new")
    fresh.write_bytes(text)
    fresh.replace(path)


def check() -> str:
    """Compare services/aftercare with what protos/ gives."""
    with tempfile.TemporaryDirectory() as scratch:
        wanted = texts_below(generate_into(Path(scratch) / "out"))
    present = texts_below(CONTRACT)
    different = sorted(
        name for name in wanted.keys() | present.keys() if wanted.get(name) != present.get(name)
    )
    if different:
        raise ProtoProblem(
            f"services/aftercare differs from protos/ in {', '.join(different)}. Run `make proto`."
        )
    return f"{len(wanted)} generated files are what the protos give"


def lint() -> str:
    """Check naming and comments."""
    with tempfile.TemporaryDirectory() as scratch:
        image = Path(scratch) / "image.binpb"
        build_image(image, with_comments=True)
        run_buf("lint", str(image), "--config", str(BUF_CONFIG))
    return f"{len(proto_files())} protos follow the rules of protos/buf.yaml"


def check_format() -> str:
    """Check the layout."""
    run_buf("format", str(PROTOS), "--diff", "--exit-code")
    return f"{len(proto_files())} protos are laid out"


def write_format() -> str:
    """Lay the protos out."""
    run_buf("format", str(PROTOS), "--write")
    return f"{len(proto_files())} protos are laid out"


def breaking() -> str:
    """Check that what the last release promised still holds, on the wire and in JSON."""
    if not BASELINE.exists():
        return "protos/baseline.binpb does not exist yet: nothing was promised (`make baseline` writes it)"
    with tempfile.TemporaryDirectory() as scratch:
        image = Path(scratch) / "image.binpb"
        build_image(image, with_comments=True)
        run_buf("breaking", str(image), "--against", str(BASELINE), "--config", str(BUF_CONFIG))
    return "nothing that protos/baseline.binpb promises was broken"


def baseline() -> str:
    """Promise what the protos say now."""
    with tempfile.TemporaryDirectory() as scratch:
        image = Path(scratch) / "image.binpb"
        build_image(image, with_comments=False)
        replace_file(BASELINE, image.read_bytes())
    return f"protos/baseline.binpb promises {len(proto_files())} protos"


def write_validation_stub() -> str:
    """Write buf.validate.validate_pb2 into this environment; the generated contract imports it."""
    site = Path(sysconfig.get_path("purelib"))
    with tempfile.TemporaryDirectory() as scratch:
        out = Path(scratch) / "out"
        out.mkdir()
        rules = write_rules_descriptor(Path(scratch))
        run_protoc(f"--descriptor_set_in={rules}", *python_outputs(out, with_services=False), RULES_FILE)
        make_packages(out / "buf")
        for name, text in texts_below(out).items():
            replace_file(site / name, text)
    return "buf.validate.validate_pb2 is in the environment"


COMMANDS: dict[str, Callable[[], str]] = {
    "generate": generate,
    "check": check,
    "lint": lint,
    "format": check_format,
    "breaking": breaking,
    "baseline": baseline,
    "validation": write_validation_stub,
}
NEEDS_PROTOS = frozenset({"check", "lint", "format", "breaking"})


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; return the exit status."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("command", choices=sorted(COMMANDS))
    parser.add_argument("--write", action="store_true", help="with format: change the files")
    chosen = parser.parse_args(arguments)
    try:
        require_locked_toolchain(LOCK.read_text())
        command = write_format if chosen.write and chosen.command == "format" else COMMANDS[chosen.command]
        outcome = command()
    except ProtoProblem as problem:
        sys.stderr.write(f"proto     {problem}\n")
        return 1
    sys.stdout.write(f"proto     {outcome}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
