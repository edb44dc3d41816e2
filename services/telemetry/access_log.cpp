#include "services/telemetry/access_log.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <iterator>

#include "services/telemetry/escape.hpp"
#include "services/telemetry/timestamp.hpp"

namespace puff::log {
namespace {

constexpr std::size_t batch_limit = 64 * 1024;

void append_text(std::string& out, const access_record& r) {
  for (char c : r.client.empty() ? std::string_view{"-"} : r.client) {
    if (c == ' ')
      out += "\\x20";  // a space would shift the fields behind it
    else
      append_printable(out, {&c, 1}, keep::nothing);
  }
  out += " - - [";
  append_clf_time(out, r.when);
  out += "] ";
  auto request =
      fmt::format("{} {} HTTP/{}.{}", r.method, r.target, r.major_version, r.minor_version);
  append_quoted(out, request);
  fmt::format_to(std::back_inserter(out), " {} ", r.status);
  out += r.bytes ? std::to_string(r.bytes) : "-";
}

void append_json_record(std::string& out, const access_record& r) {
  out += R"({"time":")";
  append_iso_time(out, r.when);
  out += R"(","client":)";
  append_json(out, r.client);
  out += R"(,"method":)";
  append_json(out, r.method);
  out += R"(,"target":)";
  append_json(out, r.target);
  fmt::format_to(std::back_inserter(out),
                 R"(,"version":"{}.{}","status":{},"bytes":{},"duration_us":{},"user_agent":)",
                 r.major_version, r.minor_version, r.status, r.bytes, r.duration.count());
  append_json(out, r.user_agent);
  out += R"(,"referer":)";
  append_json(out, r.referer);
  out += '}';
}

}  // namespace

void append_access(std::string& out, const access_record& record, access_format shape) {
  if (shape == access_format::json) {
    append_json_record(out, record);
  } else {
    append_text(out, record);
    if (shape == access_format::combined) {
      out += ' ';
      append_quoted(out, record.referer.empty() ? "-" : record.referer);
      out += ' ';
      append_quoted(out, record.user_agent.empty() ? "-" : record.user_agent);
    }
  }
  out += '\n';
}

expected<access_log> access_log::open(const std::string& path, access_format shape) {
  int descriptor = ::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0640);
  if (descriptor < 0)
    return make_error(ec::io_failed, "access log " + path + ": " + std::strerror(errno));
  access_log opened{descriptor, shape};
  opened.owned_ = true;
  return opened;
}

access_log::access_log(access_log&& other) noexcept
    : descriptor_(other.descriptor_),
      shape_(other.shape_),
      owned_(std::exchange(other.owned_, false)),
      pending_(std::exchange(other.pending_, {})),
      dropped_(other.dropped_) {}

access_log::~access_log() {
  flush();
  if (owned_) ::close(descriptor_);
}

void access_log::add(const access_record& record) {
  append_access(pending_, record, shape_);
  if (pending_.size() >= batch_limit) flush();
}

void access_log::flush() noexcept {
  std::string_view rest = pending_;
  while (!rest.empty()) {
    auto written = ::write(descriptor_, rest.data(), rest.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) {
      dropped_ += static_cast<std::uint64_t>(std::count(rest.begin(), rest.end(), '\n'));
      break;
    }
    rest.remove_prefix(static_cast<std::size_t>(written));
  }
  pending_.clear();
}

}  // namespace puff::log
