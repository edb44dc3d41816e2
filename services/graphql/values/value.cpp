#include "services/graphql/values/value.hpp"

#include "services/graphql/output/json_text.hpp"

namespace puff::graphql {
namespace {

struct json_of {
  std::string& out;

  void operator()(std::monostate) const { out += "null"; }
  void operator()(bool v) const { out += v ? "true" : "false"; }
  void operator()(std::int64_t v) const { append_integer(out, v); }
  void operator()(double v) const { append_real(out, v); }
  void operator()(const std::string& v) const { append_quoted(out, v); }
  void operator()(const enum_name& v) const { append_quoted(out, v.name); }

  void operator()(const value_list& v) const {
    out += '[';
    for (std::size_t i = 0; i < v.size(); ++i) {
      if (i != 0) out += ',';
      append_json(out, v[i]);
    }
    out += ']';
  }

  void operator()(const value_object& v) const {
    out += '{';
    for (std::size_t i = 0; i < v.size(); ++i) {
      if (i != 0) out += ',';
      append_quoted(out, v[i].first);
      out += ':';
      append_json(out, v[i].second);
    }
    out += '}';
  }
};

}  // namespace

const value* value::find(std::string_view name) const noexcept {
  const auto* entries = std::get_if<value_object>(&data_);
  if (entries == nullptr) return nullptr;
  for (const auto& [key, entry] : *entries)
    if (key == name) return &entry;
  return nullptr;
}

void append_json(std::string& out, const value& v) {
  switch (v.what()) {
    case value::kind::null: return json_of{out}(std::monostate{});
    case value::kind::boolean: return json_of{out}(v.boolean());
    case value::kind::integer: return json_of{out}(v.integer());
    case value::kind::real: return json_of{out}(v.real());
    case value::kind::text: return json_of{out}(v.text());
    case value::kind::enumeration: return json_of{out}(enum_name{v.enumeration()});
    case value::kind::list: return json_of{out}(v.list());
    case value::kind::object: return json_of{out}(v.object());
    case value::kind::failure: return json_of{out}(std::monostate{});
    case value::kind::outside: return append_json(out, v.plain());
  }
}

std::string to_json(const value& v) {
  std::string out;
  append_json(out, v);
  return out;
}

}  // namespace puff::graphql
