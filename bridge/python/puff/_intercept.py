"""Steps in when a module is imported for the first time: so Puff prepares what a program uses and
imports nothing that it does not use."""

import sys
from collections.abc import Callable, Collection, Sequence
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from importlib.abc import Loader, MetaPathFinder
else:  # importlib.abc imports a dozen modules more
    Loader = MetaPathFinder = object

#: Stands in for the execution of a module: gets the module and what executes it.
Execute = Callable[[ModuleType, Callable[[ModuleType], object]], object]


class _Loader(Loader):
    def __init__(self, inner: Any, execute: Execute) -> None:
        self._inner = inner
        self._execute = execute

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        module: ModuleType | None = self._inner.create_module(spec)
        return module

    def exec_module(self, module: ModuleType) -> None:
        self._execute(module, self._inner.exec_module)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)


class _Finder(MetaPathFinder):
    def __init__(
        self, names: Collection[str], execute: Execute, is_wanted: Callable[[], bool]
    ) -> None:
        self._names = names
        self._is_wanted = is_wanted
        self.execute = execute

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname not in self._names or not self._is_wanted():
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is not None and spec.loader is not None:
            spec.loader = _Loader(spec.loader, self.execute)
        return spec


def intercept(
    names: Collection[str], execute: Execute, is_wanted: Callable[[], bool] = lambda: True
) -> None:
    """Lets `execute` run each module of `names` that is imported from now on, if `is_wanted()` says
    so then. Twice with the same function is once."""
    if not any(isinstance(f, _Finder) and f.execute is execute for f in sys.meta_path):
        sys.meta_path.insert(0, _Finder(names, execute, is_wanted))
