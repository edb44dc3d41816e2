#include "bridge/postgres/opened_descriptions.hpp"

#include <algorithm>
#include <vector>

#include "bridge/postgres/reply_object.hpp"

namespace puff::bridge::postgres {
namespace {

struct description {
  std::weak_ptr<const sql_session> of;
  PyObject* dict;
};

/// Of the connections that live; those of others go when a new one comes.
std::vector<description>& descriptions() {
  static std::vector<description> all;
  return all;
}

void drop_those_of_the_dead() {
  auto& all = descriptions();
  const auto dead = std::partition(all.begin(), all.end(),
                                   [](const description& one) { return !one.of.expired(); });
  std::vector<PyObject*> dropped;
  for (auto at = dead; at != all.end(); ++at) dropped.push_back(at->dict);
  all.erase(dead, all.end());
  for (auto* dict : dropped) Py_DECREF(dict);
}

}  // namespace

PyObject* description_of_opened(const std::shared_ptr<const sql_session>& opened) {
  for (const auto& one : descriptions())
    if (!one.of.owner_before(opened) && !opened.owner_before(one.of)) return Py_NewRef(one.dict);
  auto* dict = new_description(*opened);
  if (!dict) return nullptr;
  drop_those_of_the_dead();
  descriptions().push_back({opened, Py_NewRef(dict)});
  return dict;
}

}  // namespace puff::bridge::postgres
