#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "services/graphql/output/json_text.hpp"
#include "tests/support/graphql_world.hpp"

namespace puff::graphql {

inline std::uint32_t hash_of(std::string_view text) {
  std::uint32_t h = 0x811c9dc5;
  for (const char c : text) h = (h ^ static_cast<unsigned char>(c)) * 0x01000193u;
  return h;
}

class dice {
 public:
  explicit dice(std::uint32_t seed) : state_(seed == 0 ? 1 : seed) {
    for (int i = 0; i < 4; ++i) next();
  }
  std::uint32_t next() {
    state_ ^= state_ << 13;
    state_ ^= state_ >> 17;
    return state_ ^= state_ << 5;
  }
  std::uint32_t below(std::uint32_t n) { return next() % n; }
  bool percent(std::uint32_t n) { return below(100) < n; }
  template <class List>
  auto& one_of(List& list) {
    return list[below(static_cast<std::uint32_t>(list.size()))];
  }

 private:
  std::uint32_t state_;
};

/// The resolvers of values.js.
class values {
 public:
  explicit values(const schema& s) : schema_(s) {}

  value of(const type_ref& type, dice& d) const {
    if (type.is_non_null()) return d.percent(2) ? value{} : of(type.inner(), d);
    if (d.percent(8)) return {};
    if (d.percent(4)) return field_failure{"fault " + std::to_string(d.below(100)), {}};
    if (type.is_list()) return list(type.inner(), d);
    return type.named().is_leaf() ? leaf(type.named(), d) : object(type.named(), d);
  }

 private:
  value list(const type_ref& item, dice& d) const {
    if (d.percent(3)) {
      const std::vector<value> odd{5, "text", true};
      return d.one_of(odd);
    }
    value_list out;
    for (auto i = d.below(4); i > 0; --i) out.push_back(of(item, d));
    return out;
  }

  static value leaf(const named_type& type, dice& d) {
    static const auto wrong =
        json(R"([true, "abc", "12", 1.5, 3000000000, -1, [1, [2, "x"]], ""])");
    if (d.percent(7)) return d.one_of(wrong.list());
    if (type.kind == type_kind::enum_) return enum_name{d.one_of(type.values).name};
    switch (type.builtin) {
      case builtin_scalar::int_: return static_cast<int>(d.below(1000)) - 500;
      case builtin_scalar::float_:
        if (d.percent(50)) return d.below(1000) / 8.0;
        return d.below(1u << 30) * 4096.0;
      case builtin_scalar::boolean: return d.percent(50);
      case builtin_scalar::id:
        if (d.percent(50)) return static_cast<int>(d.below(1000));
        return "id" + std::to_string(d.below(10));
      case builtin_scalar::string: return text(d);
      case builtin_scalar::other: break;
    }
    static const auto any = json(R"([1, "any", [1, null, "a"], true, 0.5])");
    return d.one_of(any.list());
  }

  static value text(dice& d) {
    const std::string crosses(d.below(20), 'x');
    const std::vector<std::string> all{"plain", "quo\"te\\", "líne\n\ttab", "日本", crosses};
    return d.one_of(all);
  }

  value object(const named_type& type, dice& d) const {
    value_object out{{"seed", std::int64_t{d.next()}}};
    if (!type.is_abstract()) return out;
    const auto odd = d.below(40);
    if (odd == 0) return out;
    const auto possible = schema_.possible_types(type);
    out.emplace_back("__typename", odd == 1   ? value{"Nope"}
                                   : odd == 2 ? value{"Int"}
                                   : odd == 3 ? value{"Query"}
                                              : value{d.one_of(possible)->name});
    return out;
  }

  const schema& schema_;
};

inline void serve(graphql_world& world, const named_type& type, const field& f) {
  const auto& types = *world.schema->types;
  world.answers(type.name + "." + f.name, [&types, &f](const field_call& call) -> answer {
    const values source{types};
    const auto seeds = call.parents->find("seed");
    const auto arguments = to_json(value{call.arguments});
    auto kept = std::make_shared<value_list>();
    for (std::size_t i = 0; i < call.parents->size(); ++i) {
      dice d{hash_of(std::to_string(seeds->at(i).integer_) + "/" + f.name + "/" + arguments)};
      kept->push_back(source.of(f.type, d));
    }
    std::vector<const value*> each;
    for (const auto& v : *kept) each.push_back(&v);
    return aligned{column_of(each, kept)};
  });
}

/// A schema whose fields have the values that values.js gives them.
inline std::unique_ptr<graphql_world> world_of(const std::string& sdl) {
  auto world = std::make_unique<graphql_world>(sdl);
  for (const auto* type : world->schema->types->types())
    if (type->kind == type_kind::object && !type->is_introspection)
      for (const auto& f : type->fields) serve(*world, *type, f);
  world->with.root = row_of(value_object{{"seed", 1}});
  return world;
}

}  // namespace puff::graphql
