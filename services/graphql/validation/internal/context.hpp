#pragma once

#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "services/graphql/schema/schema.hpp"
#include "services/graphql/validation/validate.hpp"

namespace puff::graphql::internal {

/// A directive as the document or, if it says nothing, the schema defines it. False: by none.
struct known_directive {
  const directive* model = nullptr;
  const directive_definition_node* node = nullptr;

  explicit operator bool() const noexcept { return model || node; }
  bool may_stand_at(directive_location place) const noexcept;
  bool is_repeatable() const noexcept { return node ? node->repeatable : model->is_repeatable; }
  bool has_argument(std::string_view name) const noexcept;
  std::vector<std::string_view> argument_names() const;
};

/// What all rules share: schema, document and the list of errors.
class context {
 public:
  context(const schema& s, const document& doc, const validation_options& options);

  const schema& types() const noexcept { return schema_; }
  const document& text() const noexcept { return doc_; }
  const validation_options& options() const noexcept { return options_; }

  void report(std::string message, const node& where) { report(std::move(message), {&where}); }
  void report(std::string message, std::initializer_list<const node*> where) {
    report(std::move(message), std::span(where.begin(), where.size()));
  }
  void report(std::string message, std::span<const node* const> where);
  /// ' Did you mean ..?', or nothing if that is hidden.
  std::string hint(std::string_view wrong, const std::vector<std::string_view>& options) const;

  /// Whatever was reported, cut at the limit.
  graphql_errors take();
  bool is_full() const noexcept;
  std::size_t count() const noexcept { return errors_.size(); }
  /// Puts errors before those at `position`.
  void insert(std::size_t position, graphql_errors errors);
  graphql_errors take_from(std::size_t position);
  /// Nothing is looked at any more.
  void abort(std::string message);
  bool is_aborted() const noexcept { return aborted_; }

  known_directive find_directive(std::string_view name) const noexcept;

  /// The last fragment of this name, as a position among the document's definitions.
  std::uint32_t fragment_position(std::string_view name) const noexcept {
    return fragments_.find(name);
  }
  const fragment_node* fragment(std::string_view name) const noexcept;
  bool has_fragments() const noexcept { return has_fragments_; }
  bool has_type_system() const noexcept { return has_type_system_; }

 private:
  const schema& schema_;
  const document& doc_;
  const validation_options& options_;
  graphql_errors errors_;
  name_index fragments_, directives_;  // positions among the definitions
  bool has_fragments_ = false;
  bool has_type_system_ = false;
  bool aborted_ = false;
};

}  // namespace puff::graphql::internal
