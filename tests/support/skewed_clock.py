"""Programs whose wall clock is wrong."""

import subprocess
from pathlib import Path


def skewed_clock(folder: Path, seconds: int) -> dict[str, str]:
    """The variables for a program whose wall clock shall be so far ahead; needs a C compiler.
    Debian's libfaketime asks for memory too early for a program with an allocator of its own."""
    library = folder / "clock_skew.so"
    if not library.exists():
        source = Path(__file__).with_name("clock_skew.c")
        subprocess.run(["cc", "-shared", "-fPIC", "-o", str(library), str(source)], check=True)
    return {"LD_PRELOAD": str(library), "CLOCK_SKEW": str(seconds)}
