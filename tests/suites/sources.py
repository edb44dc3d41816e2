"""Source distributions of other people's projects, with the tests that lie in them."""

import shutil
import subprocess
import sys
from pathlib import Path


def fetch(requirement: str, folder: Path) -> Path:
    """The unpacked source distribution of `NAME==VERSION`, fetched by pip the first time;
    SystemExit if that fails."""
    target = folder / requirement.replace("==", "-").lower()
    if (target / "complete").exists():
        return next(path for path in target.iterdir() if path.is_dir())
    target.mkdir(parents=True, exist_ok=True)
    pip = [sys.executable, "-m", "pip", "download", "-q", "--disable-pip-version-check"]
    options = ["--no-deps", "--no-binary", ":all:"]
    done = subprocess.run([*pip, *options, requirement, "-d", str(target)], check=False)
    if done.returncode:
        raise SystemExit(
            f"the source distribution of {requirement}, in which its tests lie, cannot be fetched "
            f"(pip's message is above): it needs the network once, then {target} keeps it"
        )
    (archive,) = target.iterdir()  # a .tar.gz or .zip
    shutil.unpack_archive(archive, target)
    archive.unlink()
    (target / "complete").touch()
    return next(path for path in target.iterdir() if path.is_dir())
