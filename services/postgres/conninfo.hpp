#pragma once

#include <map>
#include <string>

#include "schemas/error.hpp"

namespace puff::postgres {

/// The keywords that `text` sets, either "host=.. dbname=.." or a URI, as libpq reads it; defaults
/// and the environment are left out. `bad_argument` with libpq's own text.
expected<std::map<std::string, std::string>> parse_conninfo(const std::string& text);

/// The server for a person: "postgres://user@host:5432/database", never with a password. A text
/// that libpq cannot read is not shown at all.
std::string without_password(const std::string& conninfo);

/// Of the library at run time: 150018.
int libpq_version() noexcept;

/// What the server stores for a password, so that the password itself need not be sent: by
/// "md5" or "scram-sha-256". `bad_argument` for another algorithm.
expected<std::string> encrypt_password(const std::string& password, const std::string& user,
                                       const std::string& algorithm);

}  // namespace puff::postgres
