#include "cli/help.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>

namespace puff::cli {
namespace {

constexpr std::size_t left_column = 30, right_edge = 96;

/// `text` in lines that begin at `column` and end before the right edge; the first continues one
/// that is `used` characters long.
std::string wrapped(const std::string& text, std::size_t column, std::size_t used) {
  std::string out;
  auto new_line = [&] { out += '\n', out.append(column, ' '), used = column; };
  out.append(column > used ? column - used : 0, ' ');
  used = std::max(used, column);
  for (std::size_t at = 0; at < text.size();) {
    auto end = std::min(text.find_first_of(" \n", at), text.size());
    if (used > column && used + 1 + end - at > right_edge) new_line();
    if (used > column) out += ' ', ++used;
    out.append(text, at, end - at);
    used += end - at;
    if (end < text.size() && text[end] == '\n') new_line();
    at = end + 1;
  }
  return out + '\n';
}

std::string row(const std::string& left, const std::string& right) {
  auto head = "  " + left;
  if (head.size() + 2 > left_column) return head + "\n" + wrapped(right, left_column, 0);
  return head + wrapped(right, left_column, head.size());
}

std::string row_of_option(const CLI::Option& o) {
  std::string left;
  for (const auto& name : o.get_snames()) left += (left.empty() ? "-" : ", -") + name;
  for (const auto& name : o.get_lnames()) left += (left.empty() ? "--" : ", --") + name;
  if (o.get_items_expected_min() > 0) left += " " + o.get_type_name();
  return row(left, o.get_description());
}

std::string options_of(const CLI::App& app, const std::string& group) {
  std::string out;
  for (const auto* o : app.get_options())
    if (group.empty() || o->get_group() == group) out += row_of_option(*o);
  return out;
}

std::string names_of(const command& c) {
  std::string out = c.name;
  for (const auto& alias : c.aliases) out += ", " + alias;
  return out;
}

}  // namespace

std::string program_help(const program_title& title, const std::vector<command>& commands,
                         const CLI::App& app) {
  std::string out = title.name + " " + title.version + ": " + title.about +
                    "\n\nUsage: " + title.name + " [OPTION..] COMMAND [ARGUMENT..]\n\nCommands:\n";
  for (const auto& c : commands) out += row(names_of(c), c.about);
  out += row("help [COMMAND]", "Show this help, or that of a command");
  out += "\nOptions:\n" + options_of(app, "Options");
  if (auto pools = options_of(app, "Pools"); !pools.empty())
    out += "\nServers of the configured pools, before or directly after the command:\n" + pools;
  return out + "\n'" + title.name + " COMMAND --help' tells the options of a command.\n";
}

std::string command_help(const program_title& title, const command& of, const CLI::App& app) {
  const auto* sub = app.get_subcommand(of.name);
  std::string out = of.about + ".\n\nUsage: " + title.name + " " + of.name;
  if (!sub->get_options().empty()) out += " [OPTION..]";
  if (!of.synopsis.empty()) out += " " + of.synopsis;
  out += "\n";
  for (const auto& alias : of.aliases) out += "       (also " + title.name + " " + alias + ")\n";
  if (!of.details.empty()) out += "\n" + wrapped(of.details, 0, 0);
  if (auto own = options_of(*sub, ""); !own.empty()) out += "\nOptions:\n" + own;
  out += "\nOptions of every command:\n" +
         row("--config FILE", app.get_option("--config")->get_description());
  return out + options_of(app, "Pools");
}

}  // namespace puff::cli
