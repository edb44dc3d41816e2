#include "services/dev_servers/internal/started_server.hpp"

#include <csignal>

#include <filesystem>
#include <utility>

namespace puff::dev::internal {
namespace {

constexpr std::chrono::seconds after_harder{5}, after_kill{5};

}  // namespace

started_server::started_server(server_manner manner, std::chrono::milliseconds grace,
                               std::optional<directory_lock> lock,
                               std::unique_ptr<child_process> child)
    : manner_(std::move(manner)), grace_(grace), lock_(std::move(lock)), child_(std::move(child)) {}

started_server::~started_server() { (void)stop(); }

expected<void> started_server::stop() {
  std::lock_guard guard{stopping_};
  if (!child_ || stopped_) return {};
  stopped_ = true;
  const bool obeyed = end_child();
  std::error_code ignored;
  for (const auto& file : manner_.leftovers) std::filesystem::remove(file, ignored);
  lock_.reset();
  if (obeyed) return {};
  return make_error(ec::timed_out, manner_.name + " did not stop within " +
                                       std::to_string(grace_.count()) + " ms and was killed");
}

bool started_server::end_child() {
  child_->signal(manner_.stop_signal);
  if (child_->ended_within(grace_)) return true;
  for (int number : manner_.harder) child_->signal(number);
  if (manner_.harder.empty() || !child_->ended_within(after_harder)) child_->signal(SIGKILL);
  child_->ended_within(after_kill);
  return false;
}

}  // namespace puff::dev::internal
