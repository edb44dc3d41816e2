#include <CLI/CLI.hpp>
#include <chrono>
#include <memory>
#include <thread>

#include "cli/commands.hpp"
#include "cli/console.hpp"
#include "cli/runtime_directory.hpp"
#include "cli/status_client.hpp"

namespace puff::cli {
namespace {

struct drain_options {
  std::string node;
  std::uint32_t seconds = 0;
};

int drain(const drain_options& o) {
  std::size_t told = 0;
  bool failed = false;
  for (const auto& socket : sockets_in(runtime_directory())) {
    if (!o.node.empty() && socket.node != o.node) continue;
    auto done = tell_node(socket.path, "/drain");
    if (!done && code_of(done.error()) == ec::unavailable) continue;
    ++told;
    failed |= !done;
    const auto who = "node " + socket.node + ", pid " + std::to_string(socket.pid) + ": ";
    if (done)
      print(who + *done);
    else
      print_error(who + context_of(done.error()));
  }
  if (told == 0) {
    print_error("no node" + (o.node.empty() ? std::string{} : " named '" + o.node + "'") +
                " is running (looked in " + runtime_directory().string() + ")");
    return 1;
  }
  std::this_thread::sleep_for(std::chrono::seconds{o.seconds});
  return failed ? 1 : 0;
}

}  // namespace

command drain_command() {
  auto o = std::make_shared<drain_options>();
  command c{"drain", "Take the running nodes of this user out of rotation"};
  c.details =
      "Each says from now on that it is not ready, and claims no more tasks; it answers requests "
      "as before, until it is stopped. The step before the stop where a load balancer needs time "
      "to notice: with --for the command waits for it. The exit status is 1 if no node runs.";
  c.reads = command::needs::nothing;
  c.declare = [o](CLI::App& at, override_map&) {
    at.add_option("--node", o->node, "Only nodes of this name")->type_name("NAME");
    at.add_option("--for", o->seconds, "Wait so long afterwards")->type_name("SECONDS");
  };
  c.run = [o](invocation&) { return drain(*o); };
  return c;
}

}  // namespace puff::cli
