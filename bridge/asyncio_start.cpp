#include "bridge/asyncio_start.hpp"

#include "bridge/python_thread.hpp"
#include "bridge/runtime.hpp"

#include <mutex>
#include <utility>

namespace puff::bridge {
namespace {

std::function<error()> starter;  // guarded by the GIL
std::mutex guards_start;         // not to be waited for with the GIL

/// Once, though several threads may need it first.
error start_once() {
  auto* state = PyEval_SaveThread();
  std::scoped_lock lock{guards_start};
  PyEval_RestoreThread(state);
  if (the_runtime().asyncio || !starter) return {};
  return starter();
}

}  // namespace

void start_asyncio_by(std::function<error()> start) { starter = std::move(start); }

bool has_asyncio() noexcept { return the_runtime().asyncio || starter; }

loop_thread* needed_asyncio() {
  if (auto* running = the_runtime().asyncio) return running;
  auto failed = start_once();
  if (failed)
    raise(failed);
  else if (!the_runtime().asyncio)
    PyErr_SetString(PyExc_RuntimeError,
                    "this needs Puff's asyncio thread: set asyncio = true in puff.toml");
  return failed ? nullptr : the_runtime().asyncio;
}

}  // namespace puff::bridge
