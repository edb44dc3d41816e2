#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "schemas/error.hpp"

namespace puff::config {

/// One variable of a `.env` file.
struct dotenv_variable {
  std::string name;
  std::string value;
  std::uint32_t line = 0;
};

using variable_lookup = std::function<std::optional<std::string>(std::string_view name)>;

/// Reads the text of a `.env` file: `NAME=value` lines, `export` before them, comments with '#'.
/// 'Single quotes' keep everything as it is, "double quotes" may span lines and know \n \t \r \\ \"
/// and \$. Outside single quotes `${NAME}` stands for a variable of the environment (`lookup`) or
/// of an earlier line. Where a name is repeated the last one counts. `bad_config`: "FILE:LINE: ..".
expected<std::vector<dotenv_variable>> parse_dotenv(std::string_view text, std::string_view file,
                                                    const variable_lookup& lookup);

}  // namespace puff::config
