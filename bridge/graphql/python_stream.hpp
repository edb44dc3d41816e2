#pragma once

#include <map>
#include <memory>
#include <mutex>

#include "bridge/graphql/python_field.hpp"
#include "services/graphql/execute/resolver.hpp"

namespace puff::bridge::graphql {

class stream_run;

/// The root field of a subscription, whose events a generator in Python yields: on a greenlet of
/// its own, or, if it is asynchronous, in a task of the asyncio thread. It goes on when its last
/// event was taken. When nobody wants events any more, it is cancelled where it waits and closed,
/// so that its `finally` blocks run.
class python_stream final : public puff::graphql::stream_resolver {
 public:
  python_stream(python_function what, std::shared_ptr<const schema_objects> names);
  ~python_stream() override;

  void open(const puff::graphql::field_call& call, std::shared_ptr<puff::graphql::event_sink> sink,
            puff::graphql::reply<std::optional<puff::graphql::field_failure>> done) override;
  void stop(const puff::graphql::event_sink& sink) override;

 private:
  const std::shared_ptr<const python_function> what_;
  const std::shared_ptr<const schema_objects> names_;
  std::mutex guards_open_;
  std::map<const puff::graphql::event_sink*, std::weak_ptr<stream_run>> open_;
};

/// Adds the type by which a generator's driver gives events away. Once, at import.
bool add_sink_type(PyObject* module);

}  // namespace puff::bridge::graphql
