#pragma once

#include <pybind11/pybind11.h>

#include <memory>

namespace puff::bridge {

class wsgi_exchange;

/// The `start_response` callable of one request: a new reference, or null with an exception.
PyObject* new_start_response(std::shared_ptr<wsgi_exchange> answering);

/// The `wsgi.input` of one request: reads wait in the greenlet while the body is on its way.
PyObject* new_wsgi_input(const std::shared_ptr<wsgi_exchange>& reading);

}  // namespace puff::bridge
