#include "services/config/places.hpp"

#include <cctype>

namespace puff::config {
namespace {

struct walk {
  const std::function<void(const place&)>& f;

  void table(const section& in, void* object, const std::string& path, const std::string& label,
             const std::string& instance) const {
    for (const auto& k : in.keys)
      f({in, k, object, path + std::string{k.name}, label + std::string{k.name}, instance});
    for (const auto& inner : in.tables) each(inner, object, path, label, instance);
  }

  void each(const section& in, void* parent, const std::string& path, const std::string& label,
            const std::string& instance) const {
    auto name = std::string{in.name};
    for (std::size_t i = 0; i < in.size(parent); ++i) {
      auto* object = in.at(parent, i);
      if (!in.many) {
        table(in, object, path + name + ".", label + name + ".", instance);
        continue;
      }
      auto own = identity_of(in, object);
      auto shown = own.empty() ? std::to_string(i) : own;
      table(in, object, path + name + "[" + std::to_string(i) + "].",
            label + name + "." + shown + ".", own);
    }
  }
};

std::string filled(std::string_view pattern, std::string_view slot, std::string_view with) {
  std::string out{pattern};
  if (auto at = out.find(slot); at != std::string::npos) out.replace(at, slot.size(), with);
  return out;
}

}  // namespace

std::string identity_of(const section& in, const void* object) {
  for (const auto& k : in.keys)
    if (k.name == in.identity)
      if (auto v = k.bound->get(object); std::holds_alternative<std::string>(v))
        return std::get<std::string>(v);
  return {};
}

void visit(settings& s, const std::function<void(const place&)>& f) {
  walk{f}.table(schema(), &s, "", "", "");
}

std::string environment_name(std::string_view pattern, std::string_view instance) {
  std::string upper;
  for (char c : instance)
    upper +=
        c == '-' || c == '.' ? '_' : static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return filled(pattern, "{NAME}", upper);
}

std::string option_name(std::string_view pattern, std::string_view instance) {
  return filled(pattern, "{name}", instance);
}

}  // namespace puff::config
