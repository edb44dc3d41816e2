#include <algorithm>

#include "services/graphql/validation/suggestions.hpp"
#include "services/graphql/values/coercion.hpp"

namespace puff::graphql {
namespace {

/// Where the work is: a chain of frames on the stack, so that a path costs nothing until there is a
/// fault.
struct place {
  const place* before = nullptr;
  std::string_view name;
  std::size_t index = 0;
};

std::string text_of(const place* p) {
  if (p == nullptr) return {};
  auto out = text_of(p->before);
  if (p->name.empty()) return out + "[" + std::to_string(p->index) + "]";
  return out + "." + std::string{p->name};
}

class input_coercer {
 public:
  input_coercer(const coercion& how, const coercion_fault& fault) : how_(how), fault_(fault) {}

  std::optional<value> coerce(const value& v, const type_ref& type, const place* at) {
    if (type.is_non_null()) {
      if (!v.is_null()) return coerce(v, type.inner(), at);
      return wrong(at, v, "Expected non-nullable type \"" + to_string(type) + "\" not to be null.");
    }
    if (v.is_null()) return value{};
    if (type.is_list()) return coerce_list(v, type.inner(), at);
    if (type.named().kind == type_kind::input_object) return coerce_object(v, type.named(), at);
    return coerce_leaf(v, type.named(), at);
  }

 private:
  std::nullopt_t wrong(const place* at, const value& v, const std::string& why) {
    fault_(text_of(at), v, why);
    return std::nullopt;
  }

  std::optional<value> coerce_list(const value& v, const type_ref& item, const place* at) {
    value_list out;
    if (!v.is_list()) {
      auto one = coerce(v, item, at);
      if (!one) return std::nullopt;
      out.push_back(std::move(*one));
      return value{std::move(out)};
    }
    bool good = true;
    for (std::size_t i = 0; i < v.list().size(); ++i) {
      const place here{at, {}, i};
      auto one = coerce(v.list()[i], item, &here);
      good = good && one.has_value();
      if (good) out.push_back(std::move(*one));
    }
    return good ? std::optional{value{std::move(out)}} : std::nullopt;
  }

  std::optional<value> coerce_object(const value& v, const named_type& type, const place* at) {
    if (!v.is_object()) return wrong(at, v, "Expected type \"" + type.name + "\" to be an object.");
    value_object out;
    bool good = true;
    for (const auto& field : type.input_fields) good = coerce_field(v, field, at, out) && good;
    for (const auto& entry : v.object()) good = is_known(v, entry.first, type, at) && good;
    if (type.is_one_of) good = is_one(v, type, at, out) && good;
    return good ? std::optional{value{std::move(out)}} : std::nullopt;
  }

  bool coerce_field(const value& v, const input_value& field, const place* at, value_object& out) {
    const auto* given = v.find(field.name);
    if (given == nullptr) return take_default(v, field, at, out);
    const place here{at, field.name};
    auto coerced = coerce(*given, field.type, &here);
    out.emplace_back(field.name, coerced ? std::move(*coerced) : value{false});
    return coerced.has_value();
  }

  bool take_default(const value& v, const input_value& field, const place* at, value_object& out) {
    if (field.default_value != nullptr) {
      if (auto d = coerce_literal(*field.default_value, field.type, {}, how_))
        out.emplace_back(field.name, std::move(*d));
      return true;
    }
    if (!field.type.is_non_null()) return true;
    wrong(at, v,
          "Field \"" + field.name + "\" of required type \"" + to_string(field.type) +
              "\" was not provided.");
    return false;
  }

  bool is_known(const value& v, const std::string& name, const named_type& type, const place* at) {
    if (type.find_input(name) != nullptr) return true;
    std::vector<std::string_view> names;
    if (how_.suggest)
      for (const auto& field : type.input_fields) names.push_back(field.name);
    wrong(at, v,
          "Field \"" + name + "\" is not defined by type \"" + type.name + "\"." +
              did_you_mean(suggestion_list(name, names)));
    return false;
  }

  bool is_one(const value& v, const named_type& type, const place* at, const value_object& out) {
    if (out.size() != 1) {
      wrong(at, v, "Exactly one key must be specified for OneOf type \"" + type.name + "\".");
      if (out.empty()) return false;
    }
    const auto& [name, only] = out.front();
    const place here{at, name};
    if (only.is_null()) wrong(&here, only, "Field \"" + name + "\" must be non-null.");
    return out.size() == 1 && !only.is_null();
  }

  std::optional<value> coerce_leaf(const value& v, const named_type& type, const place* at) {
    auto parsed = parse_leaf(type, v, how_.scalars);
    if (parsed && parsed->what() == value::kind::outside) parsed->outside()->path = text_of(at);
    if (parsed) return std::move(*parsed);
    return wrong(at, v, parsed.errors().front().message);
  }

  const coercion& how_;
  const coercion_fault& fault_;
};

}  // namespace

std::optional<value> coerce_input(const value& v, const type_ref& type, const coercion& how,
                                  const coercion_fault& fault) {
  return input_coercer{how, fault}.coerce(v, type, nullptr);
}

}  // namespace puff::graphql
