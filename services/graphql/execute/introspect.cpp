#include "services/graphql/execute/introspect.hpp"

#include "services/graphql/schema/introspection.hpp"
#include "services/graphql/values/column_builder.hpp"

namespace puff::graphql {
namespace {

using what = introspection_resolver;

/// Elements of the model as rows; their fields are answered by `introspector`.
template <class T>
class element_rows final : public row_set {
 public:
  std::size_t size() const noexcept override { return elements.size(); }
  column_ptr find(std::string_view) const override { return nullptr; }
  std::vector<T> elements;
};

/// Builds a column whose objects are elements.
template <class T>
class element_column {
 public:
  void null() { cells_.null(); }
  void one(const T& element) {
    cells_.object(static_cast<std::uint32_t>(rows_->elements.size()));
    rows_->elements.push_back(element);
  }
  void begin() {
    is_list_ = true;
    begin_ = static_cast<std::uint32_t>(rows_->elements.size());
  }
  void add(const T& element) {
    items_.object(static_cast<std::uint32_t>(rows_->elements.size()));
    rows_->elements.push_back(element);
  }
  void end() { cells_.list({begin_, static_cast<std::uint32_t>(rows_->elements.size())}); }

  column_ptr build() {
    if (is_list_) {
      items_.objects(rows_);
      cells_.items() = std::move(items_);
    } else {
      cells_.objects(rows_);
    }
    return std::move(cells_).build();
  }

 private:
  column_builder cells_, items_;
  std::shared_ptr<element_rows<T>> rows_ = std::make_shared<element_rows<T>>();
  std::uint32_t begin_ = 0;
  bool is_list_ = false;
};

void put(column_builder& out, const std::optional<std::string>& text) {
  if (text)
    out.view(*text);
  else
    out.null();
}

class introspector {
 public:
  introspector(const schema& s, const row_set& parents, const value_object& arguments)
      : schema_(s), parents_(parents), arguments_(arguments) {}

  column_ptr answer(what question) {
    if (question == what::meta_schema) return meta_schema();
    if (question == what::meta_type) return meta_type();
    if (question <= what::schema_directives) return of_schema(question);
    if (question <= what::type_is_one_of) return of_type(question);
    if (question <= what::field_deprecation_reason) return of_field(question);
    if (question <= what::input_value_deprecation_reason) return of_input(question);
    if (question <= what::enum_value_deprecation_reason) return of_enum_value(question);
    return of_directive(question);
  }

 private:
  template <class T>
  const std::vector<T>& elements() const {
    return static_cast<const element_rows<T>&>(parents_).elements;
  }

  template <class T, class Put>
  column_ptr each(Put one) const {
    column_builder out;
    out.reserve(parents_.size());
    for (const auto& element : elements<T>()) one(out, element);
    return std::move(out).build();
  }

  bool with_deprecated() const {
    const auto* v = find_argument("includeDeprecated");
    return v != nullptr && v->what() == value::kind::boolean && v->boolean();
  }
  const value* find_argument(std::string_view name) const {
    for (const auto& [key, v] : arguments_)
      if (key == name) return &v;
    return nullptr;
  }

  column_ptr meta_schema() {
    element_column<const schema*> out;
    for (std::size_t i = 0; i < parents_.size(); ++i) out.one(&schema_);
    return out.build();
  }

  column_ptr meta_type() {
    element_column<type_ref> out;
    const auto* name = find_argument("name");
    const auto* type = name == nullptr ? nullptr : schema_.type(name->text());
    for (std::size_t i = 0; i < parents_.size(); ++i)
      type == nullptr ? out.null() : out.one(type_ref{type});
    return out.build();
  }

  column_ptr of_schema(what question) {
    switch (question) {
      case what::schema_description:
        return each<const schema*>(
            [](column_builder& out, const schema* s) { put(out, s->description()); });
      case what::schema_types: return schema_types();
      case what::schema_query_type: return root(operation_type::query);
      case what::schema_mutation_type: return root(operation_type::mutation);
      case what::schema_subscription_type: return root(operation_type::subscription);
      default: return schema_directives();
    }
  }

