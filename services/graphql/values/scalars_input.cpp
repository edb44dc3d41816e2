#include <cmath>
#include <limits>

#include "services/graphql/output/json_text.hpp"
#include "services/graphql/validation/suggestions.hpp"
#include "services/graphql/values/inspect.hpp"
#include "services/graphql/values/scalars.hpp"

namespace puff::graphql {
namespace {

using kind = value::kind;

graphql_error refused(std::string why) { return {.message = std::move(why)}; }

bool is_whole(const value& v) {
  return v.what() == kind::integer ||
         (v.what() == kind::real && std::isfinite(v.real()) && v.real() == std::trunc(v.real()));
}

double number(const value& v) {
  return v.what() == kind::integer ? static_cast<double>(v.integer()) : v.real();
}

result<value> parse_float(const value& v) {
  const bool ok = v.what() == kind::integer || (v.what() == kind::real && std::isfinite(v.real()));
  if (!ok) return refused("Float cannot represent non numeric value: " + inspect(v));
  return value{number(v)};
}

result<value> parse_string(const value& v) {
  if (!v.is_text()) return refused("String cannot represent a non string value: " + inspect(v));
  return v;
}

result<value> parse_boolean(const value& v) {
  if (v.what() != kind::boolean)
    return refused("Boolean cannot represent a non boolean value: " + inspect(v));
  return v;
}

result<value> parse_id(const value& v) {
  if (v.is_text()) return v;
  if (is_whole(v)) return value{inspect(v)};
  return refused("ID cannot represent value: " + inspect(v));
}

std::string meant(const named_type& type, const std::string& wrong) {
  std::vector<std::string_view> names;
  for (const auto& v : type.values) names.push_back(v.name);
  return did_you_mean("the enum value", suggestion_list(wrong, names));
}

result<value> parse_enum(const named_type& type, const value& v) {
  if (v.what() == kind::enumeration && type.find_value(v.enumeration()) != nullptr) return v;
  if (!v.is_text()) {
    const auto shown = inspect(v);
    return refused("Enum \"" + type.name + "\" cannot represent non-string value: " + shown + "." +
                   meant(type, shown));
  }
  if (type.find_value(v.text()) != nullptr) return value{enum_name{v.text()}};
  return refused("Value \"" + v.text() + "\" does not exist in \"" + type.name + "\" enum." +
                 meant(type, v.text()));
}

result<value> parse_own(const named_type& type, const value& v, const scalar_table& scalars) {
  if (type.position >= scalars.size() || scalars[type.position] == nullptr) return v;
  return scalars[type.position]->parse(v);
}

}  // namespace

result<value> parse_int(const value& v) {
  if (!is_whole(v)) return refused("Int cannot represent non-integer value: " + inspect(v));
  const auto n = number(v);
  if (n > std::numeric_limits<std::int32_t>::max() || n < std::numeric_limits<std::int32_t>::min())
    return refused("Int cannot represent non 32-bit signed integer value: " + inspect(v));
  return value{static_cast<std::int64_t>(n)};
}

result<value> parse_leaf(const named_type& type, const value& v, const scalar_table& scalars) {
  if (type.kind == type_kind::enum_) return parse_enum(type, v);
  switch (type.builtin) {
    case builtin_scalar::int_: return parse_int(v);
    case builtin_scalar::float_: return parse_float(v);
    case builtin_scalar::string: return parse_string(v);
    case builtin_scalar::boolean: return parse_boolean(v);
    case builtin_scalar::id: return parse_id(v);
    case builtin_scalar::other: break;
  }
  return parse_own(type, v, scalars);
}

}  // namespace puff::graphql
