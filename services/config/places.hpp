#pragma once

#include <functional>

#include "services/config/schema.hpp"

namespace puff::config {

/// One key of one table that exists in some settings.
struct place {
  const section& in;
  const key& what;
  void* object;          ///< the struct that holds the value
  std::string path;      ///< "server.bind", "postgres[0].url"
  std::string label;     ///< "server.bind", "postgres.default.url"
  std::string instance;  ///< "default"; empty outside `[[..]]`
};

/// The name of one of the tables of `in`; "" if it has none.
std::string identity_of(const section& in, const void* object);

/// Calls `f` for every key of every table of `s`, in the order of the schema.
void visit(settings& s, const std::function<void(const place&)>& f);

/// "PUFF_{NAME}_REDIS_URL" with its name filled in: upper case, '-' and '.' as '_'.
std::string environment_name(std::string_view pattern, std::string_view instance);
/// "--{name}-redis-url" with its name filled in.
std::string option_name(std::string_view pattern, std::string_view instance);

}  // namespace puff::config
