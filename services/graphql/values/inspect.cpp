#include "services/graphql/values/inspect.hpp"

#include <algorithm>
#include <cmath>

#include "services/graphql/output/json_text.hpp"

namespace puff::graphql {
namespace {

constexpr int max_depth = 2;
constexpr std::size_t max_items = 10;

std::string real_text(double v) {
  if (std::isnan(v)) return "NaN";
  if (std::isinf(v)) return v < 0 ? "-Infinity" : "Infinity";
  std::string out;
  append_real(out, v);
  return out;
}

std::string integer_text(std::int64_t v) {
  std::string out;
  append_integer(out, v);
  return out;
}

template <class Item>
std::string list_text(std::size_t size, int depth, Item item) {
  if (size == 0) return "[]";
  if (depth > max_depth) return "[Array]";
  std::string out = "[";
  for (std::size_t i = 0; i < std::min(size, max_items); ++i) {
    if (i != 0) out += ", ";
    out += item(i);
  }
  const auto rest = size - std::min(size, max_items);
  if (rest != 0) out += ", ... " + std::to_string(rest) + " more item" + (rest > 1 ? "s" : "");
  return out + "]";
}

std::string text_of(const value& v, int depth);

std::string object_text(const value_object& entries, int depth) {
  if (entries.empty()) return "{}";
  if (depth > max_depth) return "[Object]";
  std::string out = "{ ";
  for (const auto& [name, entry] : entries) {
    if (out.size() > 2) out += ", ";
    out += name + ": " + text_of(entry, depth);
  }
  return out + " }";
}

std::string text_of(const value& v, int depth) {
  switch (v.what()) {
    case value::kind::null: return "null";
    case value::kind::boolean: return v.boolean() ? "true" : "false";
    case value::kind::integer: return integer_text(v.integer());
    case value::kind::real: return real_text(v.real());
    case value::kind::text: return quoted(v.text());
    case value::kind::enumeration: return quoted(v.enumeration());
    case value::kind::list:
      return list_text(v.list().size(), depth + 1,
                       [&](std::size_t i) { return text_of(v.list()[i], depth + 1); });
    case value::kind::object: return object_text(v.object(), depth + 1);
    case value::kind::failure: return v.failure().message;
    case value::kind::outside: return text_of(v.plain(), depth);
  }
  return {};
}

std::string text_of(const cell& c, const column& of, int depth) {
  switch (c.what) {
    case cell::kind::null: return "null";
    case cell::kind::failure: return c.failure_->message;
    case cell::kind::boolean: return c.boolean_ ? "true" : "false";
    case cell::kind::integer: return integer_text(c.integer_);
    case cell::kind::real: return real_text(c.real_);
    case cell::kind::text: return quoted(c.text());
    case cell::kind::json:
    case cell::kind::opaque: return std::string{c.text()};
    case cell::kind::list:
      return list_text(c.list_.end - c.list_.begin, depth + 1, [&](std::size_t i) {
        return text_of(of.items()->at(c.list_.begin + i), *of.items(), depth + 1);
      });
    case cell::kind::object: return of.objects()->describe(c.row_);
  }
  return {};
}

}  // namespace

std::string inspect(const value& v) { return text_of(v, 0); }
std::string inspect(const cell& c, const column& of) { return text_of(c, of, 0); }

}  // namespace puff::graphql
