#include <CLI/CLI.hpp>
#include <filesystem>
#include <memory>

#include "cli/commands.hpp"
#include "cli/console.hpp"
#include "cli/runtime_directory.hpp"
#include "cli/status_client.hpp"

namespace puff::cli {
namespace {

struct status_options {
  std::string node;
  bool stacks = false, json = false, cluster = false, ready = false, live = false;
};

struct node_answer {
  node_socket who;
  expected<std::string> text;
};

const char* path_of(const status_options& o) {
  if (o.cluster) return o.json ? "/cluster" : "/cluster.txt";
  if (o.ready) return "/ready";
  if (o.live) return "/live";
  if (o.stacks) return "/stacks";
  return o.json ? "/status" : "/status.txt";
}

/// What the living nodes answer. A socket that nobody listens on any more is removed.
std::vector<node_answer> ask_nodes(const status_options& o) {
  const auto* path = path_of(o);
  std::vector<node_answer> answers;
  for (auto& socket : sockets_in(runtime_directory())) {
    if (!o.node.empty() && socket.node != o.node) continue;
    auto text = ask_node(socket.path, path);
    if (!text && code_of(text.error()) == ec::unavailable) {
      std::error_code failed;
      std::filesystem::remove(socket.path, failed);
      continue;
    }
    answers.push_back({std::move(socket), std::move(text)});
  }
  return answers;
}

std::string as_text(const node_answer& a) {
  auto title = "node " + a.who.node + ", pid " + std::to_string(a.who.pid) + "\n";
  return title + (a.text ? *a.text : "  " + context_of(a.text.error()) + "\n");
}

std::string as_json(const std::vector<node_answer>& answers) {
  std::string out = "[";
  for (const auto& a : answers) {
    out += (out.size() > 1 ? ",\n " : "") + std::string{R"({"node":")"} + a.who.node +
           R"(","pid":)" + std::to_string(a.who.pid) +
           ",\"status\":" + (a.text ? *a.text : std::string{"null"}) + "}";
  }
  return out + "]\n";
}

int status(const status_options& o) {
  if (o.json + o.stacks + o.ready + o.live > 1) {
    print_error("--json, --stacks, --ready and --live exclude each other");
    return 2;
  }
  if (o.cluster && o.stacks) {
    print_error("--cluster and --stacks exclude each other: a cluster is asked by one node");
    return 2;
  }
  auto answers = ask_nodes(o);
  bool complete = !answers.empty();
  std::string text;
  for (const auto& a : answers) {
    text += (text.empty() ? "" : "\n") + as_text(a);
    complete = complete && a.text;
  }
  if (o.json) text = as_json(answers);
  if (answers.empty() && !o.json)
    print_error("no node" + (o.node.empty() ? std::string{} : " named '" + o.node + "'") +
                " is running (looked in " + runtime_directory().string() + ")");
  return print(text) && complete ? 0 : 1;
}

}  // namespace

command status_command() {
  auto o = std::make_shared<status_options>();
  command c{"status", "Show the running nodes of this user"};
  c.details =
      "Each node is a tree of actors with what waits for them, what they have handled and why they "
      "were down last. The exit status is 1 if no node runs or one does not answer.";
  c.reads = command::needs::nothing;
  c.declare = [o](CLI::App& at, override_map&) {
    at.add_option("--node", o->node, "Only nodes of this name")->type_name("NAME");
    at.add_flag("--stacks", o->stacks, "What every thread and greenlet is doing");
    at.add_flag("--cluster", o->cluster, "The cluster as each of these nodes knows it");
    at.add_flag("--json", o->json, "One JSON array");
    at.add_flag("--ready", o->ready, "Whether each may get work; if one may not, the status is 1");
    at.add_flag("--live", o->live,
                "Whether each works; if one should be replaced, the status is 1");
  };
  c.run = [o](invocation&) { return status(*o); };
  return c;
}

}  // namespace puff::cli
