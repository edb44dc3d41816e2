#include "services/redis/command.hpp"

#include <charconv>

namespace puff::redis {
namespace {

void append_header(std::string& wire, char kind, std::size_t number) {
  char text[24];
  text[0] = kind;
  auto* end = std::to_chars(text + 1, text + 22, number).ptr;
  *end++ = '\r';
  *end++ = '\n';
  wire.append(text, end);
}

}  // namespace

void append_command(std::string& wire, std::span<const std::string_view> parts) {
  append_header(wire, '*', parts.size());
  for (auto part : parts) {
    append_header(wire, '$', part.size());
    wire.append(part).append("\r\n");
  }
}

redis_commands make_command(std::initializer_list<std::string_view> parts) {
  redis_commands result;
  append_command(result.wire, {parts.begin(), parts.size()});
  return result;
}

}  // namespace puff::redis
