#include "services/graphql/language/internal/block_string.hpp"

#include <algorithm>
#include <vector>

namespace puff::graphql::internal {

namespace {

std::vector<std::string_view> lines_of(std::string_view raw) {
  std::vector<std::string_view> lines;
  while (true) {
    auto end = raw.find_first_of("\r\n");
    lines.push_back(raw.substr(0, end));
    if (end == raw.npos) return lines;
    raw.remove_prefix(end + (raw.substr(end, 2) == "\r\n" ? 2 : 1));
  }
}

std::size_t indent_of(std::string_view line) {
  return std::min(line.find_first_not_of(" \t"), line.size());
}

}  // namespace

std::string block_string_value(std::string_view raw) {
  auto lines = lines_of(raw);
  std::size_t common = raw.npos, first = lines.size(), last = 0;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    auto indent = indent_of(lines[i]);
    if (indent == lines[i].size()) continue;
    first = std::min(first, i);
    last = i;
    if (i > 0) common = std::min(common, indent);
  }
  std::string out;
  for (auto i = first; i <= last && i < lines.size(); ++i) {
    if (i > first) out += '\n';
    out += i == 0 ? lines[i] : lines[i].substr(std::min(common, lines[i].size()));
  }
  return out;
}

}  // namespace puff::graphql::internal
