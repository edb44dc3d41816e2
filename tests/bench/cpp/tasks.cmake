# What bounds a queue of tasks, and a task in C++.
add_executable(bench_task_ceiling ${PROJECT_SOURCE_DIR}/tests/bench/cpp/task_ceiling.cpp)
target_link_libraries(bench_task_ceiling PRIVATE puff_options Hiredis::hiredis)
if(TARGET puff::addon)
  add_library(bench_task_addon MODULE ${PROJECT_SOURCE_DIR}/tests/bench/cpp/task_addon.cpp)
  target_link_libraries(bench_task_addon PRIVATE puff::addon)
  set_target_properties(bench_task_addon PROPERTIES PREFIX "" CXX_VISIBILITY_PRESET hidden)
endif()
