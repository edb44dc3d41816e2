#include "services/config/internal/rules.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "services/config/internal/judge.hpp"
#include "services/config/internal/nearest.hpp"
#include "services/config/places.hpp"

namespace puff::config::internal {
namespace {

std::string index(std::string_view table, std::size_t i) {
  return std::string{table} + "[" + std::to_string(i) + "]";
}

std::string inside(std::string_view text) { return "'" + std::string{text} + "'"; }

class rule_check {
 public:
  rule_check(settings& s, const origin_map& origins, problems& wrong)
      : s_(s), origins_(origins), wrong_(wrong) {}

  void run() {
    required_keys();
    repeated_names();
    schemas();
    mounts();
    addons();
    cors();
    addresses();
  }

 private:
  // The position of a key, else of its table.
  origin where(const std::string& path) const {
    if (auto found = origins_.find(path); found != origins_.end()) return found->second;
    auto dot = path.rfind('.');
    return dot == std::string::npos ? origin{} : where(path.substr(0, dot));
  }

  // A key whose value was refused has been reported.
  bool written(const std::string& path) const { return origins_.contains(path); }

  void add(const std::string& path, std::string what) { wrong_.add(where(path), std::move(what)); }

  static bool is_enabled(const place& p) {
    for (const auto& k : p.in.keys)
      if (k.name == "enable") return std::get<bool>(k.bound->get(p.object));
    return true;
  }

  void required_keys() {
    visit(s_, [&](const place& p) {
      if (!p.what.required || written(p.path) || !is_enabled(p)) return;
      if (!std::holds_alternative<std::monostate>(p.what.bound->get(p.object))) return;
      add(p.path, "[[" + std::string{p.in.name} + "]] needs '" + std::string{p.what.name} + "'");
    });
  }

  // Names that differ only in case or '-' would share a variable of the environment.
  void repeated_names() {
    std::map<std::string, std::string> seen;
    visit(s_, [&](const place& p) {
      if (!p.in.many || p.what.name != p.in.identity || p.instance.empty()) return;
      const bool named_by_path = p.in.name == "mounts" || p.in.name == "addons";
      if (named_by_path && !written(p.path)) return;
      auto same = p.in.name == "commands" ? p.instance : environment_name("{NAME}", p.instance);
      auto [old, is_new] = seen.emplace(std::string{p.in.name} + " " + same, p.instance);
      if (is_new) return;
      auto table = "[[" + std::string{p.in.name} + "]]";
      if (old->second == p.instance)
        add(p.path, "two " + table + " are named " + inside(p.instance));
      else
        add(p.path, "the names " + inside(old->second) + " and " + inside(p.instance) + " of " +
                        table + " are too alike: both would be set by the same variables");
    });
  }

  void schemas() {
    std::map<std::string, std::size_t> owner;
    for (std::size_t i = 0; i < s_.graphql.size(); ++i) {
      const auto& g = s_.graphql[i];
      if (!g.enable) continue;
      auto path = index("graphql", i);
      if (!g.playground_url.empty() && g.url.empty() && !written(path + ".url"))
        add(path + ".playground_url", "'playground_url' of [[graphql]] needs 'url' too");
      one_owner(owner, i, path + ".url", g.url);
      one_owner(owner, i, path + ".subscriptions_url", g.subscriptions_url);
      one_owner(owner, i, path + ".playground_url", g.playground_url);
      if (!g.database.empty()) database(path + ".database", g.database);
    }
  }

  void one_owner(std::map<std::string, std::size_t>& owner, std::size_t i, const std::string& key,
                 const std::string& url) {
    if (url.empty()) return;
    auto [old, is_new] = owner.emplace(url, i);
    if (!is_new && old->second != i) add(key, "two [[graphql]] share the path " + inside(url));
  }

  void database(const std::string& key, const std::string& name) {
    std::vector<std::string_view> pools;
    for (const auto& pool : s_.postgres)
      if (pool.enable) pools.push_back(pool.name);
    if (std::find(pools.begin(), pools.end(), name) != pools.end()) return;
    auto what = "'database' of [[graphql]]: there is no [[postgres]] named " + inside(name);
    if (pools.empty()) return add(key, what + "; there is no [[postgres]] at all");
    auto hint = suggestion(name, pools);
    if (auto at = hint.find("valid key is"); at != std::string::npos)
      hint.replace(at, 12, "one is");
    add(key, what + hint);
  }

