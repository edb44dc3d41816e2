#include "cli/python_function.hpp"

#include "cli/hosted_node.hpp"

namespace puff::cli {

int run_python_function(const invocation& what, const python_function& function) {
  hosted_node::plan plan;
  plan.how = hosted_node::stop_by::cancelling;
  plan.argv = function.argv;
  plan.tasks = function.tasks;
  plan.asyncio = true;  // whether it is a coroutine function shows only once it is imported
  return run_hosted(what, std::move(plan), [&](hosted_node& in) {
    int status = in.python().call(function.path, function.arguments);
    in.stop();
    return status;
  });
}

}  // namespace puff::cli
