#include <pybind11/embed.h>

#include <chrono>
#include <puff/puff.hpp>
#include <puff/python.hpp>
#include <string>

namespace py = pybind11;

namespace {

// What Python sees as puff.global_state.
class my_state {
 public:
  std::string hello(const std::string& said) const {
    return "Hello from C++! Python says: " + said;
  }

  // Answers later: the greenlet that asked waits, Python goes on.
  void hello_later(const py::object& ret, std::string said) const {
    puff::run_python_async(ret,
                           [said](const puff::native_context& context)
                               -> boost::asio::awaitable<puff::expected<std::string>> {
                             co_await context.sleep(std::chrono::milliseconds{100});
                             if (said.empty())
                               co_return puff::make_error(puff::ec::bad_argument, "say something");
                             co_return "C++ has slept over '" + said + "'";
                           });
  }
};

}  // namespace

PYBIND11_EMBEDDED_MODULE(my_cpp, module) {
  py::class_<my_state>(module, "MyState")
      .def("hello", &my_state::hello)
      .def("hello_later", &my_state::hello_later);
}

int main(int argc, char** argv) {
  auto config = puff::runtime_config().set_asyncio().set_global_state([] {
    py::module_::import("my_cpp");
    return py::cast(my_state{});
  });
  return puff::program("my_state_app")
      .about("C++ state for Python")
      .config(std::move(config))
      .command(puff::python_command("run_hello_world", "my_state_python.hello_world"))
      .run(argc, argv);
}
