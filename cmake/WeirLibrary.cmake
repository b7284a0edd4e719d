# weir_library(NAME [DEPENDS targets...]): a static library of every .cpp in this folder (not in folders below, unless
# given with SUBFOLDERS). weir_test(NAME FOLDER [DEPENDS ...]): one GoogleTest program of every .cpp in FOLDER.
# What every program is linked with: nothing, but for ThreadSanitizer.
add_library(weir_program INTERFACE)
if(WEIR_SANITIZE MATCHES "thread")
  add_library(weir_c11_threads OBJECT "${PROJECT_SOURCE_DIR}/tests/sanitize/c11_threads.cpp")
  target_link_libraries(weir_program INTERFACE $<TARGET_OBJECTS:weir_c11_threads>)
endif()
set(WEIR_SANITIZER_ENVIRONMENT
  "TSAN_OPTIONS=suppressions=${PROJECT_SOURCE_DIR}/tests/sanitize/tsan.supp:halt_on_error=1:second_deadlock_stack=1"
  "ASAN_OPTIONS=detect_stack_use_after_return=1" "UBSAN_OPTIONS=print_stacktrace=1"
  "LSAN_OPTIONS=suppressions=${PROJECT_SOURCE_DIR}/tests/sanitize/lsan.supp:print_suppressions=0")

function(weir_library name)
  cmake_parse_arguments(arg "" "" "DEPENDS;PRIVATE;SUBFOLDERS" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/*.cpp")
  foreach(folder IN LISTS arg_SUBFOLDERS)
    file(GLOB more CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/${folder}/*.cpp")
    list(APPEND sources ${more})
  endforeach()
  if(NOT sources)
    add_library(${name} INTERFACE)
    target_include_directories(${name} INTERFACE "${PROJECT_SOURCE_DIR}")
    target_link_libraries(${name} INTERFACE ${arg_DEPENDS} ${arg_PRIVATE})
    return()
  endif()
  add_library(${name} STATIC ${sources})
  target_precompile_headers(${name} REUSE_FROM weir_precompiled)
  target_include_directories(${name} PUBLIC "${PROJECT_SOURCE_DIR}")
  target_link_libraries(${name} PUBLIC ${arg_DEPENDS} PRIVATE ${arg_PRIVATE})
endfunction()

function(weir_test name)
  cmake_parse_arguments(arg "" "FOLDER;TIMEOUT" "DEPENDS;LABELS" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/${arg_FOLDER}/*.cpp")
  if(NOT sources)
    return()
  endif()
  add_executable(${name} ${sources})
  target_precompile_headers(${name} REUSE_FROM weir_precompiled_test)
  target_link_libraries(${name} PRIVATE ${arg_DEPENDS} weir_program GTest::gmock GTest::gtest_main)
  target_include_directories(${name} PRIVATE "${PROJECT_SOURCE_DIR}")
  target_compile_definitions(${name} PRIVATE WEIR_SOURCE_DIR="${PROJECT_SOURCE_DIR}" WEIR_BINARY_DIR="${PROJECT_BINARY_DIR}")
  add_test(NAME ${name} COMMAND ${name})
  set_tests_properties(${name} PROPERTIES LABELS "${arg_LABELS}" TIMEOUT "${arg_TIMEOUT}"
    ENVIRONMENT "${WEIR_SANITIZER_ENVIRONMENT}")
endfunction()
