#include "services/graphql/transport/document_store.hpp"

#include <openssl/evp.h>

#include <array>
#include <utility>

#include "services/graphql/transport/internal/wire_json.hpp"

namespace puff::graphql {
namespace {

std::string sha256_of(std::string_view text) {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int size = 0;
  EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha256(), nullptr);
  constexpr std::string_view digits = "0123456789abcdef";
  std::string out;
  for (unsigned int i = 0; i < size; ++i) {
    out += digits[digest[i] >> 4];
    out += digits[digest[i] & 15];
  }
  return out;
}

graphql_error refusal(std::string message, std::string_view code) {
  return {std::move(message), {}, {}, "{\"code\":\"" + std::string{code} + "\"}"};
}

graphql_error unknown() { return refusal("PersistedQueryNotFound", "PERSISTED_QUERY_NOT_FOUND"); }

}  // namespace

document_store::document_store(document_options options) : options_(std::move(options)) {
  if (options_.only_trusted)
    for (const auto& [id, text] : options_.trusted) trusted_texts_.insert(text);
}

const std::string* document_store::find(const std::string& id) {
  if (const auto at = options_.trusted.find(id); at != options_.trusted.end()) return &at->second;
  const auto at = by_hash_.find(id);
  if (at == by_hash_.end()) return nullptr;
  order_.splice(order_.begin(), order_, at->second);
  return &at->second->text;
}

std::optional<graphql_error> document_store::resolve(wire_operation& asked) {
  const auto& id = asked.document_id.empty() ? asked.persisted_hash : asked.document_id;
  if (id.empty()) {
    if (!options_.only_trusted || trusted_texts_.contains(asked.query)) return std::nullopt;
    return refusal("Only documents of the trusted list are executed.", "DOCUMENT_NOT_TRUSTED");
  }
  if (asked.query.empty()) {
    if (options_.trusted.empty() && options_.max_kept == 0)
      return refusal("PersistedQueryNotSupported", "PERSISTED_QUERY_NOT_SUPPORTED");
    const auto* text = find(id);
    if (text == nullptr) return unknown();
    asked.query = *text;
    asked.persisted_hash.clear();
    return std::nullopt;
  }
  if (options_.only_trusted && !trusted_texts_.contains(asked.query))
    return refusal("Only documents of the trusted list are executed.", "DOCUMENT_NOT_TRUSTED");
  if (!asked.persisted_hash.empty() && asked.persisted_hash != sha256_of(asked.query))
    return refusal("The hash is not that of the document.", "PERSISTED_QUERY_HASH_MISMATCH");
  return std::nullopt;
}

void document_store::accepted(const wire_operation& asked) {
  if (asked.persisted_hash.empty() || options_.max_kept == 0) return;
  if (find(asked.persisted_hash) != nullptr) return;
  order_.push_front({asked.persisted_hash, asked.query});
  by_hash_.emplace(order_.front().hash, order_.begin());
  bytes_ += asked.query.size();
  trim();
}

void document_store::trim() {
  while (order_.size() > options_.max_kept || bytes_ > options_.max_bytes) {
    bytes_ -= order_.back().text.size();
    by_hash_.erase(order_.back().hash);
    order_.pop_back();
  }
}

expected<document_list> read_document_list(std::string_view json) {
  auto read = internal::read_document_list(json);
  if (auto* why = std::get_if<std::string>(&read)) return make_error(ec::bad_config, *why);
  return std::move(std::get<document_list>(read));
}

}  // namespace puff::graphql
