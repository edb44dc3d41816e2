#include "services/config/problems.hpp"

#include <algorithm>
#include <tuple>

namespace puff::config {
namespace {

std::string prefix_of(const origin& where) {
  if (where.name.empty()) return {};
  std::string out = where.name;
  if (where.line) out += ":" + std::to_string(where.line);
  if (where.line && where.column) out += ":" + std::to_string(where.column);
  return out + ": ";
}

}  // namespace

std::string to_string(const origin& where) {
  auto at_line = where.line ? " line " + std::to_string(where.line) : std::string{};
  switch (where.from) {
    case origin::source::fallback: return "default";
    case origin::source::file: return where.name + at_line;
    case origin::source::dotenv: return where.name + at_line;
    case origin::source::environment: return "environment " + where.name;
    case origin::source::option: return "option " + where.name;
    case origin::source::implied: return "implied by " + where.name;
  }
  return {};
}

void problems::add(const origin& where, std::string what) {
  list_.push_back({where, std::move(what)});
}

std::string problems::text() const {
  auto sorted = list_;
  std::stable_sort(sorted.begin(), sorted.end(), [](const problem& a, const problem& b) {
    return std::tie(a.where.from, a.where.line, a.where.column) <
           std::tie(b.where.from, b.where.line, b.where.column);
  });
  std::string out;
  for (const auto& p : sorted) {
    if (!out.empty()) out += '\n';
    out += prefix_of(p.where) + p.what;
  }
  return out;
}

error problems::to_error() const { return make_error(ec::bad_config, text()); }

}  // namespace puff::config
