#include "services/config/pages.hpp"

#include <algorithm>

#include "services/config/schema.hpp"

namespace puff::config {
namespace {

std::string title_of(const section& in, std::string_view parent) {
  auto name =
      parent.empty() ? std::string{in.name} : std::string{parent} + "." + std::string{in.name};
  return in.many ? "[[" + name + "]]" : "[" + name + "]";
}

bool has_value(const section& in, const key& k) {
  return !std::holds_alternative<std::monostate>(in.initial(k));
}

// What is written after "KEY = ": the default, else the example.
std::string sample_value(const section& in, const key& k) {
  if (!k.fallback.empty()) return toml_text(k.fallback);
  return has_value(in, k) ? to_toml(in.initial(k)) : std::string{k.example};
}

std::string range_of(const key& k) {
  if (k.bound->kind != value_kind::integer) return {};
  return std::to_string(k.low) + " to " + std::to_string(std::min(k.high, k.bound->most));
}

std::string choices_of(const key& k, std::string_view before, std::string_view between) {
  std::string out;
  for (auto choice : k.bound->choices)
    out += (out.empty() ? std::string{before} : std::string{between}) + toml_text(choice);
  return out;
}

std::string set_by(const key& k) {
  std::string out;
  if (!k.environment.empty()) out += " Variable " + std::string{k.environment} + ".";
  if (!k.option.empty()) out += " Option " + std::string{k.option} + ".";
  return out;
}

class example_writer {
 public:
  std::string write() {
    out_ = "# Every key of puff.toml with its default. A file needs only what differs.\n";
    keys(schema(), "");
    for (const auto& in : schema().tables) table(in, "", in.many);
    return std::move(out_);
  }

 private:
  void table(const section& in, std::string_view parent, bool commented) {
    out_ += "\n# " + std::string{in.doc} + "\n";
    out_ += (commented ? "# " : "") + title_of(in, parent) + "\n";
    keys(in, commented ? "# " : "");
    for (const auto& inner : in.tables) table(inner, in.name, commented);
  }

  void keys(const section& in, const std::string& before) {
    for (const auto& k : in.keys) {
      out_ += (before.empty() ? "\n# " : "#   ") + std::string{k.doc};
      if (auto range = range_of(k); !range.empty()) out_ += " (" + range + ")";
      out_ += choices_of(k, " One of ", ", ");
      out_ += set_by(k) + "\n";
      auto sample = sample_value(in, k);
      bool optional = !has_value(in, k) && !k.required && !k.sample;
      out_ += (optional ? (before.empty() ? "# " : "## ") : before) + std::string{k.name} + " = " +
              sample + "\n";
    }
  }

  std::string out_;
};

std::string cell(std::string text) {
  for (std::size_t at = 0; (at = text.find('|', at)) != std::string::npos; at += 2)
    text.replace(at, 1, "\\|");
  return text;
}

std::string default_cell(const section& in, const key& k) {
  if (k.required && !has_value(in, k)) return "required";
  auto v = to_toml(default_of(in, k));
  return v.empty() ? "" : "`" + v + "`";
}

void docs_table(std::string& out, const section& in, std::string_view parent) {
  if (!in.name.empty())
    out += "\n## `" + title_of(in, parent) + "`\n\n" + std::string{in.doc} + "\n";
  out += "\n| key | type | default | meaning |\n|---|---|---|---|\n";
  for (const auto& k : in.keys) {
    auto type = std::string{name_of(k.bound->kind)};
    if (k.one_or_many) type += ", or one string";
    if (auto range = range_of(k); !range.empty()) type += ", " + range;
    auto name = "`" + std::string{k.name} + "`";
    if (!k.also.empty()) name += ", also `" + std::string{k.also} + "`";
    out += "| " + name + " | " + type + " | " + cell(default_cell(in, k)) + " | " +
           cell(std::string{k.doc} + choices_of(k, " One of ", ", ") + set_by(k)) + " |\n";
  }
  for (const auto& inner : in.tables) docs_table(out, inner, in.name);
}

}  // namespace

std::string example_config() { return example_writer{}.write(); }

std::string docs_page() {
  std::string out =
      "# puff.toml\n\n"
      "Every key may be left out. An option of the command line wins over the environment, that "
      "over `.env`, that over puff.toml. `[[x]]` may be repeated, each with its own name. In "
      "variables `{NAME}` stands for that name in upper case with `_` for `-`.\n";
  docs_table(out, schema(), "");
  return out;
}

std::string explain(const loaded& what) {
  std::size_t width = 0;
  for (const auto& v : what.effective)
    width = std::max(width, std::min<std::size_t>(v.label.size() + v.text.size() + 3, 64));
  std::string out;
  for (const auto& v : what.effective) {
    auto line = v.text.empty() ? "# " + v.label + " is not set" : v.label + " = " + v.text;
    line.resize(std::max(line.size(), width), ' ');
    out += line + "  # " + to_string(v.from) + "\n";
  }
  return out;
}

}  // namespace puff::config
