#include "bridge/postgres/bindable.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <limits>
#include <unordered_map>

#include "bridge/postgres/literals.hpp"

namespace puff::bridge::postgres {
namespace {

/// Before that a statement is not looked at.
constexpr unsigned often_enough = 5;
constexpr std::size_t most_templates = 2'000;
constexpr std::size_t longest_template = 10'000;
constexpr std::uint32_t int4_type = 23;

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

bool is_operator(char c) {
  return std::string_view{"+-*/<>=~!@#%^&|`?:"}.find(c) != std::string_view::npos;
}

/// The word at the beginning, in capitals; empty if it is none, or a long one.
std::string first_word(std::string_view text) {
  const auto end = std::find_if_not(text.begin(), text.end(), is_word);
  std::string word{text.begin(), end};
  if (word.size() > 16) return {};
  for (auto& c : word) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return word;
}

std::string_view without_leading_space(std::string_view text) {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  return text;
}

template <std::size_t N>
bool is_one_of(const std::array<std::string_view, N>& all, std::string_view what) {
  return std::find(all.begin(), all.end(), what) != all.end();
}

std::string_view without_trailing_space(std::string_view text) {
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

/// Whether the text ends with the name of a column, as far as can be seen.
bool ends_with_name(std::string_view text) {
  if (text.ends_with('"')) return true;
  auto start = text.size();
  while (start > 0 && is_word(text[start - 1])) --start;
  return start < text.size() && std::isdigit(static_cast<unsigned char>(text[start])) == 0;
}

bool ends_with_comparison_of_column(std::string_view before) {
  before = without_trailing_space(before);
  auto start = before.size();
  while (start > 0 && is_operator(before[start - 1])) --start;
  constexpr std::array<std::string_view, 7> comparisons{"=", "<", ">", "<=", ">=", "<>", "!="};
  return is_one_of(comparisons, before.substr(start)) &&
         ends_with_name(without_trailing_space(before.substr(0, start)));
}

/// Whether an expression that ends here goes on no further.
bool begins_with_end(std::string_view after) {
  constexpr std::array<std::string_view, 9> followers{
      "AND", "OR", "WHERE", "GROUP", "ORDER", "LIMIT", "OFFSET", "FOR", "RETURNING"};
  if (after.empty() || after.front() == ')' || after.front() == ',') return true;
  if (!is_space(after.front())) return false;
  after = without_leading_space(after);
  return after.empty() || after.front() == ')' || after.front() == ',' ||
         is_one_of(followers, first_word(after));
}

struct known_template {
  unsigned seen = 0;
  std::optional<bindable_statement> bindable;
};

/// Guarded by the GIL.
std::unordered_map<std::string, known_template>& templates() {
  static std::unordered_map<std::string, known_template> all;
  return all;
}

/// The statement's, if it has come often enough and is one that may be bound.
const bindable_statement* repeated(std::string_view sql) {
  auto& all = templates();
  thread_local std::string key;
  key = sql;
  auto found = all.find(key);
  if (found == all.end()) {
    if (all.size() >= most_templates) all.clear();
    found = all.emplace(key, known_template{}).first;
  }
  auto& known = found->second;
  if (known.seen < often_enough && ++known.seen == often_enough) known.bindable = as_bindable(sql);
  return known.bindable ? &*known.bindable : nullptr;
}

/// PostgreSQL reads the digits first and then the sign, so that its smallest integer is a bigint.
bool is_int4_literal(long long number) {
  constexpr long long most = std::numeric_limits<std::int32_t>::max();
  return number >= -most && number <= most;
}

bool add_integer(PyObject* value, sql_request& request) {
  if (!PyLong_CheckExact(value) || !is_written_here(value)) return false;
  int overflow = 0;
  const auto number = PyLong_AsLongLongAndOverflow(value, &overflow);
  if (overflow != 0 || !is_int4_literal(number)) return false;
  request.types.push_back(int4_type);
  request.sets[0].values.emplace_back(std::to_string(number));
  return true;
}

bool add_integers(PyObject* vars, std::size_t places, sql_request& request) {
  if (static_cast<std::size_t>(PySequence_Fast_GET_SIZE(vars)) != places) return false;
  auto** items = PySequence_Fast_ITEMS(vars);
  request.sets.emplace_back();
  if (std::all_of(items, items + places, [&](auto* item) { return add_integer(item, request); }))
    return true;
  request.sets.clear();
  request.types.clear();
  return false;
}

/// Reads a statement once from its beginning to its end.
class template_reader {
 public:
  template_reader(std::string_view sql, bool assigns) : sql_(sql), assigning_(assigns) {}

  std::optional<bindable_statement> read() {
    for (; at_ < sql_.size(); ++at_)
      if (!(in_name_ ? read_name() : read_code())) return std::nullopt;
    if (in_name_ || made_.places == 0) return std::nullopt;
    return std::move(made_);
  }

 private:
  std::string_view rest() const { return sql_.substr(at_); }
  bool take() {
    made_.text += sql_[at_];
    return true;
  }

  bool read_name() {
    if (sql_[at_] == '%') return false;
    if (sql_[at_] == '"') in_name_ = false;
    return take();
  }

  bool read_code() {
    const char c = sql_[at_];
    if (rest().starts_with("--") || rest().starts_with("/*")) return false;
    if (std::string_view{"'$;\\"}.find(c) != std::string_view::npos) return false;
    if (c == '%') return read_place();
    if (c == '"') in_name_ = true;
    if (c == '(') ++depth_;
    if (c == ')') --depth_;
    if (is_word(c) && (at_ == 0 || !is_word(sql_[at_ - 1]))) return read_word();
    return take();
  }

  bool read_word() {
    const auto word = first_word(rest());
    if (word == "INTO") return false;
    if (word == "WHERE" && depth_ == 0) assigning_ = false;
    return take();
  }

  /// Behind `SET a =` a constant is converted at once, a value only if there are rows to change.
  bool read_place() {
    if (assigning_ || !rest().starts_with("%s") || !ends_with_comparison_of_column(made_.text) ||
        !begins_with_end(rest().substr(2)))
      return false;
    made_.text += '$' + std::to_string(++made_.places);
    ++at_;
    return true;
  }

  std::string_view sql_;
  std::size_t at_ = 0;
  int depth_ = 0;
  bool in_name_ = false;
  bool assigning_;  // in the part of an UPDATE where = does not compare
  bindable_statement made_;
};

}  // namespace

std::optional<bindable_statement> as_bindable(std::string_view sql) {
  constexpr std::array<std::string_view, 3> kinds{"SELECT", "UPDATE", "DELETE"};
  const auto what = first_word(without_leading_space(sql));
  if (!is_one_of(kinds, what)) return std::nullopt;
  template_reader reader{sql, what == "UPDATE"};
  return reader.read();
}

bool bind_if_repeated(PyObject* query, PyObject* vars, sql_request& request) {
  if (!PyTuple_CheckExact(vars) && !PyList_CheckExact(vars)) return true;
  if (!PyUnicode_CheckExact(query) || !PyUnicode_IS_ASCII(query)) return true;
  Py_ssize_t size = 0;
  const auto* text = PyUnicode_AsUTF8AndSize(query, &size);
  if (!text) return false;
  if (static_cast<std::size_t>(size) > longest_template) return true;
  const auto* known = repeated({text, static_cast<std::size_t>(size)});
  if (!known || !add_integers(vars, known->places, request)) return true;
  request.what = sql_request::kind::bound;
  request.literal_text = std::move(request.text);
  request.text = known->text;
  return true;
}

}  // namespace puff::bridge::postgres
