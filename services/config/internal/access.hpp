#pragma once

#include <chrono>
#include <optional>
#include <type_traits>

#include "services/config/schema.hpp"

/// Builds the type-erased accessors of the key table from pointers to members.
namespace puff::config::internal {

template <class Enum>
constexpr std::span<const std::string_view> choices_of();

template <class T>
struct convert;

template <>
struct convert<bool> {
  static constexpr auto kind = value_kind::boolean;
  static value to(bool v) { return v; }
  static bool from(const value& v) { return std::get<bool>(v); }
};

template <class T>
requires std::is_integral_v<T>
struct convert<T> {
  static constexpr auto kind = value_kind::integer;
  static value to(T v) { return static_cast<std::int64_t>(v); }
  static T from(const value& v) { return static_cast<T>(std::get<std::int64_t>(v)); }
};

template <class Period>
struct convert<std::chrono::duration<std::int64_t, Period>> {
  using duration = std::chrono::duration<std::int64_t, Period>;
  static constexpr auto kind = value_kind::integer;
  static value to(duration v) { return std::int64_t{v.count()}; }
  static duration from(const value& v) { return duration{std::get<std::int64_t>(v)}; }
};

template <class T>
requires std::is_enum_v<T>
struct convert<T> {
  static constexpr auto kind = value_kind::text;
  static value to(T v) { return std::string{choices_of<T>()[static_cast<std::size_t>(v)]}; }
  static T from(const value& v) {
    std::size_t i = 0;
    while (choices_of<T>()[i] != std::get<std::string>(v)) ++i;
    return static_cast<T>(i);
  }
};

template <>
struct convert<std::string> {
  static constexpr auto kind = value_kind::text;
  static value to(const std::string& v) { return v.empty() ? value{} : value{v}; }
  static std::string from(const value& v) { return std::get<std::string>(v); }
};

template <>
struct convert<std::vector<std::string>> {
  static constexpr auto kind = value_kind::list;
  static value to(const std::vector<std::string>& v) { return v; }
  static std::vector<std::string> from(const value& v) {
    return std::get<std::vector<std::string>>(v);
  }
};

template <class T>
struct convert<std::optional<T>> {
  static constexpr auto kind = convert<T>::kind;
  static value to(const std::optional<T>& v) { return v ? convert<T>::to(*v) : value{}; }
  static std::optional<T> from(const value& v) { return convert<T>::from(v); }
};

template <class Pointer>
struct member_of;
template <class Struct, class T>
struct member_of<T Struct::*> {
  using object = Struct;
  using type = T;
};

template <auto Member>
constexpr binding make_binding() {
  using object = typename member_of<decltype(Member)>::object;
  using type = typename member_of<decltype(Member)>::type;
  binding b{
      convert<type>::kind,
      [](const void* o) { return convert<type>::to(static_cast<const object*>(o)->*Member); },
      [](void* o, const value& v) { static_cast<object*>(o)->*Member = convert<type>::from(v); }};
  if constexpr (std::is_enum_v<type>) b.choices = choices_of<type>();
  if constexpr (std::is_integral_v<type> && sizeof(type) < sizeof(std::int64_t))
    b.most = std::numeric_limits<type>::max();
  return b;
}

template <auto Member>
inline constexpr binding bound = make_binding<Member>();

template <class Struct>
value initial_of(const key& k) {
  static const Struct fresh{};
  return k.bound->get(&fresh);
}

/// `[name]`
template <auto Member>
constexpr section table(std::string_view name, std::span<const key> keys, std::string_view doc) {
  using object = typename member_of<decltype(Member)>::object;
  using type = typename member_of<decltype(Member)>::type;
  auto open = [](void* parent) -> void* { return &(static_cast<object*>(parent)->*Member); };
  return {.name = name,
          .doc = doc,
          .keys = keys,
          .open = open,
          .size = [](const void*) -> std::size_t { return 1; },
          .at = [](void* p, std::size_t) -> void* { return &(static_cast<object*>(p)->*Member); },
          .initial = initial_of<type>};
}

/// `[[name]]`
template <auto Member>
constexpr section tables(std::string_view name, std::string_view identity,
                         std::span<const key> keys, std::string_view doc,
                         std::span<const section> inner = {}) {
  using object = typename member_of<decltype(Member)>::object;
  using type = typename member_of<decltype(Member)>::type;
  return {
      .name = name,
      .doc = doc,
      .keys = keys,
      .tables = inner,
      .many = true,
      .identity = identity,
      .open = [](void* p) -> void* { return &(static_cast<object*>(p)->*Member).emplace_back(); },
      .size = [](const void* p) { return (static_cast<const object*>(p)->*Member).size(); },
      .at = [](void* p, std::size_t i) -> void* { return &(static_cast<object*>(p)->*Member)[i]; },
      .initial = initial_of<typename type::value_type>};
}

}  // namespace puff::config::internal
