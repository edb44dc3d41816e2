#include "services/config/load.hpp"

#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "services/config/internal/files.hpp"
#include "services/config/internal/overlay.hpp"
#include "services/config/internal/rules.hpp"
#include "services/config/places.hpp"
#include "services/config/redact.hpp"

namespace puff::config {
namespace {

namespace fs = std::filesystem;
using internal::origin_map;

struct config_choice {
  std::string path;
  std::string chosen_by;  // empty: nobody, so it may be missing
};

config_choice choose_file(const sources& from) {
  if (from.config_path) return {*from.config_path, "--config"};
  auto found = from.environment.find("PUFF_CONFIG");
  if (found != from.environment.end() && !found->second.empty())
    return {found->second, "PUFF_CONFIG"};
  return {"puff.toml", ""};
}

// False if there is no text to read keys from although there should be one.
bool read_file(const sources& from, loaded& out, origin_map& origins, problems& wrong) {
  auto choice = choose_file(from);
  auto text = internal::read_text(fs::path{from.cwd} / choice.path);
  if (!text) {
    if (choice.chosen_by.empty() && code_of(text.error()) == ec::not_found) return true;
    auto by = choice.chosen_by.empty() ? "" : " (named by " + choice.chosen_by + ")";
    wrong.add({origin::source::file, choice.path}, context_of(text.error()) + by);
    return false;
  }
  out.config_file = choice.path;
  return internal::read_toml(*text, choice.path, out.values, origins, wrong);
}

template <class T>
void keep_missing(const std::vector<T>& base, std::vector<T>& own) {
  for (const auto& one : base) {
    auto has_name = [&](const T& other) { return other.name == one.name; };
    if (std::none_of(own.begin(), own.end(), has_name)) own.push_back(one);
  }
}

// Tables that repeat are read into empty lists; what the program brings along and the file does not
// name comes after them, so that positions in the file stay right.
settings without_lists(const settings& base) {
  auto scalars = base;
  for (auto* pools : {&scalars.postgres, &scalars.redis, &scalars.pubsub, &scalars.task_queue})
    pools->clear();
  scalars.graphql.clear();
  return scalars;
}

void add_lists(const settings& base, settings& to) {
  keep_missing(base.postgres, to.postgres);
  keep_missing(base.redis, to.redis);
  keep_missing(base.pubsub, to.pubsub);
  keep_missing(base.task_queue, to.task_queue);
  keep_missing(base.graphql, to.graphql);
}

std::string shown(const place& p) {
  auto v = p.what.bound->get(p.object);
  if (auto* text = std::get_if<std::string>(&v); text && p.what.secret)
    return to_toml(value{redact(*text)});
  return to_toml(v);
}

std::vector<effective_value> effective_of(settings& s, const origin_map& origins) {
  std::vector<effective_value> out;
  visit(s, [&](const place& p) {
    auto found = origins.find(p.path);
    out.push_back({p.label, shown(p), found == origins.end() ? origin{} : found->second});
  });
  return out;
}

}  // namespace

sources process_sources() {
  sources from;
  std::error_code failed;
  if (auto here = fs::current_path(failed); !failed) from.cwd = here.string();
  for (auto** entry = environ; entry && *entry; ++entry) {
    std::string text = *entry;
    if (auto equals = text.find('='); equals != std::string::npos)
      from.environment.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return from;
}

expected<loaded> load(const sources& from) {
  loaded out;
  origin_map origins;
  problems wrong;
  out.values = without_lists(from.base);
  if (!read_file(from, out, origins, wrong)) return wrong.to_error();
  add_lists(from.base, out.values);
  internal::overlay_dotenv(from, out, origins, wrong);
  internal::overlay_environment(from, out.values, origins, wrong);
  internal::overlay_options(from, out.values, origins, wrong);
  internal::complete(out.values, origins);
  internal::check_rules(out.values, origins, wrong);
  if (!wrong.empty()) return wrong.to_error();
  out.warnings = internal::warnings_of(out.values);
  out.effective = effective_of(out.values, origins);
  return out;
}

std::vector<pool_option> pool_options(const settings& s) {
  std::vector<pool_option> out;
  auto copy = s;
  visit(copy, [&](const place& p) {
    const bool is_pool = p.in.many && p.what.option.ends_with("-url");
    if (!is_pool || !static_cast<pool_setting*>(p.object)->enable) return;
    out.push_back({option_name(p.what.option, p.instance),
                   environment_name(p.what.environment, p.instance),
                   "Server of the " + std::string{p.in.name} + " pool '" + p.instance + "'.",
                   std::string{p.what.fallback}});
  });
  return out;
}

}  // namespace puff::config
