#pragma once

// Python.h must come first.
#include <pybind11/pybind11.h>

#include <boost/asio/awaitable.hpp>
#include <functional>
#include <utility>

#include "actors/native_context.hpp"
#include "schemas/error.hpp"

namespace puff {
namespace bridge {

/// What an awaitable came to: makes its Python value, with the GIL.
using python_value = std::function<PyObject*()>;
using later = std::function<boost::asio::awaitable<expected<python_value>>(const native_context&)>;

/// Starts `work` on an io thread; at its end calls `done(value, exception)` with the GIL, on the
/// greenlet thread. With the GIL held.
void run_later(PyObject* done, later work);

}  // namespace bridge

/// For a bound method that answers later, as `puff.wrap_async` expects: its Python side is
/// `puff.wrap_async(lambda ret: state.method(ret, ..))`. `work` is a coroutine function that gets a
/// `native_context` and returns `expected<T>`; it runs on an io thread without the GIL, and must
/// own all that it uses. At its end `return_function(value, exception)` is called with the GIL: the
/// value by pybind11's cast, or the exception that the error's code stands for.
template <class Work>
void run_python_async(const pybind11::object& return_function, Work work) {
  bridge::later start =
      [work = std::move(work)](
          const native_context& context) -> boost::asio::awaitable<expected<bridge::python_value>> {
    auto own = work;  // lives as long as its coroutine
    auto outcome = co_await own(context);
    if (!outcome) co_return std::move(outcome.error());
    co_return bridge::python_value{[value = std::move(*outcome)]() -> PyObject* {
      return pybind11::cast(value).release().ptr();
    }};
  };
  bridge::run_later(return_function.ptr(), std::move(start));
}

}  // namespace puff
