#include "services/config/internal/toml_reader.hpp"

#include <toml++/toml.h>

#include "services/config/internal/judge.hpp"
#include "services/config/internal/nearest.hpp"
#include "services/config/schema.hpp"

namespace puff::config::internal {
namespace {

std::string_view type_of(const toml::node& n) {
  switch (n.type()) {
    case toml::node_type::table: return "table";
    case toml::node_type::array: return n.is_array_of_tables() ? "array of tables" : "array";
    case toml::node_type::string: return "string";
    case toml::node_type::integer: return "integer";
    case toml::node_type::floating_point: return "float";
    case toml::node_type::boolean: return "boolean";
    case toml::node_type::date: return "date";
    case toml::node_type::time: return "time";
    case toml::node_type::date_time: return "date and time";
    default: return "nothing";
  }
}

// A `[x]` inside a `[[y]]` is written as [y.x].
std::string title_of(const section& in, const std::string& parent) {
  auto name = std::string{in.name};
  if (!parent.empty())
    name = parent.substr(parent.find_first_not_of('['),
                         parent.find(']') - parent.find_first_not_of('[')) +
           "." + name;
  return in.many ? "[[" + name + "]]" : "[" + name + "]";
}

struct position {
  std::string path;   // "postgres[0]."
  std::string title;  // "[[postgres]]"
};

class reader {
 public:
  reader(const std::string& file, origin_map& origins, problems& wrong)
      : file_(file), origins_(origins), wrong_(wrong) {}

  void table(const section& in, const toml::table& from, void* object, const position& where) {
    for (const auto& [name, node] : from) {
      auto at = origin_of(name.source().begin);
      if (auto* k = key_named(in, name.str()))
        read_key(*k, name.str(), node, object, where, at);
      else if (auto* inner = table_named(in, name.str()))
        read_tables(*inner, node, object, where, at);
      else
        wrong_.add(at, "unknown key " + subject(name.str(), where.title) +
                           hint(in, name.str(), where.title));
    }
  }

  void syntax(const toml::parse_error& e) {
    std::string what{e.description()};
    if (constexpr std::string_view lead = "Error while "; what.starts_with(lead))
      what.erase(0, lead.size());
    wrong_.add(origin_of(e.source().begin), "syntax error: " + what + remedy(what));
  }

 private:
  // What most likely went wrong, where the parser's words do not tell.
  static std::string remedy(std::string_view what) {
    auto has = [&](std::string_view part) { return what.find(part) != std::string_view::npos; };
    if (has("parsing string: unescaped control")) return "; a quote is missing on this line";
    if (has("could not determine value type")) return "; a text needs quotes";
    if (has("parsing boolean")) return "; TOML writes true and false";
    return {};
  }

  origin origin_of(const toml::source_position& at) const {
    return {origin::source::file, file_, at.line, at.column};
  }

  static const key* key_named(const section& in, std::string_view name) {
    for (const auto& k : in.keys)
      if (k.name == name || (!k.also.empty() && k.also == name)) return &k;
    return nullptr;
  }

  static const section* table_named(const section& in, std::string_view name) {
    for (const auto& t : in.tables)
      if (t.name == name) return &t;
    return nullptr;
  }

  // A key that exists in another table is most likely there by mistake.
  static std::string hint(const section& in, std::string_view name, std::string_view title) {
    for (const auto& t : schema().tables)
      if (&t != &in && !t.many && key_named(t, name))
        return "; it belongs in [" + std::string{t.name} + "]";
    if (!title.empty() && key_named(schema(), name))
      return "; it belongs above all tables of the file";
    std::vector<std::string_view> candidates;
    for (const auto& k : in.keys) candidates.push_back(k.name);
    for (const auto& t : in.tables) candidates.push_back(t.name);
    return suggestion(name, candidates);
  }

  void read_key(const key& k, std::string_view written, const toml::node& node, void* object,
                const position& where, const origin& at) {
    auto path = where.path + std::string{k.name};
    if (origins_.contains(path)) {
      wrong_.add(at, subject(written, where.title) + ": is the same key as '" +
                         std::string{written == k.name ? k.also : k.name} +
                         "', which is there too");
      return;
    }
    origins_[path] = at;
    value v;
    auto failed = convert(k, node, v);
    if (failed.empty()) failed = complaint(k, v);
    if (failed.empty())
      k.bound->set(object, v);
    else
      wrong_.add(at, subject(written, where.title) + ": " + failed);
  }

  static std::string convert(const key& k, const toml::node& node, value& v) {
    switch (k.bound->kind) {
      case value_kind::boolean:
        if (auto* b = node.as_boolean()) return v = b->get(), "";
        break;
      case value_kind::integer:
        if (auto* n = node.as_integer()) return v = n->get(), "";
        break;
      case value_kind::text:
        if (auto* s = node.as_string()) return v = s->get(), "";
        break;
      case value_kind::list: return convert_list(k, node, v);
    }
    return mismatch(k, type_of(node));
  }

  static std::string convert_list(const key& k, const toml::node& node, value& v) {
    if (auto* s = node.as_string(); s && k.one_or_many) return v = std::vector{s->get()}, "";
    auto* items = node.as_array();
    if (!items) return mismatch(k, type_of(node));
    std::vector<std::string> texts;
    for (const auto& item : *items) {
      auto* s = item.as_string();
      if (!s) return mismatch(k, "an array with " + std::string{type_of(item)});
      texts.push_back(s->get());
    }
    v = std::move(texts);
    return {};
  }

  static std::string mismatch(const key& k, std::string_view found) {
    return "expected " + std::string{name_of(k.bound->kind)} + (k.one_or_many ? " or string" : "") +
           ", found " + std::string{found};
  }

  void read_tables(const section& in, const toml::node& node, void* parent, const position& where,
                   const origin& at) {
    auto path = where.path + std::string{in.name};
    auto title = title_of(in, where.title);
    if (in.many) return read_many(in, node, parent, {path, title}, at);
    auto* from = node.as_table();
    if (!from) {
      wrong_.add(
          at, "expected one table written as " + title + ", found " + std::string{type_of(node)});
      return;
    }
    origins_[path] = at;
    table(in, *from, in.open(parent), {path + ".", title});
  }

  void read_many(const section& in, const toml::node& node, void* parent, const position& where,
                 const origin& at) {
    auto* list = node.as_array();
    if (!list) {
      auto written = node.is_table() ? "a table in single brackets" : std::string{type_of(node)};
      wrong_.add(at, "expected tables written as " + where.title + ", found " + written);
      return;
    }
    for (std::size_t i = 0; i < list->size(); ++i) {
      const auto& item = *list->get(i);
      auto place = origin_of(item.source().begin);
      if (!item.is_table()) {
        wrong_.add(place, "expected tables written as " + where.title + ", found an array with " +
                              std::string{type_of(item)});
        continue;
      }
      auto* object = in.open(parent);
      auto path = where.path + "[" + std::to_string(in.size(parent) - 1) + "]";
      origins_[path] = place;
      table(in, *item.as_table(), object, {path + ".", where.title});
    }
  }

  const std::string& file_;
  origin_map& origins_;
  problems& wrong_;
};

}  // namespace

bool read_toml(std::string_view text, const std::string& file, settings& into, origin_map& origins,
               problems& wrong) {
  reader r{file, origins, wrong};
  try {
    auto parsed = toml::parse(text, std::string_view{file});
    r.table(schema(), parsed, &into, {});
    return true;
  } catch (const toml::parse_error& e) {
    r.syntax(e);
    return false;
  }
}

}  // namespace puff::config::internal
