#include "cli/program.hpp"

#include <filesystem>
#include <set>

#include "cli/addons.hpp"
#include "cli/command_line.hpp"
#include "cli/commands.hpp"
#include "cli/console.hpp"
#include "cli/program_parts.hpp"

namespace puff {
namespace cli {
namespace {

constexpr int mistake_status = 2;

std::vector<command> own_commands() {
  std::vector<command> all;
  all.push_back(serve_command());
  all.push_back(dev_command());
  all.push_back(run_command());
  all.push_back(wait_forever_command());
  all.push_back(django_command());
  all.push_back(pytest_command());
  all.push_back(watch_command());
  all.push_back(status_command());
  all.push_back(drain_command());
  all.push_back(graphql_command());
  all.push_back(tasks_command());
  all.push_back(addon_command());
  all.push_back(doctor_command());
  all.push_back(config_command());
  all.push_back(example_config_command());
  return all;
}

error add(command c, const std::string& whose, std::vector<command>& to,
          std::set<std::string>& names) {
  for (const auto& alias : c.aliases) names.insert(alias);
  if (!names.insert(c.name).second || c.name == "help")
    return make_error(ec::bad_config, whose + " '" + c.name +
                                          "' has the name of another command; choose another one");
  to.push_back(std::move(c));
  return {};
}

std::filesystem::path executable() {
  std::error_code failed;
  return std::filesystem::read_symlink("/proc/self/exe", failed);
}

/// `puff-watch X` is `puff watch X`.
std::vector<std::string> words_of(int argc, const char* const* argv) {
  std::vector<std::string> words(argv + std::min(argc, 1), argv + argc);
  if (argc > 0 && std::filesystem::path{argv[0]}.filename().string().ends_with("-watch"))
    words.insert(words.begin(), "watch");
  return words;
}

struct read_config {
  expected<config::loaded> config;
  std::vector<command> commands;
};

/// One run of a program: the configuration is read first, since it has commands and options too.
class session {
 public:
  session(const program_parts& program, std::vector<std::string> words)
      : program_(program), words_(std::move(words)) {
    for (const auto& [name, value] : program.environment())
      ::setenv(name.c_str(), value.c_str(), 0);
    from_ = config::process_sources();
    from_.base = program.defaults();
  }

  int run() {
    auto commands = commands_of(program_, {}, {});
    if (!commands) return print_failure(commands.error());
    from_.config_path = config_option(words_, *commands);
    auto config = config::load(from_);
    // Options may repair what is wrong with the environment, so the line is read in any case.
    auto settings = config ? config->values : config::settings{};
    auto broken = config ? load_addons(program_, settings, addons_) : config.error();
    addons_read_ = static_cast<bool>(config);
    if (config) commands = commands_of(program_, settings, addons_);
    if (!commands) return print_failure(commands.error());
    auto line = parse_command_line({program_.name, program_.about, program_.version}, *commands,
                                   config::pool_options(settings), words_);
    return act(std::move(line), broken);
  }

 private:
  int act(parsed_line line, const error& broken) {
    switch (line.what) {
      case parsed_line::kind::text:
        if (broken)
          line.text +=
              "\nThe configuration has mistakes; its commands and pools are missing here:\n" +
              context_of(broken) + "\n";
        return print(line.text) ? 0 : 1;
      case parsed_line::kind::mistake:
        // The word may be one that the configuration would explain.
        if (broken) return print_failure(broken);
        print_error(line.text);
        return mistake_status;
      case parsed_line::kind::run: break;
    }
    return start(std::move(line), broken);
  }

  int start(parsed_line line, const error& addons_broken) {
    from_.overrides = std::move(line.overrides);
    auto config = config::load(from_);
    // Options may have repaired the configuration, but no add-on.
    auto broken = config ? (addons_read_ ? addons_broken : error{}) : config.error();
    if (broken && line.chosen->reads == command::needs::configuration) return print_failure(broken);
    invocation what{program_,
                    config ? std::move(*config) : config::loaded{},
                    std::move(line.arguments),
                    executable(),
                    broken,
                    addons_};
    return line.chosen->run(what);
  }

  const program_parts& program_;
  std::vector<std::string> words_;
  config::sources from_;
  addon_host addons_;
  bool addons_read_ = false;
};

}  // namespace

expected<std::vector<command>> commands_of(const program_parts& program,
                                           const config::settings& settings,
                                           const addon_host& addons) {
  std::vector<command> all;
  std::set<std::string> names;
  for (auto& c : own_commands())
    if (auto twice = add(std::move(c), "the command", all, names)) return twice;
  for (const auto& native : program.natives)
    if (auto twice = add(native_command_of(native), "the program's command", all, names))
      return twice;
  for (const auto& function : program.functions)
    if (auto twice = add(python_command_of(function), "the program's command", all, names))
      return twice;
  for (std::size_t i = 0; i < addons.size(); ++i)
    for (const auto& own : addons[i].commands())
      if (auto twice = add(addon_command_of(own), "the add-on's command", all, names)) return twice;
  for (const auto& setting : settings.commands)
    if (auto twice = add(configured_command(setting), "the command of puff.toml", all, names))
      return twice;
  return all;
}

}  // namespace cli

program::program(std::string name) : parts_(std::make_unique<cli::program_parts>()) {
  parts_->name = std::move(name);
}
program::~program() = default;
program::program(program&&) noexcept = default;
program& program::operator=(program&&) noexcept = default;

program& program::about(std::string text) {
  parts_->about = std::move(text);
  return *this;
}

program& program::version(std::string text) {
  parts_->version = std::move(text);
  return *this;
}

program& program::router(puff::router routes) {
  parts_->routes = std::move(routes);
  return *this;
}

program& program::schema(native_schema what) {
  parts_->schemas.push_back(std::move(what));
  return *this;
}

program& program::addon(const puff_addon* entry) {
  parts_->addons.push_back(entry);
  return *this;
}

program& program::config(runtime_config what) {
  parts_->config = std::move(what);
  return *this;
}

program& program::command(program_command what) {
  std::visit([this](auto& which) { parts_->take(std::move(which)); }, what);
  return *this;
}

void cli::program_parts::take(wsgi_server_command what) {
  config.settings_.wsgi = std::move(what.application);
  routes = std::move(what.routes);
}

void cli::program_parts::take(asgi_server_command what) {
  config.settings_.asgi = std::move(what.application);
  routes = std::move(what.routes);
}

int program::run(int argc, const char* const* argv) {
  return cli::session{*parts_, cli::words_of(argc, argv)}.run();
}

}  // namespace puff
