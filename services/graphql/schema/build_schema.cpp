#include "services/graphql/schema/build_schema.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include "services/graphql/language/parser.hpp"
#include "services/graphql/schema/internal/applied_directives.hpp"
#include "services/graphql/schema/internal/specs.hpp"
#include "services/graphql/validation/validate_sdl.hpp"

namespace puff::graphql {

namespace {

using roots = std::array<std::optional<std::string>, 3>;

void read_roots(const schema_definition_node& node, roots& out) {
  for (const auto& root : node.operation_types)
    out[static_cast<std::size_t>(root.operation)] = std::string(root.type->name.value);
}

graphql_errors check_text(const document& sdl, const schema* base) {
  auto errors = validate_sdl(sdl, base);
  return errors.empty() ? internal::check_applied(sdl) : errors;
}

// Definitions of a text on top of what there is already.
class sdl_reader {
 public:
  sdl_reader(const document& doc, std::vector<type_spec> types,
             std::vector<directive_spec> directives)
      : doc_(doc), types_(std::move(types)), directives_(std::move(directives)) {}

  void read() {
    for (const auto* d : doc_.definitions()) {
      if (d->is_type() && !d->is_extension())
        types_.push_back(internal::spec_of(doc_, d->as_type()));
      else if (d->kind == node_kind::directive_definition)
        directives_.push_back(internal::spec_of(doc_, d->as_directive()));
      else if (d->kind == node_kind::schema_definition)
        definition_ = &d->as_schema();
    }
    for (const auto* d : doc_.definitions())
      if (d->is_extension()) extend(*d);
  }

  const schema_definition_node* definition() const { return definition_; }
  const std::vector<const schema_definition_node*>& extensions() const { return extensions_; }

  void give(schema_builder& builder, roots& out) {
    if (definition_) read_roots(*definition_, out);
    for (const auto* e : extensions_) read_roots(*e, out);
    if (definition_ && definition_->description)
      builder.describe(std::string(definition_->description->text));
    for (auto& type : types_) builder.add(std::move(type));
    for (auto& d : directives_) builder.add(std::move(d));
  }

  bool has_type(std::string_view name) const {
    return std::ranges::find(types_, name, &type_spec::name) != types_.end();
  }

 private:
  void extend(const definition_node& d) {
    if (d.kind == node_kind::schema_extension) {
      extensions_.push_back(&d.as_schema());
      return;
    }
    auto at = std::ranges::find(types_, d.name.value, &type_spec::name);
    if (at != types_.end()) internal::extend(*at, doc_, d.as_type());
  }

  const document& doc_;
  std::vector<type_spec> types_;
  std::vector<directive_spec> directives_;
  const schema_definition_node* definition_ = nullptr;
  std::vector<const schema_definition_node*> extensions_;
};

std::vector<written_at> written(const document& doc,
                                const std::vector<const schema_definition_node*>& nodes) {
  std::vector<written_at> out;
  for (const auto* n : nodes) out.push_back({&doc, n});
  return out;
}

void set_roots(schema_builder& builder, const roots& all) {
  for (std::size_t i = 0; i < all.size(); ++i)
    if (all[i]) builder.set_root(static_cast<operation_type>(i), *all[i]);
}

}  // namespace

result<schema_ptr> build_schema(document_ptr sdl, schema_check check) {
  if (check == schema_check::full)
    if (auto errors = check_text(*sdl, nullptr); !errors.empty()) return errors;
  sdl_reader reader(*sdl, {}, {});
  reader.read();
  schema_builder builder;
  roots all;
  constexpr std::array<const char*, 3> usual{"Query", "Mutation", "Subscription"};
  auto has_definition = reader.definition() != nullptr;
  std::array<bool, 3> guessed{};
  for (std::size_t i = 0; i < usual.size(); ++i)
    guessed[i] = !has_definition && reader.has_type(usual[i]);
  reader.give(builder, all);
  for (std::size_t i = 0; i < usual.size(); ++i)
    if (guessed[i]) all[i] = usual[i];
  set_roots(builder, all);
  builder.written(has_definition ? written_at{sdl.get(), reader.definition()} : written_at{},
                  written(*sdl, reader.extensions()));
  builder.keep(std::move(sdl));
  return std::move(builder).build(check);
}

result<schema_ptr> build_schema(std::string sdl, schema_check check) {
  auto doc = parse(source{std::move(sdl), "schema"}, parse_options{0, 200});
  if (!doc) return std::move(doc).errors();
  return build_schema(std::move(*doc), check);
}

result<schema_ptr> extend_schema(const schema& base, document_ptr sdl, schema_check check) {
  if (check == schema_check::full)
    if (auto errors = check_text(*sdl, &base); !errors.empty()) return errors;
  std::vector<type_spec> types;
  std::vector<directive_spec> directives;
  for (const auto* type : base.types())
    if (!type->is_introspection) types.push_back(internal::spec_of(*type));
  for (const auto& d : base.directives()) directives.push_back(internal::spec_of(d));
  sdl_reader reader(*sdl, std::move(types), std::move(directives));
  reader.read();
  schema_builder builder;
  roots all;
  for (std::size_t i = 0; i < all.size(); ++i)
    if (const auto* root = base.root(static_cast<operation_type>(i))) all[i] = root->name;
  reader.give(builder, all);
  set_roots(builder, all);
  auto extensions = std::vector<written_at>(base.extensions().begin(), base.extensions().end());
  std::ranges::copy(written(*sdl, reader.extensions()), std::back_inserter(extensions));
  builder.written(reader.definition() ? written_at{sdl.get(), reader.definition()} : base.syntax(),
                  std::move(extensions));
  for (const auto& doc : base.documents()) builder.keep(doc);
  builder.keep(std::move(sdl));
  return std::move(builder).build(check);
}

}  // namespace puff::graphql
