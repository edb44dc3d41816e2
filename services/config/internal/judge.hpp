#pragma once

#include <string>
#include <vector>

#include "services/config/schema.hpp"

/// Whether a value may be a key's value, wherever it comes from.
namespace puff::config::internal {

/// "" or what is wrong with `v`, of the kind of `k`: range, choice, form.
std::string complaint(const key& k, const value& v);

/// Reads what the words of an option or a variable mean into `v`; gives "" or what is wrong with
/// them. No words at all mean true for a boolean.
std::string read_words(const key& k, const std::vector<std::string>& words, value& v);

/// The words of a variable: one, or of a list those between commas.
std::vector<std::string> words_of(const key& k, const std::string& text);

/// "'pool_size' of [[postgres]]"
std::string subject(std::string_view key, std::string_view title);

}  // namespace puff::config::internal
