#pragma once

#include <memory>
#include <utility>

#include "actors/core/promise.hpp"

namespace puff {

/// As `make_promise`, for callbacks, which have to be copyable.
template <class T, class Self>
std::shared_ptr<promise<T>> make_shared_promise(Self* self) {
  return std::make_shared<promise<T>>(make_promise<T>(self));
}

/// A callback that keeps the promise of `done`: it takes the error that there was, or none.
template <class Done, class Self>
auto deliver_to(Self* self, Done done) {
  return [owed = make_shared_promise<Done>(self), done](const error& why) {
    if (why)
      owed->deliver(why);
    else
      owed->deliver(done);
  };
}

}  // namespace puff
