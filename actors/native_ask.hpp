#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "actors/core/outside_ask.hpp"
#include "actors/node.hpp"

namespace puff {

/// The loop of the node that a coroutine with this context runs on; null elsewhere.
inline asio_loop* loop_of(node& over, boost::asio::execution_context& io) {
  for (std::size_t i = 0; i < over.loops(); ++i)
    if (&over.loop(i).io() == &io) return &over.loop(i);
  return nullptr;
}

/// The same for a coroutine; `bad_argument` elsewhere.
inline expected<asio_loop*> home_of(node& over, const boost::asio::any_io_executor& runs_on) {
  auto* home = loop_of(over, boost::asio::query(runs_on, boost::asio::execution::context));
  if (home) return home;
  return make_error(ec::bad_argument, "a node's resources are used on its own io threads");
}

/// What the node has by that name; `not_found` tells which table of puff.toml would make it.
template <class Map>
expected<typename Map::mapped_type> pool_named(const Map& all, const std::string& name,
                                               std::string_view kind, std::string_view table) {
  auto found = all.find(name);
  if (found != all.end()) return found->second;
  return make_error(ec::not_found, "there is no " + std::string{kind} + " '" + name + "'; add [[" +
                                       std::string{table} + "]] with this name to puff.toml");
}

/// Asks by way of `home`, whose thread this is, and resumes the coroutine there.
template <class T, class Receiver, class... Args>
boost::asio::awaitable<expected<T>> native_ask(asio_loop& home, resource<Receiver> receiver,
                                               std::chrono::milliseconds within, Args... args) {
  // Shared: the loop may end, and its coroutines with it, before the answer comes.
  auto answer = std::make_shared<std::optional<expected<T>>>();
  // g++ 12 destroys temporaries of a co_await expression twice: everything has a name here.
  auto start = [&](auto handler) {
    auto resume = std::make_shared<decltype(handler)>(std::move(handler));
    std::function<void(expected<T>)> tell = [answer, resume, &home](expected<T> got) {
      answer->emplace(std::move(got));
      boost::asio::post(home.io(), std::move(*resume));
    };
    outside_ask<T>(home, receiver, within, std::move(tell), std::move(args)...);
  };
  auto asked = boost::asio::async_initiate<const boost::asio::use_awaitable_t<>, void()>(
      start, boost::asio::use_awaitable);
  co_await std::move(asked);
  co_return std::move(**answer);
}

}  // namespace puff
