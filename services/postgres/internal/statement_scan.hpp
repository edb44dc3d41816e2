#pragma once

#include <cstdint>
#include <string_view>

namespace puff::postgres::internal {

/// What a text of SQL, as far as its words tell, may do beyond reading and changing rows.
struct statement_traits {
  bool leaves_state = false;          ///< something that a ROLLBACK does not undo: SET, LISTEN, ..
  bool controls_transaction = false;  ///< BEGIN, COMMIT, .., or what may contain such
  bool copies = false;                ///< COPY

  bool operator==(const statement_traits&) const = default;
};

enum class backslashes : std::uint8_t { are_plain, escape };

/// Looks at the words of one or several statements, outside of quotes and comments. What functions
/// do inside remains unseen, but for PostgreSQL's own: advisory locks, set_config, setseed.
/// `in_quotes`: what a backslash means within '..' (standard_conforming_strings).
statement_traits scan(std::string_view sql, backslashes in_quotes = backslashes::are_plain);

}  // namespace puff::postgres::internal
