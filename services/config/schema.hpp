#pragma once

#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>

#include "services/config/settings.hpp"
#include "services/config/value.hpp"

namespace puff::config {

/// How a key's value is read from and written to its member of a settings struct.
struct binding {
  value_kind kind;
  value (*get)(const void* object);
  void (*set)(void* object, const value& v);
  std::span<const std::string_view> choices{};                   ///< all allowed texts; empty: any
  std::int64_t most = std::numeric_limits<std::int64_t>::max();  ///< what an integer member holds
};

/// One key of puff.toml. Its default is what a default-constructed struct holds.
struct key {
  std::string_view name;
  const binding* bound;
  std::string_view doc;        ///< one sentence or two
  std::string_view example{};  ///< TOML shown where the default is "not set"
  std::string_view
      environment{};          ///< variable; {NAME} stands for the name of its table, upper case
  std::string_view option{};  ///< command-line option; {name} stands for the name of its table
  std::string (*check)(std::string_view text) = nullptr;  ///< a complaint about a text, or ""
  std::int64_t low = 0, high = std::numeric_limits<std::int64_t>::max();
  bool required = false;
  bool sample = false;          ///< shown in the example though it may be left out
  bool one_or_many = false;     ///< a list that may be written as one string
  bool secret = false;          ///< a URL whose password is never shown
  std::string_view also{};      ///< a second spelling
  std::string_view fallback{};  ///< what stands in for "not set", where the struct cannot say it
};

/// One table of puff.toml (`[x]`, or `[[x]]` if `many`), with the tables inside it.
struct section {
  std::string_view name;  ///< empty for the root
  std::string_view doc;
  std::span<const key> keys;
  std::span<const section> tables{};
  bool many = false;
  std::string_view identity{};                         ///< of `many`: the key that names one
  void* (*open)(void* parent) = nullptr;               ///< the struct; of `many`: a new one
  std::size_t (*size)(const void* parent) = nullptr;   ///< how many there are
  void* (*at)(void* parent, std::size_t i) = nullptr;  ///< the i-th of them
  value (*initial)(const key& k) = nullptr;            ///< the default of one of `keys`
};

/// The whole table of keys, the only place that knows them.
const section& schema();

/// The default of `k`, a key of `in`.
value default_of(const section& in, const key& k);

}  // namespace puff::config
