#include "services/graphql/values/column.hpp"

#include "services/graphql/output/json_writer.hpp"
#include "services/graphql/values/scalars.hpp"

namespace puff::graphql {

std::string_view row_set::type_name(std::size_t row) const {
  const auto names_of = find("__typename");
  if (names_of == nullptr) return {};
  const auto c = names_of->at(row);
  return c.what == cell::kind::text ? c.text() : std::string_view{};
}

std::string row_set::write_json(std::size_t row, json_writer& out) const {
  char before = '{';
  for (const auto name : names()) {
    out.put(before);
    before = ',';
    out.text(name);
    out.put(':');
    const auto values = find(name);
    if (auto why = serialise_any(values->at(row), *values, out); !why.empty()) return why;
  }
  if (before == '{') out.put('{');
  out.put('}');
  return {};
}

}  // namespace puff::graphql
