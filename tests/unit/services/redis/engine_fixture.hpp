#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "services/redis/command.hpp"
#include "services/redis/connection.hpp"
#include "tests/support/engine_loop.hpp"
#include "tests/support/redis_server.hpp"
#include "tests/support/scripted_peer.hpp"

namespace puff::redis {

using namespace std::chrono_literals;
using replies = expected<std::vector<redis_value>>;

/// The words of the engine's tests: what was asked, and what became of it.
struct outcome {
  std::vector<replies> all;
  std::size_t calls() const { return all.size(); }
  bool answered() const { return !all.empty(); }
  ec code() const { return !answered() || all[0] ? ec::none : code_of(all[0].error()); }
  std::string reason() const { return !answered() || all[0] ? "" : describe(all[0].error()); }
  /// The only value of the only answer as text; failures and statuses by their text.
  std::string text() const {
    if (!answered()) return "(no answer)";
    if (!all[0]) return "(" + describe(all[0].error()) + ")";
    const auto& data = all[0]->at(0).data;
    if (auto* s = std::get_if<std::string>(&data)) return *s;
    if (auto* s = std::get_if<redis_value::status>(&data)) return s->text;
    if (auto* f = std::get_if<redis_value::failure>(&data)) return f->text;
    if (auto* n = std::get_if<std::int64_t>(&data)) return std::to_string(*n);
    if (auto* a = std::get_if<redis_value::array>(&data))
      return "array of " + std::to_string(a->size());
    return "(nil)";
  }
};

class engine_fixture : public testing::Test {
 protected:
  using clock = connection::clock;

  static connection_options options_for(const std::string& address) {
    auto where = parse_url(address);
    EXPECT_TRUE(where) << describe(where.error());
    connection_options result{.url = std::move(*where)};
    return result;
  }

  template <class Target>
  std::shared_ptr<outcome> send(Target& target, redis_commands commands,
                                std::chrono::milliseconds in = 20s) {
    auto result = std::make_shared<outcome>();
    target.send(std::move(commands), clock::now() + in,
                [result](replies r) { result->all.push_back(std::move(r)); });
    return result;
  }

  template <class Target>
  std::shared_ptr<outcome> send(Target& target, std::initializer_list<std::string_view> command,
                                std::chrono::milliseconds in = 20s) {
    return send(target, make_command(command), in);
  }

  template <class Target>
  std::string ask(Target& target, std::initializer_list<std::string_view> command,
                  std::chrono::milliseconds in = 20s) {
    auto result = send(target, command, in);
    wait_for(*result);
    return result->text();
  }

  void wait_for(const outcome& o) {
    EXPECT_TRUE(loop.run_until([&] { return o.answered(); }));
  }

  bool wait_for_state(connection& c, connection_state wanted) {
    return loop.run_until([&] { return c.state() == wanted; });
  }

  test::engine_loop loop;
};

}  // namespace puff::redis
