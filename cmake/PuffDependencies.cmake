# Third-party libraries. Each is linked by the one module that wraps it. An installed PuffConfig
# includes this file too, so that a program finds what it links through Puff's static libraries.
find_package(Threads REQUIRED)
find_package(CAF REQUIRED)
find_package(Hiredis REQUIRED)
find_package(PostgreSQL REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(ZLIB REQUIRED)
find_package(Boost 1.81 REQUIRED)
find_package(simdjson REQUIRED)
find_package(spdlog REQUIRED)
find_package(CLI11 REQUIRED)
find_package(tomlplusplus REQUIRED)
if(PUFF_TESTS)
  find_package(GTest REQUIRED)
endif()

if(PUFF_PYTHON)
  # The interpreter must be Debian's, directly or through a virtual environment made from it.
  if(NOT Python_EXECUTABLE AND EXISTS ${PROJECT_SOURCE_DIR}/.venv/bin/python)
    set(Python_EXECUTABLE ${PROJECT_SOURCE_DIR}/.venv/bin/python)
  endif()
  include(PuffPython)
endif()
