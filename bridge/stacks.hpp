#pragma once

#include <string>

namespace puff::bridge {

/// What every thread that runs Python and every waiting greenlet is doing, as text for a person:
/// one paragraph each, innermost frame last. With the GIL held, from any thread.
std::string describe_stacks();

/// The Python stack of one thread (as `threading.get_ident` names it). With the GIL held.
std::string describe_stack(unsigned long thread);

}  // namespace puff::bridge
