#include <fstream>
#include <sstream>

#include "cli/commands.hpp"
#include "cli/console.hpp"
#include "cli/graphql_schemas.hpp"
#include "services/graphql/schema/build_schema.hpp"
#include "services/graphql/schema/changes.hpp"
#include "services/graphql/schema/print_schema.hpp"

namespace puff::cli {
namespace {

constexpr auto details =
    "schema [NAME]           prints the schema in GraphQL's schema language\n"
    "check OLD.graphql [NAME]  compares it with an older one: lists what would break clients (exit "
    "status 1) and what may surprise them\n\nNAME is that of a [[graphql]] entry; not needed if "
    "there is one only.";

/// The one that is meant; the error names those that there are.
expected<schema_plan> find_plan(const invocation& what, const std::string& name) {
  auto plans = planned_schemas(what);
  std::string known;
  for (auto& plan : plans) {
    if (plan.name == name || (name.empty() && plans.size() == 1)) return std::move(plan);
    known += (known.empty() ? "" : ", ") + plan.name;
  }
  if (plans.empty()) return make_error(ec::not_found, "there is no [[graphql]] entry in puff.toml");
  if (name.empty()) return make_error(ec::bad_argument, "say which schema is meant: " + known);
  return make_error(ec::not_found, "there is no schema '" + name + "'; there is " + known);
}

expected<graphql::schema_ptr> find_schema(const invocation& what, const std::string& name) {
  auto plan = find_plan(what, name);
  if (!plan) return std::move(plan.error());
  auto options = options_of(*plan);
  if (!options) return std::move(options.error());
  return options->engine->schema()->types;
}

expected<graphql::schema_ptr> read_schema(const std::string& path) {
  std::ifstream file{path};
  std::stringstream text;
  text << file.rdbuf();
  if (!file) return make_error(ec::io_failed, "cannot read " + path);
  auto built = graphql::build_schema(text.str());
  if (built) return *built;
  const auto& wrong = built.errors().front();
  auto where = path;
  if (!wrong.locations.empty()) where += ":" + std::to_string(wrong.locations.front().line);
  return make_error(ec::bad_argument, where + ": " + wrong.message);
}

int print_sdl(const invocation& what, const std::string& name) {
  auto schema = find_schema(what, name);
  if (!schema) return print_failure(schema.error());
  return print(graphql::print_schema(**schema) + "\n") ? 0 : 1;
}

int check(const invocation& what, const std::string& path, const std::string& name) {
  auto before = read_schema(path);
  if (!before) return print_failure(before.error());
  auto after = find_schema(what, name);
  if (!after) return print_failure(after.error());
  bool breaks = false;
  std::string text;
  for (const auto& change : graphql::find_changes(**before, **after)) {
    const bool breaking = change.weight == graphql::severity::breaking;
    breaks |= breaking;
    text +=
        (breaking ? "breaking   " : "dangerous  ") + change.type + "  " + change.description + "\n";
  }
  if (text.empty()) text = "No changes that clients would notice.\n";
  return print(text) && !breaks ? 0 : 1;
}

int run(const invocation& what) {
  const auto& words = what.arguments;
  const auto word = [&](std::size_t i) { return i < words.size() ? words[i] : std::string{}; };
  if (word(0) == "schema" && words.size() <= 2) return print_sdl(what, word(1));
  if (word(0) == "check" && (words.size() == 2 || words.size() == 3))
    return check(what, word(1), word(2));
  print_error("say `graphql schema [NAME]` or `graphql check OLD.graphql [NAME]`");
  return 2;
}

}  // namespace

command graphql_command() {
  command c{"graphql", "Print a GraphQL schema, or compare it with an older one"};
  c.details = details;
  c.takes = command::words::arguments;
  c.synopsis = "schema [NAME] | check OLD.graphql [NAME]";
  c.required_arguments = 1;
  c.run = [](invocation& what) { return run(what); };
  return c;
}

}  // namespace puff::cli
