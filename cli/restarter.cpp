#include "cli/restarter.hpp"

#include <sys/wait.h>

#include <algorithm>
#include <csignal>
#include <cstdio>

#include "cli/child.hpp"

namespace puff::cli {

using boost::system::error_code;

restarter::restarter(restart_options o)
    : options_(std::move(o)),
      signals_(io_, SIGINT, SIGTERM, SIGCHLD),
      patience_(io_),
      changes_(io_) {}

expected<int> restarter::run() {
  dev::watch_options watched;
  watched.directories = {options_.directory};
  auto watcher = dev::file_watcher::start(std::move(watched));
  if (!watcher) return std::move(watcher.error());
  watcher_ = std::move(*watcher);
  changes_.assign(watcher_->descriptor());
  if (auto failed = start_all()) {
    kill_all();
    changes_.release();
    return failed;
  }
  wait_for_signal();
  wait_for_change();
  io_.run();
  changes_.release();
  if (failed_) return failed_;
  return killed_ ? 1 : 0;
}

error restarter::start_all() {
  state_ = state::running;
  for (std::size_t i = 0; i < options_.copies; ++i) {
    auto child = start_child(options_.command, options_.environment);
    if (!child) return std::move(child.error());
    children_.insert(*child);
  }
  return {};
}

void restarter::stop_all() {
  for (auto child : children_) signal_child(child, SIGTERM);
  patience_.expires_after(options_.grace);
  patience_.async_wait([this](const error_code& cancelled) {
    if (cancelled) return;
    say("not stopped within " + std::to_string(options_.grace.count()) + " ms: killing it");
    kill_all();
  });
  if (children_.empty()) on_ended(0, 0);
}

void restarter::kill_all() {
  killed_ |= state_ == state::ending && !children_.empty();
  for (auto child : children_) signal_child(child, SIGKILL);
}

void restarter::wait_for_signal() {
  signals_.async_wait([this](const error_code& cancelled, int number) {
    if (cancelled) return;
    on_signal(number);
    wait_for_signal();
  });
}

void restarter::wait_for_change() {
  changes_.async_wait(boost::asio::posix::stream_descriptor::wait_read,
                      [this](const error_code& cancelled) {
                        if (cancelled) return;
                        auto changes = watcher_->read_changes();
                        if (changes)
                          on_change(*changes);
                        else
                          say(describe(changes.error()));
                        wait_for_change();
                      });
}

void restarter::on_signal(int number) {
  if (number == SIGCHLD) return collect();
  if (state_ == state::ending) return kill_all();
  state_ = state::ending;
  stop_all();
}

void restarter::collect() {
  auto running = children_;
  for (auto child : running) {
    int status = 0;
    if (::waitpid(child, &status, WNOHANG) == child) on_ended(child, status);
  }
}

void restarter::on_ended(pid_t child, int status) {
  children_.erase(child);
  if (state_ == state::running)
    return say("the command ended with " + text_of_status(status) + "; waiting for changes");
  if (!children_.empty()) return;
  patience_.cancel();
  if (state_ == state::restarting)
    if (failed_ = start_all(); !failed_) return;
  io_.stop();
}

void restarter::on_change(const dev::file_changes& changes) {
  const auto& paths = changes.paths;
  auto matters = [&](const std::string& path) {
    return !options_.matters || options_.matters(path);
  };
  auto first = std::find_if(paths.begin(), paths.end(), matters);
  if (first == paths.end() && !changes.overflow) return;
  if (state_ != state::running) return;  // what starts next sees the change
  auto others = std::count_if(paths.begin(), paths.end(), matters) - 1;
  say((first == paths.end() ? "files" : *first) +
      (others > 0 ? " and " + std::to_string(others) + " more" : "") + " changed: restarting");
  state_ = state::restarting;
  stop_all();
}

void restarter::say(const std::string& text) const {
  auto line = options_.title + ": " + text + "\n";
  std::fwrite(line.data(), 1, line.size(), stderr);
}

}  // namespace puff::cli