  void mounts() {
    std::set<std::string> paths;
    for (std::size_t i = 0; i < s_.mounts.size(); ++i) {
      const auto& m = s_.mounts[i];
      if (!m.enable) continue;
      auto path = index("mounts", i);
      mounted_application(path, m);
      if (!m.path.empty() && !paths.insert(m.path).second)
        add(path + ".path", "two [[mounts]] have the path " + inside(m.path));
      if (m.path == "/" && !(s_.wsgi.empty() && s_.asgi.empty()))
        add(path + ".path", "the path '/' of [[mounts]] belongs to '" +
                                std::string{s_.wsgi.empty() ? "asgi" : "wsgi"} +
                                "' of the top level already");
    }
  }

  void addons() {
    for (std::size_t i = 0; i < s_.addons.size(); ++i)
      for (const auto& setting : s_.addons[i].settings)
        if (setting.find('=') == std::string::npos || setting.front() == '=')
          add(index("addons", i) + ".settings",
              "'settings' of [[addons]]: must be \"KEY=VALUE\", found " + inside(setting));
  }

  void mounted_application(const std::string& path, const mount_setting& m) {
    bool wsgi = written(path + ".wsgi"), asgi = written(path + ".asgi");
    if (wsgi && asgi)
      add(path + ".asgi", "[[mounts]] has 'wsgi' and 'asgi'; leave one of them out");
    else if (!wsgi && !asgi)
      add(path, "[[mounts]]" + (m.path.empty() ? "" : " of " + inside(m.path)) +
                    " needs 'wsgi' or 'asgi'");
  }

  static bool any(const std::optional<std::vector<std::string>>& list) {
    return list && std::find(list->begin(), list->end(), "*") != list->end();
  }

  void cors() {
    const auto& c = s_.cors;
    if (!c.allow_credentials.value_or(false)) return;
    star_with_credentials("allowed_origins", c.allowed_origins);
    star_with_credentials("allowed_headers", c.allowed_headers);
    star_with_credentials("allowed_methods", c.allowed_methods);
  }

  void star_with_credentials(const char* key, const std::optional<std::vector<std::string>>& list) {
    if (any(list))
      add(std::string{"cors."} + key, "'" + std::string{key} +
                                          "' of [cors] cannot be \"*\" together with "
                                          "allow_credentials: browsers refuse it; list them");
  }

  void addresses() {
    std::set<std::string> seen;
    for (const auto& address : s_.server.bind)
      if (!address.ends_with(":0") && !seen.insert(address).second)
        add("server.bind", "'bind' of [server] has " + inside(address) + " twice");
  }

  settings& s_;
  const origin_map& origins_;
  problems& wrong_;
};

void complete_urls(settings& s, origin_map& origins) {
  visit(s, [&](const place& p) {
    if (p.what.fallback.empty()) return;
    if (std::holds_alternative<std::monostate>(p.what.bound->get(p.object)))
      p.what.bound->set(p.object, std::string{p.what.fallback});
    auto found = origins.find(p.path);
    static_cast<pool_setting*>(p.object)->url_origin =
        found == origins.end() ? origin{} : found->second;
  });
}

void complete_asyncio(settings& s, origin_map& origins) {
  if (s.asyncio) return;
  std::string cause = s.asgi.empty() ? "" : "asgi";
  for (const auto& m : s.mounts)
    if (m.enable && !m.asgi.empty() && cause.empty()) cause = "asgi of [[mounts]]";
  if (cause.empty()) return;
  s.asyncio = true;
  origins["asyncio"] = {origin::source::implied, cause};
}

}  // namespace

void complete(settings& s, origin_map& origins) {
  complete_urls(s, origins);
  complete_asyncio(s, origins);
  if (!s.pytest && !s.pytest_path.empty() && !origins.contains("pytest")) {
    s.pytest = true;
    origins["pytest"] = {origin::source::implied, "pytest_path"};
  }
  for (auto& m : s.mounts) {
    while (m.path.size() > 1 && m.path.back() == '/') m.path.pop_back();
    if (m.name.empty()) m.name = m.path;
  }
  for (auto& a : s.addons)
    if (a.name.empty()) a.name = a.path;
  auto is_default = [](const auto& client) { return client.name == "default"; };
  if (std::none_of(s.http_client.begin(), s.http_client.end(), is_default))
    s.http_client.emplace_back();
}

void check_rules(settings& s, const origin_map& origins, problems& wrong) {
  rule_check{s, origins, wrong}.run();
}

std::vector<std::string> warnings_of(const settings& s) {
  std::vector<std::string> out;
  if (!s.wsgi.empty() && !s.asgi.empty())
    out.push_back(
        "'wsgi' and 'asgi' are both set: wsgi is served; serve the other with [[mounts]]");
  return out;
}

}  // namespace puff::config::internal
