# Asks from Python to an actor, with the allocator that the command has.
if(PUFF_PYTHON)
  add_executable(bench_greenlet_ask ${CMAKE_CURRENT_LIST_DIR}/greenlet_ask.cpp)
  target_link_libraries(bench_greenlet_ask PRIVATE puff_allocator puff_options puff::bridge
                                                   puff_interpreter)
endif()
