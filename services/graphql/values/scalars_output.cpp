#include <charconv>
#include <cmath>
#include <limits>
#include <optional>

#include "services/graphql/values/inspect.hpp"
#include "services/graphql/values/scalars.hpp"

namespace puff::graphql {
namespace {

using kind = cell::kind;

constexpr std::string_view blanks = " \t\n\r\v\f";

/// A text as JavaScript's Number reads decimal numbers, not empty.
std::optional<double> number_of(std::string_view text) {
  const auto first = text.find_first_not_of(blanks);
  if (first == std::string_view::npos) return text.empty() ? std::nullopt : std::optional{0.0};
  text = text.substr(first, text.find_last_not_of(blanks) - first + 1);
  if (text.front() == '+') text.remove_prefix(1);
  const auto digits = text.substr(!text.empty() && text.front() == '-' ? 1 : 0);
  if (digits.empty() || (digits.front() != '.' && (digits.front() < '0' || digits.front() > '9')))
    return std::nullopt;
  double out = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (failed != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return out;
}

/// The number that a cell means to Int and Float.
std::optional<double> number_of(const cell& c) {
  switch (c.what) {
    case kind::boolean: return c.boolean_ ? 1 : 0;
    case kind::integer: return static_cast<double>(c.integer_);
    case kind::real: return c.real_;
    case kind::text: return number_of(c.text());
    default: return std::nullopt;
  }
}

bool fits(double n) {
  return n <= std::numeric_limits<std::int32_t>::max() &&
         n >= std::numeric_limits<std::int32_t>::min();
}

std::string write_int(const cell& c, const column& of, json_writer& out) {
  if (c.what == kind::integer && c.integer_ == static_cast<std::int32_t>(c.integer_)) {
    out.integer(c.integer_);
    return {};
  }
  const auto n = number_of(c);
  if (!n || !std::isfinite(*n) || *n != std::trunc(*n))
    return "Int cannot represent non-integer value: " + inspect(c, of);
  if (!fits(*n)) return "Int cannot represent non 32-bit signed integer value: " + inspect(c, of);
  out.integer(static_cast<std::int64_t>(*n));
  return {};
}

std::string write_float(const cell& c, const column& of, json_writer& out) {
  if (c.what == kind::integer) {
    out.integer(c.integer_);
    return {};
  }
  const auto n = number_of(c);
  if (!n || !std::isfinite(*n))
    return "Float cannot represent non numeric value: " + inspect(c, of);
  out.real(*n);
  return {};
}

std::string write_string(const cell& c, const column& of, json_writer& out) {
  switch (c.what) {
    case kind::text: out.text(c.text()); return {};
    case kind::boolean: out.text(c.boolean_ ? "true" : "false"); return {};
    case kind::real:
      if (!std::isfinite(c.real_)) break;
      [[fallthrough]];
    case kind::integer: out.text(inspect(c, of)); return {};
    default: break;
  }
  return "String cannot represent value: " + inspect(c, of);
}

std::string write_boolean(const cell& c, const column& of, json_writer& out) {
  switch (c.what) {
    case kind::boolean: out.boolean(c.boolean_); return {};
    case kind::integer: out.boolean(c.integer_ != 0); return {};
    case kind::real:
      if (!std::isfinite(c.real_)) break;
      out.boolean(c.real_ != 0);
      return {};
    default: break;
  }
  return "Boolean cannot represent a non boolean value: " + inspect(c, of);
}

std::string write_id(const cell& c, const column& of, json_writer& out) {
  const bool whole =
      c.what == kind::real && std::isfinite(c.real_) && c.real_ == std::trunc(c.real_);
  if (c.what == kind::text)
    out.text(c.text());
  else if (c.what == kind::integer || whole)
    out.text(inspect(c, of));
  else
    return "ID cannot represent value: " + inspect(c, of);
  return {};
}

std::string write_enum(const named_type& type, const cell& c, const column& of, json_writer& out) {
  if (c.what != kind::text || type.find_value(c.text()) == nullptr)
    return "Enum \"" + type.name + "\" cannot represent value: " + inspect(c, of);
  out.text(c.text());
  return {};
}

std::string write_own(const named_type& type, const cell& c, const column& of,
                      const scalar_table& scalars, json_writer& out) {
  const auto mark = out.size();
  const bool plain = type.position >= scalars.size() || scalars[type.position] == nullptr;
  auto why = plain ? serialise_any(c, of, out) : scalars[type.position]->serialise(c, of, out);
  if (!why.empty()) out.rewind(mark);
  return why;
}

std::string write_list(const cell& c, const column& of, json_writer& out) {
  out.put('[');
  for (auto i = c.list_.begin; i != c.list_.end; ++i) {
    if (i != c.list_.begin) out.put(',');
    if (auto why = serialise_any(of.items()->at(i), *of.items(), out); !why.empty()) return why;
  }
  out.put(']');
  return {};
}

}  // namespace

std::string scalar_codec::serialise(const cell& c, const column& of, json_writer& out) const {
  return serialise_any(c, of, out);
}

std::string serialise_any(const cell& c, const column& of, json_writer& out) {
  switch (c.what) {
    case kind::null: out.null(); return {};
    case kind::failure: return c.failure_->message;
    case kind::boolean: out.boolean(c.boolean_); return {};
    case kind::integer: out.integer(c.integer_); return {};
    case kind::real:
      if (!std::isfinite(c.real_)) return "JSON cannot represent " + inspect(c, of);
      out.real(c.real_);
      return {};
    case kind::text: out.text(c.text()); return {};
    case kind::json: out.raw(c.text()); return {};
    case kind::list: return write_list(c, of, out);
    case kind::object: return of.objects()->write_json(c.row_, out);
    case kind::opaque: break;
  }
  return "JSON cannot represent " + inspect(c, of);
}

std::string serialise_leaf(const named_type& type, const cell& c, const column& of,
                           const scalar_table& scalars, json_writer& out) {
  if (type.kind == type_kind::enum_) return write_enum(type, c, of, out);
  switch (type.builtin) {
    case builtin_scalar::int_: return write_int(c, of, out);
    case builtin_scalar::float_: return write_float(c, of, out);
    case builtin_scalar::string: return write_string(c, of, out);
    case builtin_scalar::boolean: return write_boolean(c, of, out);
    case builtin_scalar::id: return write_id(c, of, out);
    case builtin_scalar::other: break;
  }
  return write_own(type, c, of, scalars, out);
}

}  // namespace puff::graphql
