#include "actors/internal/node_parts.hpp"

#include <algorithm>
#include <caf/send.hpp>
#include <thread>

#include "actors/core/outside_ask.hpp"
#include "actors/core/reason.hpp"
#include "services/telemetry/log.hpp"

namespace puff {
namespace {

using namespace std::chrono_literals;

std::uint32_t loops_wanted(const node_options& options) {
  if (options.io_threads != 0) return options.io_threads;
  return std::max(1u, std::thread::hardware_concurrency() / 2);
}

void log_event(const child_event& event) {
  if (event.state == actor_state::running) return;
  auto what = std::string{name_of(event.state)};
  if (event.reason) what += ": " + describe(event.reason);
  if (event.restarts_in > 0ms)
    what += "; starts again in " + std::to_string(event.restarts_in.count()) + " ms";
  if (event.reason && !is_orderly(event.reason))
    log::warning("node", "{} is {}", event.name, what);
  else
    log::debug("node", "{} is {}", event.name, what);
}

}  // namespace

void node::parts::keeper::tell(const resource<federation_actor>& to) const {
  auto up = to.get();
  if (!up) return;
  std::visit(
      [&](const auto& handle) {
        caf::anon_send(*up, announce_atom::value, actor_announcement_parcel{what}, handle);
      },
      who);
}

void node::parts::keeper::fence() const {
  if (auto* host = std::get_if<actor_host_actor>(&who)) caf::anon_send(*host, fence_atom::value);
}

node::parts::parts(node_options given) : options(std::move(given)) {
  for (auto i = loops_wanted(options); i > 0; --i)
    loops.push_back(std::make_unique<asio_loop>(system));
}

node::parts::~parts() {
  keepers.clear();
  end(listeners);
  end(schemas);
  end(resources);
  for (auto& [name, access] : postgres_pools) access.desk.set(std::nullopt);
  guest_loop.reset();
  loops.clear();
}

asio_loop& node::parts::loop_for_guests() {
  if (!guest_loop) guest_loop = std::make_unique<asio_loop>(system);
  return *guest_loop;
}

void node::parts::end(supervisor_actor& group) {
  if (!group) return;
  auto ended = ask_and_wait<caf::unit_t>(*loops.front(), group, 10s, end_atom::value);
  if (!ended) log::warning("node", "{} actors did not end in time", "some");
  group = nullptr;
}

supervisor_actor node::parts::watch_over(std::string name, std::vector<child> children) {
  supervision how;
  how.name = std::move(name);
  how.report = log_event;
  how.on_give_up = options.on_failure;
  return supervise(system, {.home = loops.front().get()}, std::move(how), std::move(children));
}

}  // namespace puff
