#include "cli/commands.hpp"
#include "cli/console.hpp"
#include "cli/examination.hpp"

namespace puff::cli {
namespace {

std::string_view mark_of(finding::grade grade) {
  switch (grade) {
    case finding::grade::fine: return "ok     ";
    case finding::grade::note: return "note   ";
    case finding::grade::fault: break;
  }
  return "FAULT  ";
}

std::string line_of(const finding& f) {
  auto line = std::string{mark_of(f.how)} + f.subject + ": " + f.text + "\n";
  return f.remedy.empty() ? line : line + "         do: " + f.remedy + "\n";
}

}  // namespace

command doctor_command() {
  command c{"doctor", "Check Python, packages, servers and limits"};
  c.details =
      "Each line is fine, a note (something may be missing for some uses) or a FAULT with what to "
      "do. "
      "The exit status is 1 if there is a fault.";
  c.reads = command::needs::nothing;
  c.run = [](invocation& what) {
    std::size_t faults = 0;
    for (auto* part : {examine_configuration, examine_system, examine_servers, examine_python})
      for (const auto& f : part(what)) {
        faults += f.how == finding::grade::fault;
        print(line_of(f));
      }
    print(faults == 0 ? "Everything that is needed is here.\n"
                      : std::to_string(faults) + (faults == 1 ? " fault.\n" : " faults.\n"));
    return faults == 0 ? 0 : 1;
  };
  return c;
}

}  // namespace puff::cli
