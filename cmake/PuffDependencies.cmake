# Third-party libraries. Each is linked by the one module that wraps it.
find_package(Threads REQUIRED)
find_package(CAF REQUIRED)
find_package(Hiredis REQUIRED)
find_package(Boost 1.81 REQUIRED)
find_package(spdlog REQUIRED)
find_package(CLI11 REQUIRED)
find_package(tomlplusplus REQUIRED)
if(PUFF_TESTS)
  find_package(GTest REQUIRED)
endif()

if(PUFF_PYTHON)
  # The interpreter must be Debian's, directly or through a virtual environment made from it.
  set(Python_FIND_VIRTUALENV FIRST)
  if(NOT Python_EXECUTABLE AND EXISTS ${PROJECT_SOURCE_DIR}/.venv/bin/python)
    set(Python_EXECUTABLE ${PROJECT_SOURCE_DIR}/.venv/bin/python)
  endif()
  find_package(Python 3.11 REQUIRED COMPONENTS Interpreter Development.Module Development.Embed)
  execute_process(COMMAND ${Python_EXECUTABLE} -m pybind11 --cmakedir
                  OUTPUT_VARIABLE pybind11_ROOT OUTPUT_STRIP_TRAILING_WHITESPACE
                  COMMAND_ERROR_IS_FATAL ANY)
  set(PYBIND11_FINDPYTHON ON)
  find_package(pybind11 REQUIRED)
  execute_process(COMMAND ${Python_EXECUTABLE} -c
                          "import greenlet, os; print(os.path.dirname(greenlet.__file__))"
                  OUTPUT_VARIABLE greenlet_INCLUDE_DIR OUTPUT_STRIP_TRAILING_WHITESPACE
                  COMMAND_ERROR_IS_FATAL ANY)
  add_library(puff_python INTERFACE)
  target_include_directories(puff_python SYSTEM INTERFACE ${greenlet_INCLUDE_DIR})
  target_link_libraries(puff_python INTERFACE pybind11::headers Python::Python)
endif()
