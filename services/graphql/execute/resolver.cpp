#include "services/graphql/execute/resolver.hpp"

#include <algorithm>

namespace puff::graphql {

std::vector<std::string> field_call::required_columns() const {
  std::vector<std::string> out;
  for (const auto& child : field.children)
    for (const auto& name : child.second->required_columns)
      if (std::find(out.begin(), out.end(), name) == out.end()) out.push_back(name);
  return out;
}

}  // namespace puff::graphql
