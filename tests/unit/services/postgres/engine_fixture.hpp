#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "services/postgres/connection.hpp"
#include "services/postgres/result_view.hpp"
#include "tests/support/engine_loop.hpp"
#include "tests/support/postgres_server.hpp"

namespace puff::postgres {

using namespace std::chrono_literals;
using kind = sql_request::kind;

/// The words of the engine's tests: what was asked, and what became of it.
struct outcome {
  std::vector<expected<sql_reply>> all;

  bool answered() const { return !all.empty(); }
  bool succeeded() const { return answered() && all[0]; }
  ec code() const { return !answered() || all[0] ? ec::none : code_of(all[0].error()); }
  std::string reason() const { return !answered() || all[0] ? "" : context_of(all[0].error()); }
  const sql_reply& reply() const { return *all.at(0); }
  bool more() const { return succeeded() && reply().more; }

  /// The results as text: rows as "1,a 2,(null)", others by their tag or error code, joined by "|".
  std::string text() const {
    if (!answered()) return "(no answer)";
    if (!all[0]) return "(" + describe(all[0].error()) + ")";
    std::string joined;
    for (const auto& result : reply().results) joined += (joined.empty() ? "" : "|") + say(result);
    return joined;
  }

  static std::string say(const sql_result& result) {
    result_view view{result};
    switch (view.kind()) {
      case result_kind::error: return std::string{view.error_field('C')};
      case result_kind::rows: return rows(view);
      case result_kind::copy_in: return "copy in";
      case result_kind::copy_out: return "copy out";
      case result_kind::empty_query: return "empty";
      default: return std::string{view.command_tag()};
    }
  }

  static std::string rows(const result_view& view) {
    std::string text;
    for (int row = 0; row < view.rows(); ++row)
      for (int column = 0; column < view.columns(); ++column) {
        if (row + column != 0) text += column == 0 ? " " : ",";
        text += view.is_null(row, column) ? "(null)" : std::string{view.value(row, column)};
      }
    return text;
  }
};
using asked = std::shared_ptr<outcome>;

class engine_fixture : public testing::Test {
 protected:
  using clock = connection::clock;

  /// The one server of all tests that leave it alive.
  static test::postgres_server& server() {
    static test::postgres_server shared{{"max_prepared_transactions=10"}};
    return shared;
  }

  std::unique_ptr<connection> make(connection_options options) {
    return std::make_unique<connection>(loop.io(), loop.wheel(), std::move(options));
  }
  /// Nothing as soon as it is open, else why not.
  std::optional<error> open(connection& c, std::chrono::milliseconds in = 20s) {
    std::optional<error> ended;
    c.open(clock::now() + in, [&](const error& e) { ended = e; });
    EXPECT_TRUE(loop.run_until([&] { return ended.has_value(); }));
    if (ended && !*ended) return std::nullopt;
    return ended;
  }
  std::unique_ptr<connection> connect(connection_options options) {
    auto made = make(std::move(options));
    auto failed = open(*made);
    EXPECT_FALSE(failed) << describe(*failed);
    return made;
  }
  std::unique_ptr<connection> connect() { return connect({.conninfo = server().conninfo()}); }

  asked send(connection& c, sql_request request, std::chrono::milliseconds in = 20s) {
    auto result = std::make_shared<outcome>();
    request.deadline = clock::now() + in;
    c.run(std::move(request),
          [result](expected<sql_reply> r) { result->all.push_back(std::move(r)); });
    return result;
  }
  asked send(connection& c, kind what, std::string text = {}, std::chrono::milliseconds in = 20s) {
    sql_request request;
    request.what = what;
    request.text = std::move(text);
    return send(c, std::move(request), in);
  }
  static sql_request bound(std::string text, std::vector<std::optional<std::string>> values = {}) {
    sql_request request;
    request.what = kind::bound;
    request.text = std::move(text);
    request.sets.push_back({std::move(values), {}});
    return request;
  }

  void wait_for(const outcome& o) {
    EXPECT_TRUE(loop.run_until([&] { return o.answered(); }));
  }
  template <class... Request>
  asked ask(connection& c, Request&&... request) {
    auto o = send(c, std::forward<Request>(request)...);
    wait_for(*o);
    return o;
  }
  std::string simple(connection& c, std::string text) {
    return ask(c, kind::simple, std::move(text))->text();
  }
  /// Asks until the server says so; false if that takes too long.
  bool says(connection& c, const std::string& sql, const std::string& wanted) {
    auto end = clock::now() + 20s;
    while (clock::now() < end)
      if (simple(c, sql) == wanted) return true;
    return false;
  }

  test::engine_loop loop;
};

}  // namespace puff::postgres
