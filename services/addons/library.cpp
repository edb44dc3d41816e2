#include "services/addons/library.hpp"

#include <dlfcn.h>
#include <openssl/evp.h>

#include <array>
#include <cstddef>
#include <filesystem>
#include <fstream>
#include <memory>

namespace puff::addons {
namespace {

error unusable(const std::string& why) { return make_error(ec::bad_config, why); }

expected<std::string> hash_of(const std::string& path) {
  std::ifstream file{path, std::ios::binary};
  if (!file) return unusable("cannot be read");
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> sum{EVP_MD_CTX_new(), EVP_MD_CTX_free};
  EVP_DigestInit_ex(sum.get(), EVP_sha256(), nullptr);
  std::array<char, 65536> piece;
  while (file.read(piece.data(), piece.size()) || file.gcount() > 0)
    EVP_DigestUpdate(sum.get(), piece.data(), static_cast<std::size_t>(file.gcount()));
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  EVP_DigestFinal_ex(sum.get(), digest.data(), &size);
  std::string hex;
  for (unsigned i = 0; i < 6; ++i)
    for (auto half : {digest[i] >> 4, digest[i] & 15}) hex += "0123456789abcdef"[half];
  return hex;
}

/// What the loader says, without the path that the caller tells anyway.
std::string loader_text(const std::string& path) {
  const char* said = ::dlerror();
  std::string text = said ? said : "the loader does not say why";
  if (text.starts_with(path + ": ")) text.erase(0, path.size() + 2);
  return text;
}

expected<const puff_addon*> open(const std::string& path) {
  auto* handle = ::dlopen(path.c_str(), RTLD_NOW | RTLD_LOCAL);
  if (handle == nullptr) return unusable("cannot be loaded: " + loader_text(path));
  auto* symbol = ::dlsym(handle, "puff_addon_entry");
  if (symbol == nullptr)
    return unusable("is no add-on of Puff: it has no puff_addon_entry (see PUFF_ADDON)");
  const auto* entry = reinterpret_cast<puff_addon_entry_function>(symbol)();
  if (auto wrong = check_entry(entry)) return wrong;
  return entry;
}

}  // namespace

error check_entry(const puff_addon* entry) {
  if (entry == nullptr || entry->magic != PUFF_ADDON_MAGIC)
    return unusable("is no add-on of Puff: its entry is not one");
  if (entry->abi != PUFF_ADDON_ABI)
    return unusable("was built for add-on ABI " + std::to_string(entry->abi) +
                    ", this Puff has ABI " + std::to_string(PUFF_ADDON_ABI) +
                    "; build it with this Puff's headers");
  if (entry->size < offsetof(puff_addon, stop) + sizeof entry->stop)
    return unusable("has an entry that is too short; build it with this Puff's headers");
  if (entry->name == nullptr || entry->version == nullptr || entry->start == nullptr)
    return unusable("has an entry without a name, a version or a start");
  return {};
}

expected<library> load_library(const std::string& path) {
  // A path without a slash would be looked for where the system's libraries are.
  const auto whole = std::filesystem::absolute(path).string();
  auto refused = [&](const error& why) {
    return make_error(code_of(why), "add-on " + path + " " + context_of(why));
  };
  auto hash = hash_of(whole);
  if (!hash) return refused(hash.error());
  auto entry = open(whole);
  if (!entry) return refused(entry.error());
  return library{*entry, std::move(*hash)};
}

}  // namespace puff::addons
