#include "cli/service/health.hpp"

namespace puff::cli {

std::string health::not_ready() const {
  if (leaves_) return "the node leaves";
  if (!begun_) return "the node starts";
  auto down = node_.down();
  return down.empty() ? std::string{} : down.front() + " is down";
}

std::string health::not_live() const {
  const auto held = hold_->held();
  if (held < live_limit_) return {};
  return "a greenlet has kept Python's thread for " + std::to_string(held.count()) + " ms";
}

response verdict(const std::string& complaint, const char* fine) {
  response r;
  r.head.status = complaint.empty() ? 200 : 503;
  r.head.headers.add("Content-Type", "text/plain; charset=utf-8");
  r.head.headers.add("Cache-Control", "no-store");
  r.body = (complaint.empty() ? std::string{fine} : complaint) + "\n";
  return r;
}

error add_probes(http::router& to, const health& of, const std::string& ready_path,
                 const std::string& live_path) {
  using http::path_params;
  if (!ready_path.empty()) {
    http::plain_handler ready = [&of](const request&, const path_params&) {
      return verdict(of.not_ready(), "ready");
    };
    if (auto wrong = to.add("GET", ready_path, std::move(ready))) return wrong;
  }
  if (live_path.empty()) return {};
  http::plain_handler live = [&of](const request&, const path_params&) {
    return verdict(of.not_live(), "live");
  };
  return to.add("GET", live_path, std::move(live));
}

}  // namespace puff::cli