  column_ptr schema_types() {
    element_column<type_ref> out;
    for (const auto* s : elements<const schema*>()) {
      out.begin();
      for (const auto* type : s->types()) out.add(type_ref{type});
      out.end();
    }
    return out.build();
  }

  column_ptr root(operation_type operation) {
    element_column<type_ref> out;
    for (const auto* s : elements<const schema*>()) {
      const auto* type = s->root(operation);
      type == nullptr ? out.null() : out.one(type_ref{type});
    }
    return out.build();
  }

  column_ptr schema_directives() {
    element_column<const directive*> out;
    for (const auto* s : elements<const schema*>()) {
      out.begin();
      for (const auto& d : s->directives()) out.add(&d);
      out.end();
    }
    return out.build();
  }

  column_ptr of_type(what question) {
    switch (question) {
      case what::type_kind: return type_kinds();
      case what::type_name:
        return named([](column_builder& out, const named_type& t) { out.view(t.name); });
      case what::type_description:
        return named([](column_builder& out, const named_type& t) { put(out, t.description); });
      case what::type_specified_by_url:
        return named(
            [](column_builder& out, const named_type& t) { put(out, t.specified_by_url); });
      case what::type_is_one_of:
        return named([](column_builder& out, const named_type& t) {
          t.kind == type_kind::input_object ? out.boolean(t.is_one_of) : out.null();
        });
      case what::type_of_type: return of_types();
      case what::type_fields: return type_fields();
      case what::type_enum_values: return type_values();
      case what::type_input_fields: return type_inputs();
      case what::type_interfaces: return type_interfaces();
      default: return possible_types();
    }
  }

  /// Wrappers have none of what named types have.
  template <class Put>
  column_ptr named(Put one) const {
    return each<type_ref>([&](column_builder& out, const type_ref& t) {
      t.is_named() ? one(out, t.named()) : out.null();
    });
  }

  column_ptr type_kinds() const {
    return each<type_ref>([](column_builder& out, const type_ref& t) {
      if (t.is_list())
        out.view("LIST");
      else
        out.view(t.is_non_null() ? "NON_NULL" : introspection_name(t.named().kind));
    });
  }

  column_ptr of_types() {
    element_column<type_ref> out;
    for (const auto& t : elements<type_ref>()) t.is_named() ? out.null() : out.one(t.inner());
    return out.build();
  }

  /// Lists of those elements of a type that are wanted; null for types that have no such list.
  template <class T, class Has, class List>
  column_ptr parts(Has has, List list) {
    element_column<const T*> out;
    const bool all = with_deprecated();
    for (const auto& t : elements<type_ref>()) {
      if (!t.is_named() || !has(t.named())) {
        out.null();
        continue;
      }
      out.begin();
      for (const auto& part : list(t.named()))
        if (all || !part.deprecation_reason) out.add(&part);
      out.end();
    }
    return out.build();
  }

  column_ptr type_fields() {
    return parts<field>([](const named_type& t) { return t.has_fields(); },
                        [](const named_type& t) -> auto& { return t.fields; });
  }
  column_ptr type_values() {
    return parts<enum_value>([](const named_type& t) { return t.kind == type_kind::enum_; },
                             [](const named_type& t) -> auto& { return t.values; });
  }
  column_ptr type_inputs() {
    return parts<input_value>([](const named_type& t) { return t.kind == type_kind::input_object; },
                              [](const named_type& t) -> auto& { return t.input_fields; });
  }

  template <class Has, class List>
  column_ptr types_of(Has has, List list) {
    element_column<type_ref> out;
    for (const auto& t : elements<type_ref>()) {
      if (!t.is_named() || !has(t.named())) {
        out.null();
        continue;
      }
      out.begin();
      for (const auto* type : list(t.named())) out.add(type_ref{type});
      out.end();
    }
    return out.build();
  }

