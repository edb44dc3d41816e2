#pragma once

#include <string>
#include <string_view>

#include "services/graphql/language/document.hpp"

namespace puff::graphql {

/// The document in GraphQL's usual layout (graphql-js' `print`), without comments. Parsing the
/// result gives the same nodes again.
std::string print(const document& doc);
std::string print(const definition_node& definition);
std::string print(const value_node& value);
std::string print(const type_node& type);
std::string print(const selection_set_node& selections);

/// A string literal with quotes and escapes; of several lines between triple quotes.
std::string print_string(std::string_view text);
std::string print_block_string(std::string_view text);

}  // namespace puff::graphql
