# Beast without Puff: what the native route is compared with.
add_executable(plain_beast ${CMAKE_CURRENT_LIST_DIR}/plain_beast.cpp)
target_link_libraries(plain_beast PRIVATE puff_options Boost::headers Threads::Threads)
