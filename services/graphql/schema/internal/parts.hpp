#pragma once

#include <array>
#include <deque>
#include <vector>

#include "services/graphql/schema/schema.hpp"

namespace puff::graphql {

/// What a schema owns. Filled by the builder, then left alone.
struct schema::parts {
  std::optional<std::string> description;
  std::deque<named_type> storage;
  std::vector<const named_type*> types;
  name_index by_name;
  std::vector<directive> directives;
  std::array<const named_type*, 3> roots{};
  // By the position of an abstract type (or of an object, which is its own possible type).
  std::vector<std::vector<const named_type*>> possible;
  std::vector<std::vector<const named_type*>> implementing;
  std::vector<std::vector<bool>> sub_types;
  field meta_schema, meta_type, meta_typename;
  written_at syntax;
  std::vector<written_at> extensions;
  std::vector<document_ptr> documents;
  std::vector<document_ptr> literals;
  std::uint64_t fingerprint = 0;
  std::uint64_t serial = 0;
};

}  // namespace puff::graphql
