#include "services/config/dotenv.hpp"

#include <algorithm>

namespace puff::config {
namespace {

struct syntax_error {
  std::uint32_t line;
  std::string what;
};

class dotenv_parser {
 public:
  dotenv_parser(std::string_view text, const variable_lookup& lookup)
      : text_(text), lookup_(lookup) {
    if (text_.starts_with("\xEF\xBB\xBF")) at_ = 3;
  }

  std::vector<dotenv_variable> parse() {
    while (skip_to_statement()) statement();
    return std::move(found_);
  }

 private:
  [[noreturn]] void fail(std::string what) const { throw syntax_error{line_, std::move(what)}; }
  bool at_end() const { return at_ >= text_.size(); }
  char peek() const { return at_end() ? '\0' : text_[at_]; }
  static bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r'; }

  char take() {
    char c = text_[at_++];
    if (c == '\n') ++line_;
    return c;
  }

  void skip_blanks() {
    while (!at_end() && is_blank(peek())) take();
  }

  void skip_line() {
    while (!at_end() && peek() != '\n') take();
  }

  bool skip_to_statement() {
    while (!at_end()) {
      skip_blanks();
      if (peek() == '#') skip_line();
      if (at_end()) return false;
      if (peek() != '\n') return true;
      take();
    }
    return false;
  }

  static bool is_name(char c, bool first) {
    bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
    return letter || (!first && ((c >= '0' && c <= '9') || c == '.' || c == '-'));
  }

  std::string name() {
    std::string out;
    while (!at_end() && is_name(peek(), out.empty())) out += take();
    return out;
  }

  void statement() {
    auto line = line_;
    auto key = name();
    if (key == "export" && is_blank(peek())) {
      skip_blanks();
      key = name();
    }
    if (key.empty()) fail("expected a line NAME=value");
    skip_blanks();
    if (peek() != '=') fail("expected '=' after '" + key + "'");
    take();
    skip_blanks();
    add({key, value(), line});
  }

  std::string value() {
    if (peek() != '"' && peek() != '\'') return plain();
    auto out = peek() == '"' ? double_quoted() : single_quoted();
    skip_blanks();
    if (peek() == '#') skip_line();
    if (!at_end() && peek() != '\n') fail("expected the end of the line after the closing quote");
    return out;
  }

  std::string plain() {
    std::string out;
    std::size_t kept = 0;  // without the blanks at its end
    while (!at_end() && peek() != '\n') {
      if (peek() == '#' && (out.empty() || is_blank(out.back()))) {
        skip_line();
        break;
      }
      if (starts_reference())
        out += reference();
      else
        out += take();
      if (!out.empty() && !is_blank(out.back())) kept = out.size();
    }
    out.resize(kept);
    return out;
  }

  std::string single_quoted() {
    take();
    std::string out;
    while (peek() != '\'') {
      if (at_end() || peek() == '\n') fail("this ' is not closed on its line");
      out += take();
    }
    take();
    return out;
  }

  std::string double_quoted() {
    auto opened = line_;
    take();
    std::string out;
    while (peek() != '"' || at_end()) {
      if (at_end()) throw syntax_error{opened, "this \" is never closed"};
      if (peek() == '\\')
        out += escaped();
      else if (starts_reference())
        out += reference();
      else
        out += take();
    }
    take();
    return out;
  }

  std::string escaped() {
    take();
    if (at_end()) fail("the file ends within an escape");
    switch (char c = take()) {
      case 'n': return "\n";
      case 't': return "\t";
      case 'r': return "\r";
      case '\n': return "";
      case '"':
      case '\\':
      case '$': return {c};
      default: fail("unknown escape \\" + std::string{c} + "; known are \\n \\t \\r \\\\ \\\" \\$");
    }
  }

  bool starts_reference() const { return text_.substr(at_).starts_with("${"); }

  std::string reference() {
    at_ += 2;
    auto wanted = name();
    if (wanted.empty() || peek() != '}') fail("expected a variable as ${NAME}");
    take();
    if (auto outer = lookup_(wanted)) return *outer;
    for (const auto& v : found_)
      if (v.name == wanted) return v.value;
    fail("${" + wanted + "} is not set, neither above this line nor in the environment");
  }

  void add(dotenv_variable v) {
    std::erase_if(found_, [&](const auto& old) { return old.name == v.name; });
    found_.push_back(std::move(v));
  }

  std::string_view text_;
  const variable_lookup& lookup_;
  std::size_t at_ = 0;
  std::uint32_t line_ = 1;
  std::vector<dotenv_variable> found_;
};

}  // namespace

expected<std::vector<dotenv_variable>> parse_dotenv(std::string_view text, std::string_view file,
                                                    const variable_lookup& lookup) {
  try {
    return dotenv_parser{text, lookup}.parse();
  } catch (const syntax_error& e) {
    return make_error(ec::bad_config,
                      std::string{file} + ":" + std::to_string(e.line) + ": " + e.what);
  }
}

}  // namespace puff::config
