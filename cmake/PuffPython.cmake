# puff_python: the interpreter and the two C APIs that the bridge uses (pybind11, greenlet). Included
# by the build and again by an installed PuffConfig, since all three belong to the machine at hand.
# Whoever makes a program of it links puff_interpreter; a module leaves that to the Python it is in.
set(Python_FIND_VIRTUALENV FIRST)
find_package(Python 3.11...<3.12 QUIET COMPONENTS Interpreter Development.Module Development.Embed)
if(NOT Python_FOUND)
  message(FATAL_ERROR
    "Puff needs Python 3.11 with its shared library and headers (found: '${Python_EXECUTABLE}' "
    "${Python_VERSION}).\nOn Debian 12 install python3-dev and use a virtual environment made with "
    "/usr/bin/python3 -m venv, or pass -DPython_EXECUTABLE=PATH.")
endif()
execute_process(
  COMMAND ${Python_EXECUTABLE} -c "import pybind11, greenlet, os; print(pybind11.get_cmake_dir(), \
os.path.dirname(greenlet.__file__), sep=';')"
  OUTPUT_VARIABLE puff_python_places OUTPUT_STRIP_TRAILING_WHITESPACE
  ERROR_VARIABLE puff_python_fault RESULT_VARIABLE puff_python_status)
if(NOT puff_python_status EQUAL 0)
  message(FATAL_ERROR "${Python_EXECUTABLE} cannot import pybind11 and greenlet; install "
                      "requirements/build.txt into its environment.\n${puff_python_fault}")
endif()
list(GET puff_python_places 0 pybind11_ROOT)
list(GET puff_python_places 1 greenlet_INCLUDE_DIR)
set(PYBIND11_FINDPYTHON ON)
find_package(pybind11 REQUIRED)

# Linked statically the interpreter calls itself directly, as in Debian's own executable: the shared
# library is up to a third slower. Extension modules find its functions in the program. Its objects
# are not position independent, and so neither is the program.
execute_process(
  COMMAND ${Python_EXECUTABLE} -c "import sysconfig; v = sysconfig.get_config_var; \
print(v('LIBPL') + '/' + v('LIBRARY'), *dict.fromkeys(' '.join(map(v, ('MODLIBS', 'LIBS', 'SYSLIBS'))).split()), sep=';')"
  OUTPUT_VARIABLE puff_python_static OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
list(POP_FRONT puff_python_static puff_python_archive)
if(NOT TARGET puff_interpreter)
  add_library(puff_interpreter INTERFACE IMPORTED GLOBAL)
  if(EXISTS ${puff_python_archive})
    target_link_libraries(puff_interpreter INTERFACE
      $<LINK_LIBRARY:WHOLE_ARCHIVE,${puff_python_archive}> ${puff_python_static})
    target_link_options(puff_interpreter INTERFACE -no-pie -Wl,--export-dynamic)
  else()
    target_link_libraries(puff_interpreter INTERFACE Python::Python)
  endif()
endif()

if(NOT TARGET puff_python)
  add_library(puff_python INTERFACE IMPORTED GLOBAL)
  target_include_directories(puff_python INTERFACE ${greenlet_INCLUDE_DIR})
  target_link_libraries(puff_python INTERFACE pybind11::headers Python::Module)
endif()
