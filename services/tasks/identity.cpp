#include "services/tasks/identity.hpp"

namespace puff::tasks {
namespace {

int digit_of(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

void put(task_id& id, std::size_t at, std::uint64_t value, int bytes) {
  for (int i = bytes; i-- > 0; value >>= 8)
    id.bytes[at + static_cast<std::size_t>(i)] = static_cast<char>(value);
}

}  // namespace

identity_source::identity_source()
    : random_(std::random_device{}() ^ (std::uint64_t{std::random_device{}()} << 32)) {}

task_id identity_source::next() {
  using namespace std::chrono;
  auto now = duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
  return next_at(static_cast<std::uint64_t>(now));
}

task_id identity_source::next_at(std::uint64_t ms) {
  constexpr std::uint32_t counts = 1u << 26;
  if (ms > last_ms_) {
    last_ms_ = ms;
    count_ = 0;
  } else if (++count_ >= counts) {
    ++last_ms_;
    count_ = 0;
  }
  task_id id;
  put(id, 0, last_ms_, 6);
  put(id, 6, 0x7000u | (count_ >> 14), 2);
  put(id, 8, 0x8000u | (count_ & 0x3FFFu), 2);
  put(id, 10, random_(), 6);
  return id;
}

std::string to_text(const task_id& id) {
  constexpr auto digits = "0123456789abcdef";
  std::string out;
  for (std::size_t i = 0; i < id.bytes.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) out += '-';
    auto byte = static_cast<unsigned char>(id.bytes[i]);
    out += digits[byte >> 4];
    out += digits[byte & 15];
  }
  return out;
}

std::optional<task_id> id_from_text(std::string_view text) {
  task_id id;
  std::size_t at = 0;
  for (char c : text) {
    if (c == '-') continue;
    auto value = digit_of(c);
    if (value < 0 || at >= 32) return std::nullopt;
    auto& byte = id.bytes[at / 2];
    byte = static_cast<char>((static_cast<unsigned char>(byte) << 4) | value);
    ++at;
  }
  return at == 32 ? std::optional{id} : std::nullopt;
}

}  // namespace puff::tasks
