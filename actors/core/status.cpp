#include "actors/core/status.hpp"

#include <algorithm>
#include <array>
#include <cstdio>

namespace puff {
namespace {

void append_string(std::string& out, std::string_view text) {
  out += '"';
  for (char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      std::array<char, 8> escape{};
      std::snprintf(escape.data(), escape.size(), "\\u%04x", static_cast<unsigned>(c));
      out += escape.data();
    } else {
      out += c;
    }
  }
  out += '"';
}

void append_key(std::string& out, std::string_view key) {
  if (out.back() != '{') out += ',';
  append_string(out, key);
  out += ':';
}

void append_number(std::string& out, std::string_view key, std::uint64_t value) {
  append_key(out, key);
  out += std::to_string(value);
}

void append_text(std::string& out, std::string_view key, std::string_view value) {
  append_key(out, key);
  append_string(out, value);
}

void append_json(std::string& out, const actor_status& status) {
  out += '{';
  append_text(out, "name", status.name);
  append_text(out, "state", name_of(status.state));
  append_number(out, "waiting", status.waiting);
  append_number(out, "handled", status.handled);
  append_number(out, "refused", status.refused);
  append_number(out, "restarts", status.restarts);
  append_text(out, "last_error", status.last_error);
  append_key(out, "details");
  out += '{';
  for (const auto& [name, value] : status.details) append_number(out, name, value);
  out += '}';
  append_key(out, "children");
  out += '[';
  for (const auto& child : status.children) {
    if (out.back() != '[') out += ',';
    append_json(out, child);
  }
  out += "]}";
}

// The columns in which a line is aligned; what follows them runs free.
using line = std::array<std::string, 6>;
struct row {
  line cells;
  std::string rest;
};

void add_rows(std::vector<row>& rows, const actor_status& status, std::size_t depth) {
  row r;
  r.cells = {std::string(2 * depth, ' ') + status.name,
             std::string{name_of(status.state)},
             std::to_string(status.waiting),
             std::to_string(status.handled),
             std::to_string(status.refused),
             std::to_string(status.restarts)};
  for (const auto& [name, value] : status.details)
    r.rest += (r.rest.empty() ? "" : " ") + name + "=" + std::to_string(value);
  if (!status.last_error.empty())
    r.rest += (r.rest.empty() ? "last error: " : "; last error: ") + status.last_error;
  rows.push_back(std::move(r));
  for (const auto& child : status.children) add_rows(rows, child, depth + 1);
}

void append_cell(std::string& out, const std::string& text, std::size_t width, bool is_number) {
  const std::string fill(width - text.size(), ' ');
  out += is_number ? fill + text : text + fill;
  out += "  ";
}

}  // namespace

std::string_view name_of(actor_state state) noexcept {
  switch (state) {
    case actor_state::starting: return "starting";
    case actor_state::running: return "running";
    case actor_state::down: return "down";
    case actor_state::stopped: return "stopped";
  }
  return "unknown";
}

void read_gauge(const gauge& counts, actor_status& into) {
  into.waiting = counts.waiting();
  into.handled = counts.handled.load(std::memory_order_relaxed);
  into.refused = counts.refused.load(std::memory_order_relaxed);
  into.details = counts.details();
  if (into.last_error.empty()) into.last_error = counts.last_error();
}

std::string to_json(const actor_status& status) {
  std::string out;
  append_json(out, status);
  return out;
}

std::string to_text(const actor_status& status) {
  std::vector<row> rows{{{"actor", "state", "waiting", "handled", "refused", "restarts"}, "notes"}};
  add_rows(rows, status, 0);
  std::array<std::size_t, std::tuple_size_v<line>> widths{};
  for (const auto& r : rows)
    for (std::size_t i = 0; i < widths.size(); ++i)
      widths[i] = std::max(widths[i], r.cells[i].size());
  std::string out;
  for (const auto& r : rows) {
    for (std::size_t i = 0; i < widths.size(); ++i) append_cell(out, r.cells[i], widths[i], i >= 2);
    out += r.rest;
    out.erase(out.find_last_not_of(' ') + 1);
    out += '\n';
  }
  return out;
}

}  // namespace puff
