#include "services/federation/identity.hpp"

#include <array>
#include <charconv>
#include <random>

namespace puff::federation {
namespace {
constexpr std::size_t digits = 16;
}

node_identity new_life(std::string node) {
  std::random_device source;
  std::uint64_t epoch = 0;
  while (epoch == 0) epoch = (std::uint64_t{source()} << 32) | source();
  return {std::move(node), epoch};
}

std::string to_text(const node_identity& life) {
  std::array<char, digits> hex;
  hex.fill('0');
  std::array<char, digits> short_form;
  auto end = std::to_chars(short_form.begin(), short_form.end(), life.epoch, 16).ptr;
  std::copy(short_form.data(), end, hex.end() - (end - short_form.data()));
  return std::string{hex.data(), hex.size()} + ":" + life.node;
}

std::optional<node_identity> life_from(std::string_view text) {
  if (text.size() <= digits || text[digits] != ':') return std::nullopt;
  node_identity life;
  auto [end, failed] = std::from_chars(text.data(), text.data() + digits, life.epoch, 16);
  if (failed != std::errc{} || end != text.data() + digits) return std::nullopt;
  life.node = text.substr(digits + 1);
  return life;
}

}  // namespace puff::federation
