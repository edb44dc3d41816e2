#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "bridge/graphql/kept_object.hpp"
#include "schemas/header_block.hpp"
#include "services/graphql/authorizer.hpp"

namespace puff::bridge::graphql {

using expiry = std::optional<std::chrono::system_clock::time_point>;

/// What a request brings along for resolvers in Python.
class python_context final : public puff::graphql::request_context,
                             public std::enable_shared_from_this<python_context> {
 public:
  python_context(header_block sent, std::optional<std::string> bearer, kept_object authorized,
                 std::string pool, expiry until = {})
      : headers(std::move(sent)),
        token(std::move(bearer)),
        auth(std::move(authorized)),
        database(std::move(pool)),
        until_(until) {}
  expiry expires_at() const override { return until_; }

  const header_block headers;
  const std::optional<std::string> token;
  /// What the schema's `auth` gave; none if it has no such function.
  const kept_object auth;
  /// The pool of the schema's SQL; empty: it has none.
  const std::string database;

 private:
  const expiry until_;
};

}  // namespace puff::bridge::graphql
