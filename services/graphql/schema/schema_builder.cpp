#include "services/graphql/schema/schema_builder.hpp"

#include <algorithm>
#include <atomic>
#include <utility>

#include "services/graphql/schema/internal/assembly.hpp"
#include "services/graphql/schema/print_schema.hpp"

namespace puff::graphql {

namespace {

// FNV-1a, 64 bits (Fowler, Noll, Vo).
std::uint64_t hash_of(std::string_view text) {
  std::uint64_t hash = 14695981039346656037u;
  for (unsigned char c : text) hash = (hash ^ c) * 1099511628211u;
  return hash;
}

std::atomic<std::uint64_t> schemas_made{0};

}  // namespace

void schema_builder::set_root(operation_type operation, std::string type_name) {
  roots_[static_cast<std::size_t>(operation)] = std::move(type_name);
}

void schema_builder::written(written_at definition, std::vector<written_at> extensions) {
  syntax_ = definition;
  extensions_ = std::move(extensions);
}

void schema_builder::guess_roots() {
  if (syntax_ || std::ranges::any_of(roots_, [](const auto& root) { return root.has_value(); }))
    return;
  constexpr std::array<const char*, 3> names{"Query", "Mutation", "Subscription"};
  for (std::size_t i = 0; i < names.size(); ++i)
    if (std::ranges::find(types_, names[i], &type_spec::name) != types_.end()) roots_[i] = names[i];
}

result<schema_ptr> schema_builder::build(schema_check check) && {
  guess_roots();
  auto parts = std::make_unique<schema::parts>();
  parts->description = std::move(description_);
  parts->syntax = syntax_;
  parts->extensions = std::move(extensions_);
  parts->documents = std::move(documents_);
  internal::assembly work(*parts, std::move(types_), std::move(directives_));
  if (auto errors = work.run(roots_); !errors.empty()) return errors;
  parts->serial = ++schemas_made;
  auto* raw = parts.get();
  schema_ptr made(new schema(std::move(parts)));
  if (check == schema_check::full)
    if (auto errors = validate_schema(*made); !errors.empty()) return errors;
  raw->fingerprint = hash_of(print_schema(*made));
  return made;
}

}  // namespace puff::graphql
