// A task in C++ that does as little as those of Python it is compared with: a byte in a file.
#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>
#include <puff/addon.hpp>
#include <stdexcept>

namespace {

void start(puff::addon::host& puff) {
  const char* path = std::getenv("TASK_LOG");
  if (path == nullptr) throw std::runtime_error{"TASK_LOG names no file"};
  const int log = ::open(path, O_WRONLY | O_APPEND | O_CREAT, 0600);
  if (log < 0) throw std::runtime_error{"TASK_LOG cannot be opened"};
  puff.add_task("bench.noop", [log](const std::string&) -> std::string {
    if (::write(log, ".", 1) != 1) throw std::runtime_error{"TASK_LOG cannot be written"};
    return "null";
  });
}

}  // namespace

PUFF_ADDON("bench", "1.0", start)
