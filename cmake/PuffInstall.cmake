# What is installed, in two components:
#   runtime      the executable, puff-watch and the Python package; the wheel holds just this
#   development  headers, static libraries and a CMake package with the target puff::puff
# pip sets SKBUILD and names its own folders; otherwise everything goes below the prefix.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

if(SKBUILD)
  set(puff_scripts ${SKBUILD_SCRIPTS_DIR})
  set(puff_packages ${SKBUILD_PLATLIB_DIR})
else()
  set(puff_scripts ${CMAKE_INSTALL_BINDIR})
  set(puff_packages lib/python3.11/site-packages)  # where a virtual environment looks
endif()

if(PUFF_PYTHON)
  # All that the component runtime needs, and nothing else.
  add_custom_target(puff_runtime)
  foreach(target IN ITEMS puff_cli puff_module_so)
    if(TARGET ${target})
      add_dependencies(puff_runtime ${target})
    endif()
  endforeach()
endif()
if(TARGET puff_cli)
  install(TARGETS puff_cli RUNTIME DESTINATION ${puff_scripts} COMPONENT runtime)
  install(PROGRAMS ${PROJECT_SOURCE_DIR}/cli/puff-watch DESTINATION ${puff_scripts}
          COMPONENT runtime)
endif()
if(TARGET puff_module_so)
  install(TARGETS puff_module_so LIBRARY DESTINATION ${puff_packages}/puff COMPONENT runtime)
endif()
if(PUFF_PYTHON)
  install(DIRECTORY ${PROJECT_SOURCE_DIR}/bridge/python/puff DESTINATION ${puff_packages}
          COMPONENT runtime
          FILES_MATCHING PATTERN *.py PATTERN *.pyi PATTERN py.typed
          PATTERN *.gz PATTERN LICENSE.*
          PATTERN __pycache__ EXCLUDE)
endif()

if(SKBUILD)
  return()
endif()

get_property(puff_modules GLOBAL PROPERTY PUFF_MODULES)
set(puff_headers ${CMAKE_INSTALL_INCLUDEDIR}/puff-${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR})
set(puff_package ${CMAKE_INSTALL_LIBDIR}/cmake/Puff)
install(TARGETS ${puff_modules} EXPORT PuffTargets
        ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT development
        FILE_SET HEADERS DESTINATION ${puff_headers} COMPONENT development)
install(EXPORT PuffTargets NAMESPACE puff:: DESTINATION ${puff_package} COMPONENT development)
configure_package_config_file(${PROJECT_SOURCE_DIR}/cmake/PuffConfig.cmake.in
                              ${PROJECT_BINARY_DIR}/PuffConfig.cmake
                              INSTALL_DESTINATION ${puff_package})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/PuffConfigVersion.cmake
                                 COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/PuffConfig.cmake ${PROJECT_BINARY_DIR}/PuffConfigVersion.cmake
              cmake/PuffDependencies.cmake cmake/PuffPython.cmake cmake/FindCAF.cmake
              cmake/FindHiredis.cmake
        DESTINATION ${puff_package} COMPONENT development)
