#include <puff/puff.hpp>

int main(int argc, char** argv) {
  return puff::program("my_first_app")
      .about("This is my first app")
      .command(puff::python_command("run_hello_world", "my_python_app.hello_world"))
      .run(argc, argv);
}
