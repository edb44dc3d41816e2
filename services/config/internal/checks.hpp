#pragma once

#include <string>
#include <string_view>

/// What a text of puff.toml must look like. Each returns a complaint for a person, which follows
/// the key's name ("must begin with '/'"), or nothing.
namespace puff::config::internal {

std::string dotted_path(std::string_view text);   ///< a Python object: module.name or module:name
std::string http_path(std::string_view text);     ///< the path of a route
std::string bind_address(std::string_view text);  ///< HOST:PORT, [IPV6]:PORT, unix:PATH
std::string node_name(std::string_view text);     ///< a host's name, or like one
std::string pool_name(std::string_view text);     ///< fits into a variable and an option
std::string command_word(std::string_view text);  ///< a word of the command line
std::string postgres_url(std::string_view text);
std::string redis_url(std::string_view text);
std::string log_levels(std::string_view text);
std::string header_text(std::string_view text);  ///< no control characters
std::string any_text(std::string_view text);     ///< no NUL

}  // namespace puff::config::internal
