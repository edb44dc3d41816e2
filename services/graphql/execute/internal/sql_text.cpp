#include "services/graphql/execute/internal/sql_text.hpp"

#include <charconv>
#include <string>

namespace puff::graphql::internal {
namespace {

template <class Number>
cell number(std::string_view text) noexcept {
  Number v{};
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), v);
  if (failed != std::errc{} || end != text.data() + text.size()) return cell::of(text);
  return cell::of(v);
}

cell whole_number(std::string_view text) noexcept {
  const bool negative = text.starts_with('-');
  std::uint64_t v = 0;
  if (text.size() > 18 || text.size() == (negative ? 1 : 0)) return number<std::int64_t>(text);
  for (const char c : text.substr(negative ? 1 : 0)) {
    const auto digit = static_cast<unsigned char>(c - '0');
    if (digit > 9) return cell::of(text);
    v = v * 10 + digit;
  }
  const auto whole = static_cast<std::int64_t>(v);
  return cell::of(negative ? -whole : whole);
}

/// "2026-01-31 12:00:00.5+02" becomes "2026-01-31T12:00:00.5+02:00".
std::string iso_time(std::string_view text) {
  std::string out{text};
  if (out.size() < 19 || out[10] != ' ') return out;
  out[10] = 'T';
  const auto zone = out.find_first_of("+-", 19);
  if (zone != std::string::npos && out.size() - zone == 3) out += ":00";
  return out;
}

std::string uuid_text(std::string_view bytes) {
  static constexpr char digits[] = "0123456789abcdef";
  std::string out;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) out += '-';
    out += digits[static_cast<unsigned char>(bytes[i]) >> 4];
    out += digits[bytes[i] & 15];
  }
  return out;
}

void add_cell(column_builder& out, const cell& c) {
  switch (c.what) {
    case cell::kind::boolean: return out.boolean(c.boolean_);
    case cell::kind::integer: return out.integer(c.integer_);
    case cell::kind::real: return out.real(c.real_);
    case cell::kind::json: return out.json(c.text());
    default: return out.text(c.text());
  }
}

/// Reads the text of an array: "{1,NULL,"a \"b\""}", nested "{{1,2},{3,4}}", with bounds
/// "[0:1]={1,2}".
class array_reader {
 public:
  array_reader(std::string_view text, sql_kind kind) : text_(text), kind_(kind) {
    if (text_.starts_with('[')) at_ = text_.find('=') + 1;
  }

  void read(column_builder& out) {
    ++at_;  // {
    out.begin_list();
    auto& items = out.items();
    while (at_ < text_.size() && text_[at_] != '}') {
      if (text_[at_] == ',') ++at_;
      item(items);
    }
    ++at_;
    out.end_list();
  }

 private:
  void item(column_builder& out) {
    if (text_[at_] == '{') return read(out);
    if (text_[at_] == '"') return add_text(out, {kind_, false}, quoted());
    const auto end = text_.find_first_of(",}", at_);
    const auto plain = text_.substr(at_, end - at_);
    at_ = end;
    if (plain == "NULL") return out.null();
    add_text(out, {kind_, false}, plain);
  }

  std::string_view quoted() {
    scratch_.clear();
    for (++at_; at_ < text_.size() && text_[at_] != '"'; ++at_) {
      if (text_[at_] == '\\') ++at_;
      scratch_ += text_[at_];
    }
    ++at_;
    return scratch_;
  }

  std::string_view text_;
  sql_kind kind_;
  std::size_t at_ = 0;
  std::string scratch_;
};

}  // namespace

sql_type sql_type_of(std::uint32_t oid) noexcept {
  switch (oid) {
    case 16: return {sql_kind::boolean, false};
    case 1000: return {sql_kind::boolean, true};
    case 20:
    case 21:
    case 23:
    case 26: return {sql_kind::integer, false};
    case 1005:
    case 1007:
    case 1016:
    case 1028: return {sql_kind::integer, true};
    case 700:
    case 701: return {sql_kind::real, false};
    case 1021:
    case 1022: return {sql_kind::real, true};
    case 114: return {sql_kind::json, false};
    case 199: return {sql_kind::json, true};
    case 3802: return {sql_kind::jsonb, false};
    case 3807: return {sql_kind::jsonb, true};
    case 1114:
    case 1184: return {sql_kind::timestamp, false};
    case 1115:
    case 1185: return {sql_kind::timestamp, true};
    case 2950: return {sql_kind::uuid, false};
    case 2951: return {sql_kind::uuid, true};
    case 18:
    case 19:
    case 25:
    case 705:
    case 1042:
    case 1043: return {sql_kind::text, false};
    case 1002:
    case 1003:
    case 1009:
    case 1014:
    case 1015: return {sql_kind::text, true};
    case 1182:
    case 1183:
    case 1231:
    case 1270:
    case 1187: return {sql_kind::other, true};
    default: return {};
  }
}

cell cell_of(sql_kind kind, std::string_view text) noexcept {
  switch (kind) {
    case sql_kind::boolean: return cell::of(text == "t");
    case sql_kind::integer: return whole_number(text);
    case sql_kind::real: return number<double>(text);
    case sql_kind::json:
    case sql_kind::jsonb: return cell::of(text, cell::kind::json);
    default: return cell::of(text);
  }
}

void add_text(column_builder& out, const sql_type& type, std::string_view text) {
  if (type.is_array) return array_reader{text, type.kind}.read(out);
  if (type.kind == sql_kind::timestamp) return out.text(iso_time(text));
  add_cell(out, cell_of(type.kind, text));
}

void add_binary(column_builder& out, const sql_type& type, std::string_view bytes) {
  if (!type.is_array && type.kind == sql_kind::uuid) return out.text(uuid_text(bytes));
  out.opaque("binary value");
}

}  // namespace puff::graphql::internal
