#include "actors/internal/cluster_report.hpp"

#include <algorithm>

#include "services/telemetry/escape.hpp"

namespace puff::internal {
namespace {

using federation::member;

std::string quoted(const std::string& text) {
  std::string out;
  log::append_json(out, text);
  return out;
}

std::string line_of(const member& m, std::size_t width, bool is_this) {
  const auto& r = m.record;
  std::string kinds;
  for (const auto& kind : m.kinds) kinds += (kinds.empty() ? " of " : ", ") + kind;
  auto line = "  " + r.identity.node + std::string(width - r.identity.node.size() + 2, ' ');
  line +=
      r.host + " pid " + std::to_string(r.pid) + "  " + std::to_string(m.state.load) + " actors";
  return line + kinds + (m.state.unwell ? "  unwell" : "") + (is_this ? "  (this node)" : "") +
         "\n";
}

std::string json_of(const member& m) {
  const auto& r = m.record;
  std::string kinds;
  for (const auto& kind : m.kinds) kinds += (kinds.empty() ? "" : ",") + quoted(kind);
  auto epoch = federation::to_text(r.identity).substr(0, 16);
  return "{\"node\":" + quoted(r.identity.node) + ",\"epoch\":" + quoted(epoch) +
         ",\"host\":" + quoted(r.host) + ",\"pid\":" + std::to_string(r.pid) +
         ",\"release\":" + quoted(r.release) + ",\"actors\":" + std::to_string(m.state.load) +
         ",\"well\":" + (m.state.unwell ? "false" : "true") + ",\"kinds\":[" + kinds + "]}";
}

}  // namespace

cluster_report report_of(const std::string& cluster, const federation::membership& me) {
  auto members = me.view().members;
  std::sort(members.begin(), members.end(),
            [](const auto& a, const auto& b) { return a.record.identity < b.record.identity; });
  std::size_t width = 0;
  for (const auto& each : members) width = std::max(width, each.record.identity.node.size());
  cluster_report out;
  out.text = "cluster " + cluster + "\n";
  if (me.trouble()) out.text += "  as it was known last: " + describe(me.trouble()) + "\n";
  out.json = "{\"cluster\":" + quoted(cluster) +
             ",\"current\":" + (me.trouble() ? "false" : "true") + ",\"nodes\":[";
  for (const auto& each : members) {
    const bool is_this = each.record.identity == me.life();
    out.text += line_of(each, width, is_this);
    out.json += (&each == &members.front() ? "" : ",") + json_of(each);
  }
  out.json += "]}";
  return out;
}

}  // namespace puff::internal