  column_ptr type_interfaces() {
    return types_of([](const named_type& t) { return t.has_fields(); },
                    [](const named_type& t) -> auto& { return t.interfaces; });
  }
  column_ptr possible_types() {
    return types_of([](const named_type& t) { return t.is_abstract(); },
                    [&](const named_type& t) { return schema_.possible_types(t); });
  }

  template <class T, class Get>
  column_ptr types(Get get) {
    element_column<type_ref> out;
    for (const auto* element : elements<const T*>()) out.one(get(*element));
    return out.build();
  }

  template <class T>
  column_ptr arguments_of() {
    element_column<const input_value*> out;
    const bool all = with_deprecated();
    for (const auto* element : elements<const T*>()) {
      out.begin();
      for (const auto& argument : element->arguments)
        if (all || !argument.deprecation_reason) out.add(&argument);
      out.end();
    }
    return out.build();
  }

  enum class common : std::uint8_t { name, description, is_deprecated, deprecation_reason };

  template <class T>
  column_ptr common_of(common which) const {
    return each<const T*>([&](column_builder& out, const T* element) {
      switch (which) {
        case common::name: return out.view(element->name);
        case common::description: return put(out, element->description);
        case common::is_deprecated: return out.boolean(element->deprecation_reason.has_value());
        case common::deprecation_reason: return put(out, element->deprecation_reason);
      }
    });
  }

  column_ptr of_field(what question) {
    switch (question) {
      case what::field_name: return common_of<field>(common::name);
      case what::field_description: return common_of<field>(common::description);
      case what::field_args: return arguments_of<field>();
      case what::field_type: return types<field>([](const field& f) { return f.type; });
      case what::field_is_deprecated: return common_of<field>(common::is_deprecated);
      default: return common_of<field>(common::deprecation_reason);
    }
  }

  column_ptr of_input(what question) {
    switch (question) {
      case what::input_value_name: return common_of<input_value>(common::name);
      case what::input_value_description: return common_of<input_value>(common::description);
      case what::input_value_type:
        return types<input_value>([](const input_value& v) { return v.type; });
      case what::input_value_default_value:
        return each<const input_value*>([](column_builder& out, const input_value* v) {
          v->default_value == nullptr ? out.null() : out.text(printed_default(*v));
        });
      case what::input_value_is_deprecated: return common_of<input_value>(common::is_deprecated);
      default: return common_of<input_value>(common::deprecation_reason);
    }
  }

  column_ptr of_enum_value(what question) const {
    switch (question) {
      case what::enum_value_name: return common_of<enum_value>(common::name);
      case what::enum_value_description: return common_of<enum_value>(common::description);
      case what::enum_value_is_deprecated: return common_of<enum_value>(common::is_deprecated);
      default: return common_of<enum_value>(common::deprecation_reason);
    }
  }

  column_ptr of_directive(what question) {
    switch (question) {
      case what::directive_name:
        return each<const directive*>(
            [](column_builder& out, const directive* d) { out.view(d->name); });
      case what::directive_description:
        return each<const directive*>(
            [](column_builder& out, const directive* d) { put(out, d->description); });
      case what::directive_is_repeatable:
        return each<const directive*>(
            [](column_builder& out, const directive* d) { out.boolean(d->is_repeatable); });
      case what::directive_locations:
        return each<const directive*>([](column_builder& out, const directive* d) {
          out.begin_list();
          for (const auto place : d->locations) out.items().view(name_of(place));
          out.end_list();
        });
      case what::directive_args: return arguments_of<directive>();
      case what::directive_is_deprecated:
        return each<const directive*>(
            [](column_builder& out, const directive*) { out.boolean(false); });
      default:
        return each<const directive*>([](column_builder& out, const directive*) { out.null(); });
    }
  }

  const schema& schema_;
  const row_set& parents_;
  const value_object& arguments_;
};

}  // namespace

column_ptr introspect(const schema& s, const field& f, const row_set& parents,
                      const value_object& arguments) {
  return introspector{s, parents, arguments}.answer(static_cast<what>(f.resolver));
}

}  // namespace puff::graphql
