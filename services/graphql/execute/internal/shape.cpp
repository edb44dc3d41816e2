#include "services/graphql/execute/internal/shape.hpp"

#include <algorithm>

#include "services/graphql/execute/join.hpp"
#include "services/graphql/values/column_builder.hpp"

namespace puff::graphql::internal {
namespace {

shaped failure(const plan_field& f, const std::string& why) {
  return {nullptr, field_failure{name_of(f) + " " + why, {}}};
}

std::string count(std::size_t n, const std::string& what) {
  return std::to_string(n) + " " + what + (n == 1 ? "" : "s");
}

field_failure several(const plan_field& f) {
  return {name_of(f) + " has one value, but several rows match", {}};
}

bool is_list(const plan_field& f) { return f.definition->type.nullable().is_list(); }

/// What a row is as the value of a field, or as an item of its list: an object, or the one column
/// that holds a leaf. `missing` says why there is no such column.
struct row_values {
  column_ptr values;
  std::string missing;
};

std::string value_column(const plan_field& f, const row_set& rows,
                         const std::vector<std::string>& keys) {
  const auto names = rows.names();
  if (names.size() == 1) return std::string{names.front()};
  if (std::find(names.begin(), names.end(), f.definition->name) != names.end())
    return f.definition->name;
  std::string only;
  for (const auto name : names) {
    if (std::find(keys.begin(), keys.end(), name) != keys.end()) continue;
    if (!only.empty()) return {};
    only = name;
  }
  return only;
}

row_values values_of(const plan_field& f, const row_set_ptr& rows,
                     const std::vector<std::string>& keys) {
  if (f.is_composite()) return {objects_of(rows), {}};
  const auto name = value_column(f, *rows, keys);
  auto values = name.empty() ? nullptr : rows->find(name);
  if (values == nullptr)
    return {nullptr, "needs one column for its value: call it \"" + f.definition->name + "\""};
  return {std::move(values), {}};
}

/// The first of the names that rows of SQL do not have, whether there are any rows or not.
std::string lacking_name(const row_set& rows, const std::vector<std::string>& wanted) {
  const auto names = rows.names();
  if (names.empty()) return {};
  for (const auto& name : wanted)
    if (std::find(names.begin(), names.end(), name) == names.end()) return name;
  return {};
}

std::string listed_names(const row_set& rows) {
  std::string out;
  for (const auto name : rows.names())
    out += (out.empty() ? "they have " : ", ") + std::string{name};
  return out;
}

bool is_whole(const std::vector<std::uint32_t>& rows, std::size_t size) {
  if (rows.size() != size) return false;
  for (std::size_t i = 0; i < size; ++i)
    if (rows[i] != i) return false;
  return true;
}

column_ptr no_match(const plan_field& f, std::size_t parents) {
  return is_list(f) ? lists_of(integers({}), std::vector<cell::range>(parents))
                    : repeated(value{}, parents);
}

struct shaper {
  const plan_field& f;
  const row_set& parents;

  shaped operator()(failed& a) const { return {nullptr, std::move(a.why)}; }

  shaped operator()(aligned& a) const {
    if (a.values == nullptr) return failure(f, "has no values");
    if (a.values->size() != parents.size())
      return failure(
          f, "has " + count(a.values->size(), "value") + " for " + count(parents.size(), "parent"));
    return {std::move(a.values), {}};
  }

  shaped operator()(shared& a) const {
    if (a.value == nullptr || a.value->size() != 1)
      return failure(f, "has no single value for all its parents");
    if (parents.size() == 1) return {std::move(a.value), {}};
    return {repeated(std::move(a.value), parents.size()), {}};
  }

  shaped operator()(listed& a) const {
    if (a.items == nullptr) return failure(f, "has no values");
    const auto items = static_cast<std::uint32_t>(a.items->size());
    if (is_list(f)) {
      if (parents.size() != 1)
        return failure(f, "is a list for " + count(parents.size(), "parent") +
                              ", but nothing says which items belong to which parent: give the "
                              "parents' and the items' key columns too");
      return {lists_of(std::move(a.items), {{0, items}}), {}};
    }
    if (items == parents.size()) return {std::move(a.items), {}};
    if (parents.size() != 1)
      return failure(f, "has " + count(items, "row") + " for " + count(parents.size(), "parent"));
    return {first_of(std::move(a.items), {{0, items}}, several(f)), {}};
  }

  shaped operator()(correlated& a) const {
    if (a.rows == nullptr) return failure(f, "has no rows");
    if (a.parent_keys.empty() || a.parent_keys.size() != a.child_keys.size())
      return failure(f, "has " + count(a.parent_keys.size(), "key column") +
                            " of the parents and " + std::to_string(a.child_keys.size()) +
                            " of the rows");
    if (const auto lacking = lacking_name(*a.rows, a.child_keys); !lacking.empty())
      return failure(
          f, "is joined by \"" + lacking + "\", which its rows lack: " + listed_names(*a.rows));
    if (a.rows->size() == 0) return {no_match(f, parents.size()), {}};
    const auto of_parents = find_columns(parents, a.parent_keys);
    if (!of_parents.missing.empty())
      return failure(f, "is joined by \"" + of_parents.missing + "\", which its parents lack");
    const auto of_rows = find_columns(*a.rows, a.child_keys);
    if (!of_rows.missing.empty())
      return failure(f, "is joined by \"" + of_rows.missing + "\", which its rows lack");
    return joined(a, join(of_parents.columns, parents.size(), of_rows.columns, a.rows->size()));
  }

  shaped operator()(by_sql&) const { return failure(f, "has a statement instead of rows"); }

 private:
  shaped joined(correlated& a, matches found) const {
    auto rows = is_whole(found.rows, a.rows->size())
                    ? std::move(a.rows)
                    : picked(std::move(a.rows), std::move(found.rows));
    auto values = values_of(f, rows, a.child_keys);
    if (!values.missing.empty()) return failure(f, values.missing);
    if (is_list(f)) return {lists_of(std::move(values.values), std::move(found.of_parent)), {}};
    return {first_of(std::move(values.values), std::move(found.of_parent), several(f)), {}};
  }
};

}  // namespace

shaped shape(const plan_field& f, const row_set& parents, answer given) {
  return std::visit(shaper{f, parents}, given);
}

answer of_rows(const plan_field& f, row_set_ptr rows, std::vector<std::string> parent_keys,
               std::vector<std::string> child_keys) {
  if (!parent_keys.empty() || !child_keys.empty())
    return correlated{std::move(rows), std::move(parent_keys), std::move(child_keys)};
  auto values = values_of(f, rows, {});
  if (!values.missing.empty()) return failed{{name_of(f) + " " + values.missing, {}}};
  return listed{std::move(values.values)};
}

std::string name_of(const plan_field& f) { return f.parent->name + "." + f.definition->name; }

}  // namespace puff::graphql::internal
