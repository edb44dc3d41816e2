#include "services/graphql/schema/internal/applied_directives.hpp"

#include "services/graphql/language/printer.hpp"

namespace puff::graphql::internal {
namespace {

enum class null_value : std::uint8_t { allowed, refused };

class applied_check {
 public:
  explicit applied_check(const document& doc) : doc_(doc) {}

  graphql_errors run() && {
    for (const auto* d : doc_.definitions())
      if (d->is_type()) at_once(d->as_type());
    for (const auto* d : doc_.definitions()) {
      if (d->is_type()) later(d->as_type());
      if (d->kind == node_kind::directive_definition) deprecations(d->as_directive().arguments);
    }
    if (errors_.size() > 1) errors_.resize(1);
    return std::move(errors_);
  }

 private:
  void at_once(const type_definition_node& type) {
    check(type.directives, "specifiedBy", "url", null_value::refused);
    deprecations(type.values);
  }

  void later(const type_definition_node& type) {
    for (const auto& field : type.fields) {
      check(field.directives, "deprecated", "reason", null_value::allowed);
      deprecations(field.arguments);
    }
    deprecations(type.input_fields);
  }

  void deprecations(const auto& nodes) {
    for (const auto& node : nodes)
      check(node.directives, "deprecated", "reason", null_value::allowed);
  }

  void check(std::span<const directive_node> directives, std::string_view name,
             std::string_view argument, null_value null) {
    for (const auto& d : directives) {
      if (d.name.value != name) continue;
      for (const auto& given : d.arguments)
        if (given.name.value == argument) check(given, null);
    }
  }

  void check(const argument_node& given, null_value null) {
    const auto& v = given.value;
    if (v.kind == node_kind::string_value) return;
    const auto name = "Argument \"" + std::string(given.name.value) + "\"";
    if (v.kind != node_kind::null_value)
      report(name + " has invalid value " + print(v) + ".", v);
    else if (null == null_value::refused)
      report(name + " of non-null type \"String!\" must not be null.", v);
  }

  void report(std::string message, const value_node& at) {
    errors_.push_back({.message = std::move(message), .locations = {doc_.place_of(at)}});
  }

  const document& doc_;
  graphql_errors errors_;
};

}  // namespace

graphql_errors check_applied(const document& doc) { return applied_check(doc).run(); }

}  // namespace puff::graphql::internal
