#include "cli/command_line.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>

#include "cli/help.hpp"
#include "cli/suggestion.hpp"

namespace puff::cli {
namespace {

constexpr auto config_doc =
    "Configuration file instead of puff.toml (environment PUFF_CONFIG); it must exist";

bool is_option(const std::string& word) { return word.size() > 1 && word.front() == '-'; }

std::string name_of_option(const std::string& word) { return word.substr(0, word.find('=')); }

/// The grammar as CLI11 knows it, and the map that its options write to.
class grammar {
 public:
  grammar(const program_title& title, const std::vector<command>& commands,
          const std::vector<config::pool_option>& pools)
      : app_(title.about, title.name), commands_(commands) {
    app_.set_help_flag("-h,--help", "Show this help");
    app_.add_flag("--version", wants_version_, "Show the version");
    app_.add_option("--config", config_file_, config_doc)->type_name("FILE");
    for (const auto& pool : pools) add_pool(pool);
    app_.allow_extras();
    app_.fallthrough();
    for (const auto& c : commands) add_command(c);
  }

  /// How many of `words` CLI11 may see; the rest are the arguments of the command.
  std::size_t own_words(const std::vector<std::string>& words) const;

  void parse(std::vector<std::string> words) {
    std::reverse(words.begin(), words.end());  // as CLI11 wants them
    app_.parse(std::move(words));
  }

  CLI::App& app() { return app_; }
  bool wants_version() const { return wants_version_; }
  override_map& overrides() { return overrides_; }

  const command* chosen() const {
    for (const auto& c : commands_)
      if (app_.got_subcommand(c.name)) return &c;
    return nullptr;
  }

  const command* find(const std::string& word) const {
    auto found = std::find_if(commands_.begin(), commands_.end(), [&](const command& c) {
      return c.name == word || std::count(c.aliases.begin(), c.aliases.end(), word);
    });
    return found == commands_.end() ? nullptr : &*found;
  }

 private:
  void add_pool(const config::pool_option& pool) {
    auto take = [this, name = pool.option](const std::string& url) { overrides_[name] = {url}; };
    app_.add_option_function<std::string>(pool.option, take,
                                          pool.doc + " (environment " + pool.environment + ")")
        ->type_name("URL")
        ->group("Pools");
  }

  void add_command(const command& c) {
    auto* sub = app_.add_subcommand(c.name, c.about);
    for (const auto& alias : c.aliases) sub->alias(alias);
    sub->set_help_flag(c.takes == command::words::untouched ? "" : "-h,--help", "Show this help");
    if (c.declare) c.declare(*sub, overrides_);
  }

  const CLI::Option* option(const CLI::App* at, const std::string& name) const {
    const CLI::Option* found = at ? at->get_option_no_throw(name) : nullptr;
    return found ? found : app_.get_option_no_throw(name);
  }

  CLI::App app_;
  const std::vector<command>& commands_;
  override_map overrides_;
  std::string config_file_;
  bool wants_version_ = false;
};

std::size_t grammar::own_words(const std::vector<std::string>& words) const {
  const command* in = nullptr;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (is_option(words[i])) {
      if (in && words[i] == "--") return i;
      const auto* sub = in ? app_.get_subcommand(in->name) : nullptr;
      const auto* known = option(sub, name_of_option(words[i]));
      const bool takes_value = known && known->get_items_expected_min() > 0;
      // An untouched command has no help or version of ours.
      if (in && in->takes == command::words::untouched && !takes_value) return i;
      if (takes_value && words[i].find('=') == std::string::npos) ++i;
    } else if (in) {
      return i;
    } else {
      in = find(words[i]);
      if (!in || in->takes == command::words::none) return words.size();
    }
  }
  return words.size();
}

std::vector<std::string> option_names(const CLI::App& app, const CLI::App* sub) {
  std::vector<std::string> names;
  for (const auto* at : {&app, sub})
    if (at)
      for (const auto* o : at->get_options())
        for (const auto& name : o->get_lnames()) names.push_back("--" + name);
  return names;
}

std::vector<std::string> command_names(const std::vector<command>& commands) {
  std::vector<std::string> names;
  for (const auto& c : commands) {
    names.push_back(c.name);
    names.insert(names.end(), c.aliases.begin(), c.aliases.end());
  }
  return names;
}

std::string complaint_about(const std::string& word, grammar& g,
                            const std::vector<command>& commands) {
  const auto* in = g.chosen();
  if (is_option(word)) {
    const auto* sub = in ? g.app().get_subcommand(in->name) : nullptr;
    return "unknown option '" + word + "'" +
           did_you_mean(name_of_option(word), option_names(g.app(), sub));
  }
  if (in) return "'" + in->name + "' takes no argument '" + word + "'";
  return "unknown command '" + word + "'" + did_you_mean(word, command_names(commands));
}

std::string one_line(std::string text) {
  std::replace(text.begin(), text.end(), '\n', ' ');
  return text;
}

}  // namespace

std::optional<std::string> config_option(const std::vector<std::string>& words,
                                         const std::vector<command>& commands) {
  auto end = grammar({}, commands, {}).own_words(words);
  std::optional<std::string> found;
  for (std::size_t i = 0; i < end; ++i) {
    if (words[i].starts_with("--config=")) found = words[i].substr(9);
    if (words[i] == "--config" && i + 1 < end) found = words[++i];
  }
  return found;
}

parsed_line parse_command_line(const program_title& title, const std::vector<command>& commands,
                               const std::vector<config::pool_option>& pools,
                               const std::vector<std::string>& words) {
  grammar g{title, commands, pools};
  parsed_line out;
  auto end = words.begin() + static_cast<std::ptrdiff_t>(g.own_words(words));
  out.arguments.assign(end, words.end());
  if (!out.arguments.empty() && out.arguments.front() == "--")
    out.arguments.erase(out.arguments.begin());
  auto mistake = [&](std::string text) {
    out.what = parsed_line::kind::mistake;
    out.text = std::move(text);
    return out;
  };
  auto help = [&](const command* of) {
    out.text = of ? command_help(title, *of, g.app()) : program_help(title, commands, g.app());
    return out;
  };
  if (!words.empty() && words.front() == "help") {
    const auto* of = words.size() > 1 ? g.find(words[1]) : nullptr;
    return of || words.size() == 1 ? help(of) : mistake(complaint_about(words[1], g, commands));
  }
  try {
    g.parse({words.begin(), end});
  } catch (const CLI::CallForHelp&) {
    return help(g.chosen());
  } catch (const CLI::Error& e) {
    return mistake(one_line(e.what()));
  }
  if (g.wants_version()) {
    out.text = title.name + " " + title.version + "\n";
    return out;
  }
  auto unknown = g.app().remaining(true);
  out.chosen = g.chosen();
  if (!unknown.empty()) return mistake(complaint_about(unknown.front(), g, commands));
  if (!out.chosen) return help(nullptr);
  if (out.arguments.size() < out.chosen->required_arguments)
    return mistake("'" + out.chosen->name + "' needs " + out.chosen->synopsis + "; see '" +
                   title.name + " " + out.chosen->name + " --help'");
  out.what = parsed_line::kind::run;
  out.overrides = std::move(g.overrides());
  return out;
}

}  // namespace puff::cli
