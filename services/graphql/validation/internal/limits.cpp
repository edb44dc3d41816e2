#include "services/graphql/validation/internal/limits.hpp"

#include <algorithm>
#include <limits>
#include <optional>

namespace puff::graphql::internal {

namespace {

constexpr std::uint32_t most = std::numeric_limits<std::uint32_t>::max();
// Fragments within one another: rules follow them on the stack.
constexpr std::uint32_t longest_chain = 1'000;

std::uint32_t sum(std::uint32_t a, std::uint32_t b) { return a > most - b ? most : a + b; }

// What a selection set costs, fragments included.
struct measures {
  std::uint32_t depth = 0, fields = 0, aliases = 0, root_fields = 0, chain = 0;

  void add(const measures& m) {
    depth = std::max(depth, m.depth);
    chain = std::max(chain, m.chain);
    fields = sum(fields, m.fields);
    aliases = sum(aliases, m.aliases);
    root_fields = sum(root_fields, m.root_fields);
  }
};

class measuring {
 public:
  explicit measuring(context& c)
      : context_(c), known_(c.text().definitions().size()), open_(known_.size()) {}

  measures of(const selection_set_node& set) {
    measures all;
    for (const auto* s : set.selections) {
      directives += s->directives.size();
      switch (s->kind) {
        case node_kind::field: all.add(of(s->as_field())); break;
        case node_kind::inline_fragment: all.add(of(*s->as_inline().selection_set)); break;
        default: all.add(of(s->as_spread()));
      }
    }
    return all;
  }

  // A fragment that leads back to itself costs nothing here: NoFragmentCycles refuses it.
  measures fragment(std::uint32_t at) {
    if (open_[at]) return {};
    if (!known_[at]) {
      if (++entered_ > longest_chain) is_chain_too_long = true;
      open_[at] = true;
      if (!is_chain_too_long)
        known_[at] = of(*context_.text().definitions()[at]->as_fragment().selection_set);
      open_[at] = false;
      --entered_;
    }
    if (!known_[at]) return {};
    auto m = *known_[at];
    if (++m.chain > longest_chain) is_chain_too_long = true;
    return m;
  }

  std::size_t directives = 0;
  bool is_chain_too_long = false;

 private:
  measures of(const field_node& f) {
    measures m;
    if (f.selection_set) m = of(*f.selection_set);
    m.depth = sum(m.depth, 1);
    m.fields = sum(m.fields, 1);
    m.aliases = sum(m.aliases, f.alias ? 1 : 0);
    m.root_fields = 1;
    return m;
  }
  measures of(const fragment_spread_node& spread) {
    auto at = context_.fragment_position(spread.name.value);
    return at == name_index::none ? measures{} : fragment(at);
  }

  context& context_;
  std::vector<std::optional<measures>> known_;
  std::vector<bool> open_;
  std::uint32_t entered_ = 0;
};

std::string name_of_operation(const operation_node& operation) {
  if (!operation.name) return "The operation";
  return "Operation \"" + std::string(operation.name.value) + "\"";
}

bool check(context& c, const operation_node& operation, const measures& m) {
  const auto& o = c.options();
  struct limit {
    std::uint32_t value, allowed;
    const char* what;
  };
  for (auto [value, allowed, what] :
       {limit{m.depth, o.max_depth, "levels of fields"}, limit{m.fields, o.max_fields, "fields"},
        limit{m.aliases, o.max_aliases, "aliases"},
        limit{m.root_fields, o.max_root_fields, "root fields"}}) {
    if (allowed == 0 || value <= allowed) continue;
    c.report(name_of_operation(operation) + " has more than " + std::to_string(allowed) + " " +
                 what + ".",
             operation);
    return true;
  }
  return false;
}

}  // namespace

bool exceeds_limits(context& c) {
  measuring m(c);
  auto definitions = c.text().definitions();
  for (std::uint32_t i = 0; i < definitions.size(); ++i) {
    const auto* d = definitions[i];
    m.directives += d->directives.size();
    if (d->kind == node_kind::operation) {
      for (const auto& v : d->as_operation().variables) m.directives += v.directives.size();
      if (check(c, d->as_operation(), m.of(*d->as_operation().selection_set))) return true;
    } else if (d->kind == node_kind::fragment) {
      m.fragment(i);
    }
  }
  if (m.is_chain_too_long) {
    c.report("The document has more than " + std::to_string(longest_chain) +
                 " fragments within one another.",
             {});
    return true;
  }
  auto allowed = c.options().max_directives;
  if (allowed == 0 || m.directives <= allowed) return false;
  c.report("The document has more than " + std::to_string(allowed) + " directives.", {});
  return true;
}

}  // namespace puff::graphql::internal
