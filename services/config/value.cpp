#include "services/config/value.hpp"

namespace puff::config {
namespace {

struct toml_writer {
  std::string operator()(std::monostate) const { return {}; }
  std::string operator()(bool v) const { return v ? "true" : "false"; }
  std::string operator()(std::int64_t v) const { return std::to_string(v); }
  std::string operator()(const std::string& v) const { return toml_text(v); }
  std::string operator()(const std::vector<std::string>& v) const {
    std::string out = "[";
    for (const auto& item : v) {
      if (out.size() > 1) out += ", ";
      out += toml_text(item);
    }
    return out + "]";
  }
};

void append_escape(std::string& out, unsigned char c) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  out += "\\u00";
  out += digits[c >> 4];
  out += digits[c & 15];
}

}  // namespace

std::string_view name_of(value_kind kind) noexcept {
  switch (kind) {
    case value_kind::boolean: return "boolean";
    case value_kind::integer: return "integer";
    case value_kind::text: return "string";
    case value_kind::list: return "array of strings";
  }
  return "value";
}

std::string to_toml(const value& v) { return std::visit(toml_writer{}, v); }

std::string toml_text(std::string_view text) {
  std::string out = "\"";
  for (char c : text) {
    switch (c) {
      case '"': out += "\\\""; break;
      case '\\': out += "\\\\"; break;
      case '\n': out += "\\n"; break;
      case '\t': out += "\\t"; break;
      case '\r': out += "\\r"; break;
      default:
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
          append_escape(out, static_cast<unsigned char>(c));
        else
          out += c;
    }
  }
  return out + '"';
}

}  // namespace puff::config
