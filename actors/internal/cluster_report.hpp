#pragma once

#include <string>

#include "actors/federation_interfaces.hpp"
#include "services/federation/membership.hpp"

namespace puff::internal {

/// What a member knows of its cluster.
cluster_report report_of(const std::string& cluster, const federation::membership& me);

}  // namespace puff::internal
