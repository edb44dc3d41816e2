#include "services/graphql/execute/declared_sql.hpp"

#include <algorithm>
#include <functional>
#include <numeric>
#include <span>

#include "services/graphql/execute/join.hpp"
#include "services/graphql/execute/sql_rows.hpp"
#include "services/graphql/output/json_text.hpp"
#include "services/graphql/values/coercion.hpp"
#include "services/graphql/values/inspect.hpp"

namespace puff::graphql {
namespace {

void append_element(std::string& array, std::string_view text) {
  array += '"';
  for (const char c : text) {
    if (c == '"' || c == '\\') array += '\\';
    array += c;
  }
  array += '"';
}

std::string array_text(const value_list& items) {
  std::string out = "{";
  for (const auto& item : items) {
    if (out.size() > 1) out += ',';
    const auto text = sql_text(item);
    if (!text)
      out += "NULL";
    else if (item.is_list())
      out += *text;
    else
      append_element(out, *text);
  }
  return out + "}";
}

std::string key_text(const cell& c, const column& of) {
  return c.what == cell::kind::text ? std::string{c.text()} : inspect(c, of);
}

bool key_less(const cell& a, const cell& b, const column& of_a, const column& of_b) {
  const auto x = whole_number(a), y = whole_number(b);
  if (x && y) return *x < *y;
  if (x.has_value() != y.has_value()) return x.has_value();
  return key_text(a, of_a) < key_text(b, of_b);
}

/// Whether rows that came in the order of their key have each of them once.
bool are_ascending(const std::vector<column_ptr>& columns, std::size_t rows) noexcept {
  const auto* numbers = columns.size() == 1 ? columns.front()->whole_numbers() : nullptr;
  return numbers != nullptr &&
         std::adjacent_find(numbers, numbers + rows, std::greater_equal{}) == numbers + rows;
}

/// The rows that have each distinct key first, in the order of the keys.
std::vector<std::uint32_t> distinct(const std::vector<column_ptr>& columns, std::size_t rows) {
  std::vector<std::uint32_t> out;
  if (are_ascending(columns, rows)) {
    out.resize(rows);
    std::iota(out.begin(), out.end(), 0u);
    return out;
  }
  key_index keys{rows};
  for (std::size_t row = 0; row < rows; ++row)
    if (keys.add(columns, row) == out.size()) out.push_back(static_cast<std::uint32_t>(row));
  std::sort(out.begin(), out.end(), [&](std::uint32_t a, std::uint32_t b) {
    for (const auto& c : columns) {
      if (key_less(c->at(a), c->at(b), *c, *c)) return true;
      if (key_less(c->at(b), c->at(a), *c, *c)) return false;
    }
    return false;
  });
  return out;
}

std::string keys_text(const column& keys, std::span<const std::uint32_t> rows) {
  std::string out = "{";
  for (const auto row : rows) {
    if (out.size() > 1) out += ',';
    const auto c = keys.at(row);
    if (c.what == cell::kind::integer)
      append_integer(out, c.integer_);
    else
      append_element(out, key_text(c, keys));
  }
  return out + "}";
}

std::vector<std::string> key_names(const sql_field& declared) {
  std::vector<std::string> out;
  for (const auto& p : declared.parameters)
    if (p.what == sql_parameter::kind::parent_key) out.push_back(p.name);
  return out;
}

/// With the keys of these rows.
sql_statement bind(const sql_field& declared, const key_columns& keys,
                   std::span<const std::uint32_t> rows, const value_object& arguments) {
  sql_statement out{declared.text, {}, {}};
  std::size_t key = 0;
  for (const auto& p : declared.parameters) {
    auto type = p.type;
    auto& bound = out.values.values.emplace_back();
    if (p.what == sql_parameter::kind::parent_key) {
      const auto& column = *keys.columns[key++];
      if (type == 0) type = array_type_of(sql_type_of(column));
      bound = keys_text(column, rows);
    } else if (p.what == sql_parameter::kind::constant) {
      bound = sql_text(p.constant);
    } else if (const auto* argument = find_variable(arguments, p.name)) {
      bound = sql_text(*argument);
    }
    out.types.push_back(type);
  }
  return out;
}

}  // namespace

std::optional<std::string> sql_text(const value& v) {
  switch (v.what()) {
    case value::kind::null:
    case value::kind::failure: return std::nullopt;
    case value::kind::boolean: return v.boolean() ? "t" : "f";
    case value::kind::integer:
    case value::kind::real: return inspect(v);
    case value::kind::text: return v.text();
    case value::kind::enumeration: return v.enumeration();
    case value::kind::list: return array_text(v.list());
    case value::kind::object: return to_json(v);
    case value::kind::outside: return sql_text(v.plain());
  }
  return std::nullopt;
}

bound_statements bind_keys(const sql_field& declared, const row_set& parents,
                           const value_object& arguments, std::size_t max_keys) {
  const auto keys = find_columns(parents, key_names(declared));
  if (!keys.missing.empty())
    return {{}, "asks by \"" + keys.missing + "\", which its parents lack"};
  if (keys.columns.empty()) return {{bind(declared, keys, {}, arguments)}, {}};
  const auto rows = distinct(keys.columns, parents.size());
  bound_statements out;
  for (std::span<const std::uint32_t> left = rows; !left.empty();) {
    const auto some = left.first(std::min(left.size(), max_keys));
    out.statements.push_back(bind(declared, keys, some, arguments));
    left = left.subspan(some.size());
  }
  return out;
}

}  // namespace puff::graphql
