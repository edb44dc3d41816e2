#pragma once

#include <cstdint>
#include <memory_resource>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "services/graphql/language/ast.hpp"
#include "services/graphql/language/internal/lexer.hpp"
#include "services/graphql/language/internal/scratch.hpp"
#include "services/graphql/language/parser.hpp"

namespace puff::graphql::internal {

enum class constness : std::uint8_t { variable, constant };

/// One run over a text, by recursive descent. The first error ends it: from then on the current
/// token is the end of the file, `failed` is true, and whatever is returned is of no use.
class parsing {
 public:
  parsing(const source& text, std::pmr::memory_resource& arena, const parse_options& options);

  std::span<const definition_node* const> parse_document();
  const value_node* parse_single_value(constness c);
  const type_node* parse_single_type();

  bool failed() const noexcept { return failed_; }
  graphql_error take_error() { return std::move(error_); }

 private:
  // tokens
  void advance();
  bool is(token_kind kind) const noexcept { return token_.kind == kind; }
  bool is_keyword(std::string_view word) const noexcept {
    return is(token_kind::name) && token_.text == word;
  }
  bool expect(token_kind kind);
  bool skip(token_kind kind);
  bool expect_keyword(std::string_view word);
  bool skip_keyword(std::string_view word);
  token look_ahead();
  void fail(std::uint32_t at, std::string_view what);
  void unexpected(const token& t);
  void unexpected() { unexpected(token_); }

  // lists
  template <class T, class Read>
  std::span<const T> many(token_kind open, token_kind close, Read read);
  template <class T, class Read>
  std::span<const T> optional_many(token_kind open, token_kind close, Read read);
  template <class T, class Read>
  std::span<const T> any(token_kind open, token_kind close, Read read);
  template <class T, class Read>
  std::span<const T> delimited(token_kind delimiter, Read read);
  template <class T>
  T* make(node_kind kind, std::uint32_t start);
  template <class T>
  T begun(node_kind kind) const {
    T made{};
    made.kind = kind;
    made.start = token_.start;
    return made;
  }
  void close(node& n) const noexcept { n.end = last_end_; }
  bool enter();
  void leave() noexcept { --depth_; }

  // what both kinds of definitions use
  name_node parse_name();
  value_node parse_value(constness c);
  value_node parse_list(constness c);
  value_node parse_object(constness c);
  value_node parse_word();
  value_node parse_variable_value(constness c);
  value_node parse_token_value(node_kind kind);
  value_node parse_string();
  object_field_node parse_object_field(constness c);
  argument_node parse_argument(constness c);
  std::span<const argument_node> parse_arguments(constness c);
  std::span<const directive_node> parse_directives(constness c);
  directive_node parse_directive(constness c);
  const type_node* parse_type();
  const type_node* wrap(node_kind kind, const type_node* of, std::uint32_t start);
  type_node parse_named_type();
  const type_node* keep(const type_node& type);
  const value_node* keep(const value_node& value);
  const value_node* parse_description();
  bool at_description() const noexcept {
    return is(token_kind::string) || is(token_kind::block_string);
  }

  // executable definitions
  const definition_node* parse_definition();
  const definition_node* parse_described(std::string_view keyword);
  const definition_node* parse_operation();
  bool parse_operation_type(operation_type& out);
  variable_definition_node parse_variable_definition();
  name_node parse_variable_name();
  const selection_set_node* parse_selection_set();
  const selection_node* parse_selection();
  const selection_node* parse_field();
  const selection_node* parse_spread();
  name_node parse_fragment_name();
  const definition_node* parse_fragment();
  const type_node* parse_type_condition();

  // the type system
  const definition_node* parse_type_system(std::string_view keyword);
  const definition_node* parse_extension();
  const definition_node* parse_schema(node_kind kind);
  operation_type_node parse_root_type();
  const definition_node* parse_type_definition(node_kind kind);
  void parse_body(type_definition_node& type, node_kind kind);
  bool is_empty_extension(const type_definition_node& type) const noexcept;
  std::span<const type_node> parse_interfaces();
  field_definition_node parse_field_definition();
  input_value_definition_node parse_input_value();
  std::span<const input_value_definition_node> parse_argument_definitions();
  enum_value_definition_node parse_enum_value();
  const definition_node* parse_directive_definition();
  name_node parse_directive_location();

  const source& source_;
  std::pmr::memory_resource& arena_;
  parse_options options_;
  lexer lexer_;
  token token_;
  std::uint32_t last_end_ = 0;
  std::uint32_t tokens_ = 0;
  std::uint32_t depth_ = 0;
  std::uint32_t type_depth_ = 0;
  bool failed_ = false;
  graphql_error error_;
  scratch<const definition_node*, const selection_node*, value_node, object_field_node,
          argument_node, directive_node, variable_definition_node, type_node, operation_type_node,
          field_definition_node, input_value_definition_node, enum_value_definition_node, name_node>
      scratch_;
};

template <class T>
T* parsing::make(node_kind kind, std::uint32_t start) {
  auto* made = new (arena_.allocate(sizeof(T), alignof(T))) T{};
  made->kind = kind;
  made->start = start;
  return made;
}

template <class T, class Read>
std::span<const T> parsing::any(token_kind open, token_kind close_kind, Read read) {
  auto from = scratch_.template stack<T>().size();
  expect(open);
  while (!failed_ && !skip(close_kind)) {
    auto item = read();
    scratch_.template stack<T>().push_back(item);
  }
  return scratch_.template take<T>(from, arena_);
}

template <class T, class Read>
std::span<const T> parsing::many(token_kind open, token_kind close_kind, Read read) {
  auto from = scratch_.template stack<T>().size();
  expect(open);
  while (!failed_) {
    auto item = read();
    scratch_.template stack<T>().push_back(item);
    if (skip(close_kind)) break;
  }
  return scratch_.template take<T>(from, arena_);
}

template <class T, class Read>
std::span<const T> parsing::optional_many(token_kind open, token_kind close_kind, Read read) {
  if (!is(open)) return {};
  return many<T>(open, close_kind, read);
}

template <class T, class Read>
std::span<const T> parsing::delimited(token_kind delimiter, Read read) {
  auto from = scratch_.template stack<T>().size();
  skip(delimiter);
  do {
    auto item = read();
    scratch_.template stack<T>().push_back(item);
  } while (skip(delimiter));
  return scratch_.template take<T>(from, arena_);
}

}  // namespace puff::graphql::internal
