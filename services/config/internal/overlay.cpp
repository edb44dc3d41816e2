#include "services/config/internal/overlay.hpp"

#include <filesystem>
#include <set>

#include "services/config/dotenv.hpp"
#include "services/config/internal/files.hpp"
#include "services/config/internal/judge.hpp"
#include "services/config/internal/nearest.hpp"
#include "services/config/places.hpp"

namespace puff::config::internal {
namespace {

namespace fs = std::filesystem;

class overlay {
 public:
  overlay(settings& s, origin_map& origins, problems& wrong)
      : s_(s), origins_(origins), wrong_(wrong) {}

  void variable(const std::string& name, const std::string& text, const origin& at) {
    if (text.empty()) return;  // an empty variable is how shells and containers unset one
    visit(s_, [&](const place& p) {
      if (!p.what.environment.empty() && environment_name(p.what.environment, p.instance) == name)
        set(p, words_of(p.what, text), at, at.from == origin::source::dotenv ? name + ": " : "");
    });
  }

  bool option(const std::string& name, const std::vector<std::string>& words) {
    bool known = false;
    visit(s_, [&](const place& p) {
      if (p.what.option.empty() || option_name(p.what.option, p.instance) != name) return;
      known = true;
      set(p, words, {origin::source::option, name}, "");
    });
    return known;
  }

  void unknown_option(const std::string& name) {
    std::set<std::string> names;
    visit(s_, [&](const place& p) {
      if (!p.what.option.empty()) names.insert(option_name(p.what.option, p.instance));
    });
    auto hint = suggestion(name, {names.begin(), names.end()});
    if (auto at = hint.find("valid key"); at != std::string::npos) hint.replace(at, 9, "option");
    wrong_.add({origin::source::option, name}, "unknown option" + hint);
  }

 private:
  void set(const place& p, const std::vector<std::string>& words, const origin& at,
           const std::string& prefix) {
    value v;
    if (auto bad = read_words(p.what, words, v); !bad.empty()) {
      wrong_.add(at, prefix + bad);
      return;
    }
    p.what.bound->set(p.object, v);
    origins_[p.path] = at;
  }

  settings& s_;
  origin_map& origins_;
  problems& wrong_;
};

// The nearest .env at or above the working directory; empty if there is none.
fs::path find_dotenv(const fs::path& cwd) {
  std::error_code failed;
  auto directory = fs::absolute(cwd, failed).lexically_normal();
  while (!failed) {
    if (fs::is_regular_file(directory / ".env", failed)) return directory / ".env";
    failed.clear();
    if (!directory.has_relative_path()) break;
    directory = directory.parent_path();
  }
  return {};
}

}  // namespace

void overlay_dotenv(const sources& from, loaded& out, origin_map& origins, problems& wrong) {
  if (!out.values.dotenv) return;
  const auto& named = out.values.dotenv_path;
  auto file = named.empty() ? find_dotenv(from.cwd) : fs::path{from.cwd} / named;
  if (file.empty()) return;
  auto text = read_text(file);
  auto shown = named.empty() && file.parent_path() == fs::absolute(from.cwd).lexically_normal()
                   ? ".env"
                   : (named.empty() ? file.string() : named);
  if (!text) {
    auto at = named.empty() ? origin{origin::source::dotenv, shown} : origins["dotenv_path"];
    auto what = named.empty() ? "" : "'dotenv_path': '" + named + "': ";
    return wrong.add(at, what + context_of(text.error()));
  }
  auto lookup = [&](std::string_view name) -> std::optional<std::string> {
    auto found = from.environment.find(std::string{name});
    return found == from.environment.end() ? std::nullopt : std::optional{found->second};
  };
  auto variables = parse_dotenv(*text, shown, lookup);
  if (!variables) return wrong.add({origin::source::dotenv, ""}, context_of(variables.error()));
  out.dotenv_file = file.string();
  overlay o{out.values, origins, wrong};
  for (const auto& v : *variables) {
    if (from.environment.contains(v.name)) continue;
    out.dotenv.emplace_back(v.name, v.value);
    o.variable(v.name, v.value, {origin::source::dotenv, shown, v.line});
  }
}

void overlay_environment(const sources& from, settings& s, origin_map& origins, problems& wrong) {
  overlay o{s, origins, wrong};
  for (const auto& [name, text] : from.environment)
    if (name.starts_with("PUFF_")) o.variable(name, text, {origin::source::environment, name});
}

void overlay_options(const sources& from, settings& s, origin_map& origins, problems& wrong) {
  overlay o{s, origins, wrong};
  for (const auto& [name, words] : from.overrides)
    if (!o.option(name, words)) o.unknown_option(name);
}

}  // namespace puff::config::internal
