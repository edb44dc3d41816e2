#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace puff::graphql {

/// The options that a wrong word may have meant, nearest first (optimal string alignment, letters'
/// case counts once); equal distances in natural order.
std::vector<std::string> suggestion_list(std::string_view wrong,
                                         const std::vector<std::string_view>& options);

/// ' Did you mean "a", "b", or "c"?' with at most five words; empty without any.
std::string did_you_mean(const std::vector<std::string>& words);
/// ' Did you mean the enum value "a"?'
std::string did_you_mean(std::string_view what, const std::vector<std::string>& words);

/// Less as people sort: digits within words compare by value.
bool natural_less(std::string_view a, std::string_view b) noexcept;

}  // namespace puff::graphql
