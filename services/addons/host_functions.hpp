#pragma once

#include "services/addons/instance.hpp"

namespace puff::addons {

/// The functions that an add-on is given, on behalf of its instance.
struct host_functions {
  static puff_host table(instance& self);

 private:
  static void add_registrations(puff_host& to);
  static void add_messages(puff_host& to);
};

inline std::string to_string(puff_text text) {
  return text.size == 0 ? std::string{} : std::string{text.data, text.size};
}
inline puff_text to_text(std::string_view text) { return {text.data(), text.size()}; }
inline puff_message to_message(const actor_message& m) {
  return {to_text(m.verb), to_text(m.content_type), to_text(m.body)};
}

/// The status that stands for an error, and the error that stands for a status.
std::uint32_t status_of(ec code) noexcept;
ec code_of_status(std::uint32_t status) noexcept;

}  // namespace puff::addons
