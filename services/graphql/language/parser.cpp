#include "services/graphql/language/parser.hpp"

#include <utility>

#include "services/graphql/language/internal/parsing.hpp"

namespace puff::graphql {

result<document_ptr> parse(source text, const parse_options& options) {
  auto doc = std::make_shared<document>(std::move(text));
  internal::parsing run(doc->text(), doc->arena(), options);
  doc->definitions_ = run.parse_document();
  if (run.failed()) return run.take_error();
  return document_ptr(std::move(doc));
}

result<parsed_value> parse_value(std::string text, variables in_it, const parse_options& options) {
  auto doc = std::make_shared<document>(source{std::move(text)});
  internal::parsing run(doc->text(), doc->arena(), options);
  const auto* value = run.parse_single_value(
      in_it == variables::allowed ? internal::constness::variable : internal::constness::constant);
  if (run.failed()) return run.take_error();
  return parsed_value{std::move(doc), value};
}

result<parsed_type> parse_type(std::string text, const parse_options& options) {
  auto doc = std::make_shared<document>(source{std::move(text)});
  internal::parsing run(doc->text(), doc->arena(), options);
  const auto* type = run.parse_single_type();
  if (run.failed()) return run.take_error();
  return parsed_type{std::move(doc), type};
}

}  // namespace puff::graphql
