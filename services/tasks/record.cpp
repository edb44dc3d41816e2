#include "services/tasks/record.hpp"

#include <charconv>
#include <limits>

namespace puff::tasks {
namespace {

constexpr std::size_t header_size = 22;
constexpr unsigned char version = 1;
constexpr auto longest = std::numeric_limits<std::uint32_t>::max();

void put(std::string& to, std::uint64_t value, int bytes) {
  for (int i = 0; i < bytes; ++i, value >>= 8) to += static_cast<char>(value & 255);
}

std::uint32_t get(std::string_view from, std::size_t at, int bytes) {
  std::uint32_t value = 0;
  for (int i = bytes; i-- > 0;)
    value = (value << 8) | static_cast<unsigned char>(from[at + static_cast<std::size_t>(i)]);
  return value;
}

void put_extra(std::string& to, char tag, std::string_view value) {
  if (value.empty()) return;
  to += tag;
  put(to, value.size(), 4);
  to += value;
}

std::string text_of(const retries& r) {
  if (r.times == 0) return {};
  return std::to_string(r.times) + "/" + std::to_string(r.first.count()) + "/" +
         std::to_string(r.last.count());
}

std::string extras_of(const record& r) {
  std::string out;
  put_extra(out, 'u', r.unique);
  put_extra(out, 'k', r.limit_key);
  if (r.concurrency > 0) put_extra(out, 'c', std::to_string(r.concurrency));
  if (r.limit.times > 0)
    put_extra(out, 'r', std::to_string(r.limit.times) + "/" + std::to_string(r.limit.per.count()));
  put_extra(out, 'e', text_of(r.again));
  put_extra(out, 'n', r.next);
  put_extra(out, 'g', r.member);
  return out;
}

/// The numbers between slashes; missing ones stay as they are.
template <class... Number>
void read_numbers(std::string_view text, Number&... numbers) {
  const char* at = text.data();
  const char* end = at + text.size();
  auto one = [&](auto& number) {
    at = std::from_chars(at, end, number).ptr;
    if (at != end && *at == '/') ++at;
  };
  (one(numbers), ...);
}

void take_extra(record& r, char tag, std::string_view value) {
  std::int64_t first = 0, last = 0;
  switch (tag) {
    case 'u': r.unique = value; break;
    case 'k': r.limit_key = value; break;
    case 'c': read_numbers(value, r.concurrency); break;
    case 'r':
      read_numbers(value, r.limit.times, first);
      r.limit.per = std::chrono::milliseconds{first};
      break;
    case 'e':
      read_numbers(value, r.again.times, first, last);
      r.again.first = std::chrono::milliseconds{first};
      r.again.last = std::chrono::milliseconds{last};
      break;
    case 'n': r.next = value; break;
    case 'g': r.member = value; break;
    default: break;  // of a newer version
  }
}

error bad(const std::string& text) { return make_error(ec::bad_argument, text); }

}  // namespace

error validate(const record& r) {
  const auto timeout = r.timeout.count(), keep = r.keep_result.count();
  if (r.function.empty() || r.function.size() > max_function_bytes)
    return bad("a task's function needs a dotted path of at most 1,000 bytes");
  if (r.param.size() > max_param_bytes)
    return bad("the parameter of " + r.function + " takes " + std::to_string(r.param.size()) +
               " bytes; 64 MiB are allowed");
  if (timeout < 1 || timeout > longest)
    return bad("timeout_ms must be from 1 to 4294967295, not " + std::to_string(timeout));
  if (keep < 0 || keep > longest)
    return bad("keep_results_for_ms must be from 0 (no result) to 4294967295, not " +
               std::to_string(keep));
  if (r.max_attempts < 1 || r.max_attempts > 1'000)
    return bad("max_attempts must be from 1 to 1000, not " + std::to_string(r.max_attempts));
  if (r.priority < lowest_priority || r.priority > highest_priority)
    return bad("priority must be from -100 to 100, not " + std::to_string(r.priority));
  if (r.limit.times > 0 && r.limit.per.count() < 1)
    return bad("a rate needs a period of at least a millisecond");
  if (extras_of(r).size() > 65'535)
    return bad("the keys and later steps of " + r.function + " take more than 65,535 bytes");
  if ((r.concurrency > 0 || r.limit.times > 0) && r.limit_key.empty())
    return bad("a limit needs a key");
  return {};
}

std::string encode(const record& r) {
  auto extras = extras_of(r);
  std::string out;
  out.reserve(header_size + r.function.size() + extras.size() + r.param.size());
  out += static_cast<char>(version);
  out += static_cast<char>(r.special() ? 1 : 0);
  put(out, r.claims, 2);
  put(out, r.given_back, 2);
  put(out, r.max_attempts, 2);
  put(out, static_cast<std::uint64_t>(highest_priority - r.priority), 1);
  put(out, 0, 1);
  put(out, static_cast<std::uint64_t>(r.timeout.count()), 4);
  put(out, static_cast<std::uint64_t>(r.keep_result.count()), 4);
  put(out, r.function.size(), 2);
  put(out, extras.size(), 2);
  return out + r.function + extras + r.param;
}

bool has_usual_priority(std::string_view bytes) noexcept {
  return bytes.size() >= header_size && bytes[8] == static_cast<char>(highest_priority);
}

expected<record> decode(std::string_view bytes) {
  if (bytes.size() < header_size || static_cast<unsigned char>(bytes[0]) != version)
    return bad("these bytes are no task");
  const std::size_t function = get(bytes, 18, 2), extras = get(bytes, 20, 2);
  if (bytes.size() < header_size + function + extras) return bad("this task is cut short");
  record r;
  r.claims = static_cast<std::uint16_t>(get(bytes, 2, 2));
  r.given_back = static_cast<std::uint16_t>(get(bytes, 4, 2));
  r.max_attempts = static_cast<std::uint16_t>(get(bytes, 6, 2));
  r.priority = highest_priority - static_cast<int>(get(bytes, 8, 1));
  r.timeout = std::chrono::milliseconds{get(bytes, 10, 4)};
  r.keep_result = std::chrono::milliseconds{get(bytes, 14, 4)};
  r.function = bytes.substr(header_size, function);
  auto rest = bytes.substr(header_size + function, extras);
  while (rest.size() >= 5) {
    const std::size_t size = get(rest, 1, 4);
    if (rest.size() - 5 < size) return bad("the extras of this task are cut short");
    take_extra(r, rest[0], rest.substr(5, size));
    rest.remove_prefix(5 + size);
  }
  r.param = bytes.substr(header_size + function + extras);
  return r;
}

}  // namespace puff::tasks
