#include "actors/node.hpp"

#include "actors/core/outside_ask.hpp"
#include "actors/internal/node_parts.hpp"

namespace puff {

namespace {

using namespace std::chrono_literals;

/// Whether each of them reaches its server; an error names the first that does not.
template <class Cells>
error reach(const char* what, asio_loop& from, const Cells& cells) {
  for (const auto& [name, cell] : cells) {
    auto reached = ask_and_wait<check_atom>(from, cell, 6s, check_atom::value);
    if (!reached)
      return make_error(code_of(reached.error()),
                        what + (" '" + name + "': ") + context_of(reached.error()));
  }
  return {};
}

}  // namespace

node::node(node_options options) : parts_(std::make_unique<parts>(std::move(options))) {}
node::~node() = default;

caf::actor_system& node::system() noexcept { return parts_->system; }
asio_loop& node::loop(std::size_t i) noexcept { return *parts_->loops[i]; }
asio_loop* node::guest_loop() noexcept { return parts_->guest_loop.get(); }
std::size_t node::loops() const noexcept { return parts_->loops.size(); }
const std::string& node::name() const noexcept { return parts_->options.name; }

error node::start_resources() {
  if (parts_->planned.empty()) return {};
  parts_->resources = parts_->watch_over("resources", std::move(parts_->planned));
  // A supervisor answers when it has started its children.
  status();
  if (auto failed = reach("Redis pool", loop(), parts_->redis_pools)) return failed;
  if (auto failed = reach("Pub/sub pool", loop(), parts_->pubsub_hubs)) return failed;
  if (auto failed = reach("Task queue", loop(), parts_->task_queues)) return failed;
  if (parts_->in_cluster) {
    // Another node of the name may have died: its lease is waited for.
    auto joined = ask_and_wait<check_atom>(loop(), parts_->federation, 1h, check_atom::value);
    if (!joined) return joined.error();
  }
  for (const auto& [pool, access] : parts_->postgres_pools) {
    if (pool.empty()) continue;
    auto reached = ask_and_wait<check_atom>(loop(), access.pool, 6s, check_atom::value);
    if (!reached) return reached.error();
  }
  return {};
}

std::vector<std::string> node::down() const {
  std::vector<std::string> names;
  auto look = [&](const char* kind, const auto& cells) {
    for (const auto& [name, cell] : cells)
      if (!cell.get()) names.push_back(std::string{kind} + " " + name);
  };
  look("redis", parts_->redis_pools);
  look("pubsub", parts_->pubsub_hubs);
  look("tasks", parts_->task_queues);
  for (const auto& [name, access] : parts_->postgres_pools)
    if (!access.pool.get()) names.push_back("postgres " + (name.empty() ? "connections" : name));
  look("graphql", parts_->resolvers);
  return names;
}

void node::mention(std::string actor, gauge_ptr counts) {
  std::scoped_lock lock{parts_->guards_mentioned};
  parts_->mentioned.emplace_back(std::move(actor), std::move(counts));
}

actor_status node::status() {
  actor_status tree;
  tree.name = name();
  tree.state = actor_state::running;
  for (const auto& group : {parts_->resources, parts_->schemas, parts_->listeners}) {
    if (!group) continue;
    auto below = ask_and_wait<actor_status>(loop(), group, 1s, status_atom::value);
    if (below)
      tree.children.push_back(std::move(*below));
    else
      tree.last_error = describe(below.error());
  }
  std::scoped_lock lock{parts_->guards_mentioned};
  for (const auto& [actor, counts] : parts_->mentioned) {
    auto& child = tree.children.emplace_back();
    child.name = actor;
    child.state = actor_state::running;
    read_gauge(*counts, child);
  }
  return tree;
}

}  // namespace puff
