#include "cli/program.hpp"

int main(int argc, char** argv) {
  return puff::program("puff")
      .about("a native process that serves Python web applications as actors")
      .version(PUFF_VERSION)
      .run(argc, argv);
}
