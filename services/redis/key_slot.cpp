#include "services/redis/key_slot.hpp"

#include <algorithm>
#include <array>
#include <cctype>

#include "services/redis/internal/wire_reader.hpp"

namespace puff::redis {
namespace {

/// Polynomial x^16 + x^12 + x^5 + 1, from zero, most significant bit first.
constexpr std::array<std::uint16_t, 256> crc_table() {
  std::array<std::uint16_t, 256> table{};
  for (std::size_t byte = 0; byte < table.size(); ++byte) {
    auto crc = static_cast<std::uint32_t>(byte << 8);
    for (int bit = 0; bit < 8; ++bit) crc = (crc << 1) ^ ((crc & 0x8000U) != 0 ? 0x1021U : 0U);
    table[byte] = static_cast<std::uint16_t>(crc);
  }
  return table;
}
constexpr auto table = crc_table();

std::string_view tag_of(std::string_view key) noexcept {
  const auto open = key.find('{');
  if (open == std::string_view::npos) return key;
  const auto close = key.find('}', open + 1);
  if (close == std::string_view::npos || close == open + 1) return key;
  return key.substr(open + 1, close - open - 1);
}

/// Where the first key of a command stands that is not the first word behind its name; 0: nowhere.
struct row {
  std::string_view name;
  std::size_t key;
};
constexpr std::array keys_elsewhere{
    row{"ACL", 0},        row{"BGREWRITEAOF", 0}, row{"BGSAVE", 0},     row{"BITOP", 2},
    row{"BLMPOP", 3},     row{"BZMPOP", 3},       row{"CLIENT", 0},     row{"CLUSTER", 0},
    row{"COMMAND", 0},    row{"CONFIG", 0},       row{"DBSIZE", 0},     row{"DEBUG", 0},
    row{"DISCARD", 0},    row{"ECHO", 0},         row{"EVAL", 3},       row{"EVALSHA", 3},
    row{"EVALSHA_RO", 3}, row{"EVAL_RO", 3},      row{"EXEC", 0},       row{"FCALL", 3},
    row{"FCALL_RO", 3},   row{"FLUSHALL", 0},     row{"FLUSHDB", 0},    row{"FUNCTION", 0},
    row{"INFO", 0},       row{"KEYS", 0},         row{"LASTSAVE", 0},   row{"LATENCY", 0},
    row{"LMPOP", 2},      row{"LOLWUT", 0},       row{"MEMORY", 2},     row{"MODULE", 0},
    row{"MULTI", 0},      row{"OBJECT", 2},       row{"PING", 0},       row{"PUBLISH", 0},
    row{"PUBSUB", 0},     row{"RANDOMKEY", 0},    row{"ROLE", 0},       row{"SAVE", 0},
    row{"SCAN", 0},       row{"SCRIPT", 0},       row{"SINTERCARD", 2}, row{"SLOWLOG", 0},
    row{"SWAPDB", 0},     row{"TIME", 0},         row{"WAIT", 0},       row{"XGROUP", 2},
    row{"XINFO", 2},      row{"ZDIFF", 2},        row{"ZINTER", 2},     row{"ZINTERCARD", 2},
    row{"ZMPOP", 2},      row{"ZUNION", 2},
};
static_assert(std::is_sorted(keys_elsewhere.begin(), keys_elsewhere.end(),
                             [](const row& a, const row& b) { return a.name < b.name; }));

bool before(std::string_view upper, std::string_view given) noexcept {
  return std::lexicographical_compare(upper.begin(), upper.end(), given.begin(), given.end(),
                                      [](char a, char b) {
                                        return std::toupper(static_cast<unsigned char>(a)) <
                                               std::toupper(static_cast<unsigned char>(b));
                                      });
}

std::size_t behind_streams(std::span<const std::string_view> parts) noexcept {
  for (std::size_t i = 1; i < parts.size(); ++i)
    if (internal::is_command(parts[i], "STREAMS")) return i + 1;
  return 0;
}

std::size_t place_of_key(std::span<const std::string_view> parts) noexcept {
  if (internal::is_command(parts[0], "XREAD") || internal::is_command(parts[0], "XREADGROUP"))
    return behind_streams(parts);
  auto at =
      std::lower_bound(keys_elsewhere.begin(), keys_elsewhere.end(), parts[0],
                       [](const row& r, std::string_view name) { return before(r.name, name); });
  if (at == keys_elsewhere.end() || !internal::is_command(parts[0], at->name)) return 1;
  // A script or function may have no keys.
  if (at->key == 3 && parts.size() > 2 && parts[2] == "0") return 0;
  return at->key;
}

}  // namespace

std::uint16_t slot_of(std::string_view key) noexcept {
  std::uint16_t crc = 0;
  for (char c : tag_of(key))
    crc = static_cast<std::uint16_t>((crc << 8) ^
                                     table[((crc >> 8) ^ static_cast<unsigned char>(c)) & 0xFFU]);
  return crc % slots;
}

std::optional<std::string_view> first_key(std::span<const std::string_view> parts) noexcept {
  if (parts.empty()) return std::nullopt;
  const auto at = place_of_key(parts);
  if (at == 0 || at >= parts.size()) return std::nullopt;
  return parts[at];
}

}  // namespace puff::redis
