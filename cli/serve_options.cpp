#include "cli/serve_options.hpp"

#include <CLI/CLI.hpp>

#include "services/http/bind_address.hpp"

namespace puff::cli {
namespace {

std::string complaint_about_address(const std::string& text) {
  auto address = http::parse_bind_address(text);
  return address ? std::string{} : context_of(address.error());
}

}  // namespace

void declare_cluster_options(CLI::App& at, override_map& overrides,
                             std::vector<std::string>& words) {
  auto add = [&](const std::string& option, const char* type, const char* what) {
    at.add_option_function<std::string>(
          option,
          [&overrides, &words, option](const std::string& given) {
            overrides[option] = {given};
            words.insert(words.end(), {option, given});
          },
          what)
        ->type_name(type);
  };
  add("--cluster", "NAME",
      "Join the nodes of this name that use the same Redis (environment PUFF_CLUSTER)");
  add("--cluster-url", "URL",
      "The Redis of the cluster (environment PUFF_CLUSTER_URL, default redis://localhost:6379)");
  add("--name", "NAME", "Name of this node among them (environment PUFF_NAME)");
}

void declare_serve_options(CLI::App& at, override_map& overrides, serve_options& o) {
  auto bind = [&](const std::vector<std::string>& addresses) {
    overrides["--bind"] = addresses;
    for (const auto& address : addresses) o.words.insert(o.words.end(), {"--bind", address});
  };
  at.add_option_function<std::vector<std::string>>(
        "--bind", bind,
        "Address to listen on: HOST:PORT, [IPV6]:PORT, :PORT or unix:PATH; repeatable "
        "(environment PUFF_BIND, default 127.0.0.1:7777)")
      ->type_name("ADDRESS")
      ->allow_extra_args(false)
      ->check(CLI::Validator(complaint_about_address, ""));
  auto reuse_port = [&](std::int64_t) {
    overrides["--reuse-port"] = {};
    o.words.push_back("--reuse-port");
  };
  at.add_flag_function("--reuse-port", reuse_port,
                       "Let several processes listen on one port (environment PUFF_REUSE_PORT)");
  auto access_log = [&](std::int64_t) {
    o.access_log = true;
    o.words.push_back("--access-log");
  };
  at.add_flag_function("--access-log", access_log,
                       "Write a line for every request to standard output");
  auto io_threads = [&](std::uint32_t count) {
    o.io_threads = count;
    o.words.insert(o.words.end(), {"--io-threads", std::to_string(count)});
  };
  at.add_option_function<std::uint32_t>("--io-threads", io_threads,
                                        "Threads for sockets; 0 is one per two cores, at least one")
      ->type_name("N")
      ->check(CLI::Range(0, 1024).description(""));
  declare_cluster_options(at, overrides, o.words);
}

}  // namespace puff::cli
