add_executable(bench_actors ${CMAKE_CURRENT_LIST_DIR}/actors.cpp)
target_compile_options(bench_actors PRIVATE -O2)
target_link_libraries(bench_actors PRIVATE puff_options puff::actors_core)
