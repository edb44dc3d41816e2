#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace puff::cli {

/// The candidate that a misspelt word was most likely meant to be; empty if none is near. A pair of
/// letters that changed places counts as one mistake, '_' and '-' are the same.
std::string_view nearest(std::string_view word, const std::vector<std::string>& candidates);

/// "; did you mean 'x'?", or nothing.
std::string did_you_mean(std::string_view word, const std::vector<std::string>& candidates);

}  // namespace puff::cli
