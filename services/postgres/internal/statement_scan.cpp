#include "services/postgres/internal/statement_scan.hpp"

#include <algorithm>
#include <array>

namespace puff::postgres::internal {
namespace {

bool is_digit(char c) noexcept { return c >= '0' && c <= '9'; }
bool begins_word(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || (c & 0x80) != 0;
}
bool continues_word(char c) noexcept { return begins_word(c) || is_digit(c) || c == '$'; }
char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }

template <std::size_t N>
bool is_one_of(std::string_view word, const std::array<std::string_view, N>& list) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

/// Goes over a text of SQL and tells `reader` of each word (in lower case, cut after 32 characters)
/// and of each end of a statement.
template <class Reader>
class lexer {
 public:
  lexer(std::string_view sql, backslashes in_quotes, Reader& reader)
      : sql_(sql), in_quotes_(in_quotes), reader_(reader) {}

  void run() {
    while (at_ < sql_.size()) step(sql_[at_]);
  }

 private:
  char peek(std::size_t ahead = 1) const noexcept {
    return at_ + ahead < sql_.size() ? sql_[at_ + ahead] : '\0';
  }

  void step(char c) {
    if (begins_word(c)) return word();
    if (c == '\'') return quoted(in_quotes_);
    if (c == '"') return skip_past("\"", 1);
    if (c == '-' && peek() == '-') return skip_past("\n", 2);
    if (c == '/' && peek() == '*') return comment();
    if (c == '$') return dollar();
    if (c == ';') reader_.on_end();
    if (is_digit(c)) return number();
    ++at_;
  }

  void word() {
    std::array<char, 32> lowered{};
    std::size_t size = 0;
    auto begin = at_;
    for (; at_ < sql_.size() && continues_word(sql_[at_]); ++at_)
      if (size < lowered.size()) lowered[size++] = lower(sql_[at_]);
    bool is_prefix = at_ < sql_.size() && sql_[at_] == '\'' && at_ - begin == 1;
    if (is_prefix && lowered[0] == 'e') return quoted(backslashes::escape);
    reader_.on_word({lowered.data(), size});
  }

  void number() {
    while (at_ < sql_.size() && continues_word(sql_[at_])) ++at_;
  }

  void quoted(backslashes meaning) {
    for (++at_; at_ < sql_.size(); ++at_) {
      if (sql_[at_] == '\\' && meaning == backslashes::escape)
        ++at_;
      else if (sql_[at_] == '\'')
        return void(++at_);
    }
    at_ = sql_.size();
  }

  void skip_past(std::string_view end, std::size_t opening) {
    auto found = sql_.find(end, at_ + opening);
    at_ = found == std::string_view::npos ? sql_.size() : found + end.size();
  }

  void comment() {
    int depth = 0;
    do {
      if (sql_[at_] == '/' && peek() == '*') {
        ++depth;
        at_ += 2;
      } else if (sql_[at_] == '*' && peek() == '/') {
        --depth;
        at_ += 2;
      } else {
        ++at_;
      }
    } while (depth > 0 && at_ < sql_.size());
  }

  void dollar() {
    auto end = at_ + 1;
    if (end < sql_.size() && is_digit(sql_[end])) return number_after_dollar();
    while (end < sql_.size() && sql_[end] != '$' && continues_word(sql_[end])) ++end;
    if (end >= sql_.size() || sql_[end] != '$') return void(++at_);
    skip_past(sql_.substr(at_, end + 1 - at_), end + 1 - at_);
  }

  void number_after_dollar() {
    ++at_;
    number();
  }

  std::string_view sql_;
  backslashes in_quotes_;
  Reader& reader_;
  std::size_t at_ = 0;
};

constexpr std::array<std::string_view, 6> of_transactions{"begin", "start",    "commit",
                                                          "end",   "rollback", "abort"};
constexpr std::array<std::string_view, 4> of_sessions{"listen", "load", "do", "call"};
constexpr std::array<std::string_view, 3> bound_to_transaction{"local", "transaction",
                                                               "constraints"};
constexpr std::array<std::string_view, 6> everywhere{"temp",       "temporary", "pg_temp",
                                                     "set_config", "setseed",   "dblink_connect"};

class words_reader {
 public:
  void on_word(std::string_view word) {
    if (place_ == 0)
      first(word);
    else if (place_ == 1)
      second(word);
    any(word);
    after_with_ = word == "with";
    if (place_ < 2) ++place_;
  }

  void on_end() {
    if (place_ == 1 && pending_) traits_.leaves_state = true;
    place_ = 0;
    pending_ = declares_ = false;
  }

  const statement_traits& finish() {
    on_end();
    return traits_;
  }

 private:
  void first(std::string_view word) {
    pending_ = word == "set" || word == "prepare" || word == "reset";
    prepares_ = word == "prepare";
    declares_ = word == "declare";
    if (is_one_of(word, of_sessions)) traits_.leaves_state = true;
    if (is_one_of(word, of_transactions) || word == "do" || word == "call")
      traits_.controls_transaction = true;
    if (word == "copy") traits_.copies = true;
  }

  void second(std::string_view word) {
    if (!pending_) return;
    if (!is_one_of(word, bound_to_transaction)) traits_.leaves_state = true;
    if (prepares_ && word == "transaction") traits_.controls_transaction = true;
  }

  void any(std::string_view word) {
    if (declares_ && after_with_ && word == "hold") traits_.leaves_state = true;
    if (is_one_of(word, everywhere)) traits_.leaves_state = true;
    bool locks = word.starts_with("pg_advisory_") || word.starts_with("pg_try_advisory_");
    if (locks && word.find("xact") == std::string_view::npos) traits_.leaves_state = true;
  }

  statement_traits traits_;
  int place_ = 0;  // of the next word in its statement; from 2 on all are alike
  bool pending_ = false, prepares_ = false, declares_ = false, after_with_ = false;
};

}  // namespace

statement_traits scan(std::string_view sql, backslashes in_quotes) {
  words_reader reader;
  lexer{sql, in_quotes, reader}.run();
  return reader.finish();
}

}  // namespace puff::postgres::internal
