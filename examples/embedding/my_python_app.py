"""What the program my_first_app runs: `first_app run_hello_world FILE`."""

import zipfile

import puff


def hello_world(name: str = "my_file.zip") -> None:
    whole = puff.read_file_bytes(name)  # waits; other greenlets run meanwhile
    names = names_in(name)  # any Python code, on a thread of its own
    print(f"Hello from Python! {name}: {len(whole)} bytes, {len(names)} files.")


@puff.blocking
def names_in(name: str) -> list[str]:
    with zipfile.ZipFile(name) as opened:
        return opened.namelist()
