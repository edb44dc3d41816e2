#include "services/graphql/language/internal/parsing.hpp"

#include <algorithm>

namespace puff::graphql::internal {

parsing::parsing(const source& text, std::pmr::memory_resource& arena, const parse_options& options)
    : source_(text), arena_(arena), options_(options), lexer_(text.body, arena) {
  options_.max_depth = std::min(options_.max_depth, 2'000u);
  advance();
}

void parsing::fail(std::uint32_t at, std::string_view what) {
  if (failed_) return;
  failed_ = true;
  error_ = {"Syntax Error: " + std::string(what), {source_.at(at)}, {}, {}};
  token_ = {};
}

void parsing::advance() {
  if (failed_) return;
  last_end_ = token_.end;
  if (!lexer_.read(token_.end, token_)) return fail(lexer_.why().at, lexer_.why().what);
  if (is(token_kind::end_of_file)) return;
  if (++tokens_ > options_.max_tokens && options_.max_tokens > 0)
    fail(token_.start, "Document contains more that " + std::to_string(options_.max_tokens) +
                           " tokens. Parsing aborted.");
}

token parsing::look_ahead() {
  token next;
  if (!failed_ && !lexer_.read(token_.end, next)) fail(lexer_.why().at, lexer_.why().what);
  return next;
}

namespace {

std::string shown(const token& t) {
  std::string text{described(t.kind)};
  if (t.kind >= token_kind::name) text.append(" \"").append(t.text).append("\"");
  return text;
}

}  // namespace

void parsing::unexpected(const token& t) { fail(t.start, "Unexpected " + shown(t) + "."); }

bool parsing::expect(token_kind kind) {
  if (skip(kind)) return true;
  if (!failed_)
    fail(token_.start,
         "Expected " + std::string(described(kind)) + ", found " + shown(token_) + ".");
  return false;
}

bool parsing::skip(token_kind kind) {
  if (failed_ || !is(kind)) return false;
  advance();
  return true;
}

bool parsing::expect_keyword(std::string_view word) {
  if (skip_keyword(word)) return true;
  if (!failed_)
    fail(token_.start, "Expected \"" + std::string(word) + "\", found " + shown(token_) + ".");
  return false;
}

bool parsing::skip_keyword(std::string_view word) {
  if (!is_keyword(word)) return false;
  advance();
  return true;
}

bool parsing::enter() {
  if (++depth_ > options_.max_depth)
    fail(token_.start, "Document is nested deeper than " + std::to_string(options_.max_depth) +
                           " levels. Parsing aborted.");
  return !failed_;
}

const type_node* parsing::keep(const type_node& type) {
  auto* kept = make<type_node>(type.kind, type.start);
  *kept = type;
  return kept;
}

const value_node* parsing::keep(const value_node& value) {
  auto* kept = make<value_node>(value.kind, value.start);
  *kept = value;
  return kept;
}

name_node parsing::parse_name() {
  auto name = begun<name_node>(node_kind::name);
  name.value = token_.text;
  expect(token_kind::name);
  close(name);
  return name;
}

std::span<const definition_node* const> parsing::parse_document() {
  auto& definitions = scratch_.stack<const definition_node*>();
  while (!failed_) {
    const auto* definition = parse_definition();
    definitions.push_back(definition);
    if (is(token_kind::end_of_file)) break;
  }
  return scratch_.take<const definition_node*>(0, arena_);
}

const value_node* parsing::parse_single_value(constness c) {
  auto value = parse_value(c);
  expect(token_kind::end_of_file);
  return keep(value);
}

const type_node* parsing::parse_single_type() {
  const auto* type = parse_type();
  expect(token_kind::end_of_file);
  return type;
}

}  // namespace puff::graphql::internal
