#pragma once

#include <cctype>
#include <cstdlib>
#include <fstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace puff::test {

/// One line of tests/support/malformed_requests.json.
struct malformed_request {
  std::string name;
  int status = 0;
  std::string bytes;
};

namespace internal {

/// The text of `key` in a line of that file, unescaped to bytes; empty if the key is missing.
inline std::string text_of(std::string_view line, std::string_view key) {
  auto mark = '"' + std::string{key} + "\": \"";
  auto at = line.find(mark);
  if (at == line.npos) return {};
  std::string out;
  for (auto i = at + mark.size(); line.at(i) != '"'; ++i) {
    if (line[i] != '\\') {
      out += line[i];
      continue;
    }
    switch (line.at(++i)) {
      case 'r': out += '\r'; break;
      case 'n': out += '\n'; break;
      case 't': out += '\t'; break;
      case 'u':
        out += static_cast<char>(std::stoi(std::string{line.substr(i + 1, 4)}, nullptr, 16));
        i += 4;
        break;
      default: out += line[i];
    }
  }
  return out;
}

inline int number_of(std::string_view line, std::string_view key) {
  auto mark = '"' + std::string{key} + "\": ";
  auto at = line.find(mark);
  return at == line.npos ? 0 : std::atoi(line.data() + at + mark.size());
}

}  // namespace internal

inline std::vector<malformed_request> malformed_requests() {
  std::ifstream file{PUFF_TEST_SUPPORT "/malformed_requests.json"};
  std::vector<malformed_request> all;
  for (std::string line; std::getline(file, line);) {
    if (line.rfind("{\"name\"", 0) != 0) continue;
    malformed_request r{internal::text_of(line, "name"), internal::number_of(line, "status"),
                        internal::text_of(line, "request")};
    if (auto at = r.bytes.find("{fill}"); at != std::string::npos) {
      std::string fill;
      for (int i = internal::number_of(line, "times"); i > 0; --i)
        fill += internal::text_of(line, "fill");
      r.bytes.replace(at, 6, fill);
    }
    all.push_back(std::move(r));
  }
  if (all.empty()) throw std::runtime_error{"malformed_requests.json has no cases"};
  return all;
}

}  // namespace puff::test
