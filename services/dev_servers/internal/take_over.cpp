#include "services/dev_servers/internal/take_over.hpp"

#include <algorithm>
#include <cctype>
#include <thread>

namespace puff::dev::internal {
namespace {

using namespace std::chrono_literals;

constexpr auto pause = 5ms;

std::string pid_text(pid_t owner, const std::string& before, const std::string& after) {
  return owner ? before + std::to_string(owner) + after : std::string{};
}

}  // namespace

expected<std::optional<directory_lock>> take_over(const std::string& file,
                                                  const std::string& product,
                                                  const std::function<bool()>& answers,
                                                  std::chrono::steady_clock::time_point deadline) {
  while (true) {
    auto lock = directory_lock::try_acquire(file);
    if (!lock || *lock) return lock;
    auto owner = directory_lock::living_owner(file);
    if (owner && answers()) return lock;
    if (std::chrono::steady_clock::now() >= deadline)
      return make_error(ec::timed_out, "another program" + pid_text(owner, " (pid ", ")") +
                                           " holds " + file + ", but its " + product +
                                           " does not answer");
    std::this_thread::sleep_for(pause);
  }
}

error refuse_live(const std::string& product, const std::string& directory,
                  const std::string& lock_file) {
  return make_error(
      ec::unavailable,
      "the " + product + " of this project runs already in " + directory +
          pid_text(directory_lock::living_owner(lock_file), ", started by process ", "") +
          "; stop that program first");
}

bool is_pool_name(const std::string& name) {
  return !name.empty() && name.size() <= 64 && std::all_of(name.begin(), name.end(), [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '-';
  });
}

}  // namespace puff::dev::internal
