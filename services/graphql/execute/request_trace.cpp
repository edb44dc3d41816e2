#include "services/graphql/execute/request_trace.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "services/graphql/execute/layer.hpp"
#include "services/graphql/output/json_text.hpp"

namespace puff::graphql {
namespace {

using std::chrono::duration_cast;
using std::chrono::nanoseconds;

std::string rfc3339(std::chrono::system_clock::time_point at) {
  const auto ms = duration_cast<std::chrono::milliseconds>(at.time_since_epoch());
  const auto second = std::chrono::system_clock::to_time_t(at);
  return fmt::format("\"{:%Y-%m-%dT%H:%M:%S}.{:03}Z\"", fmt::gmtime(second), ms.count() % 1000);
}

std::int64_t between(request_trace::clock::time_point from, request_trace::clock::time_point to) {
  return duration_cast<nanoseconds>(to - from).count();
}

std::string offsets(request_trace::clock::time_point start, const request_trace::span& of) {
  if (of.to < of.from || of.from < start) return R"("startOffset":0,"duration":0)";
  return fmt::format(R"("startOffset":{},"duration":{})", between(start, of.from),
                     between(of.from, of.to));
}

std::string path_to(const layer& l, std::size_t field) {
  auto own = quoted(l.plan->fields[field].response_key);
  return l.above == nullptr ? own : path_to(*l.above, l.above_field) + "," + own;
}

}  // namespace

std::size_t request_trace::begin(const layer& of, std::size_t field) {
  const auto& f = of.plan->fields[field];
  calls_.push_back({path_to(of, field),
                    f.parent->name,
                    f.definition->name,
                    to_string(f.definition->type),
                    of.rows->size(),
                    {clock::now(), {}}});
  return calls_.size() - 1;
}

std::string request_trace::extensions() const {
  const auto end = clock::now();
  std::string out = fmt::format(
      R"({{"tracing":{{"version":1,"startTime":{},"endTime":{},"duration":{})",
      rfc3339(started_at_), rfc3339(std::chrono::system_clock::now()), between(started_, end));
  out += fmt::format(R"(,"parsing":{{{}}},"validation":{{{}}},"execution":{{"resolvers":[)",
                     offsets(started_, parsing), offsets(started_, validation));
  for (const auto& each : calls_) {
    if (&each != calls_.data()) out += ',';
    out += fmt::format(
        R"({{"path":[{}],"parentType":{},"fieldName":{},"returnType":{},"parents":{},{}}})",
        each.path, quoted(each.parent), quoted(each.name), quoted(each.type), each.parents,
        offsets(started_,
                {each.time.from, each.time.to == clock::time_point{} ? end : each.time.to}));
  }
  return out + "]}}}";
}

}  // namespace puff::graphql
