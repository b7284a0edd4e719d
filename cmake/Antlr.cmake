# weir_antlr_library(NAME GRAMMAR NAMESPACE): generates a C++ parser into the build folder and makes a static library of it.
#
# The tool must be of the runtime's version (Debian 12: 4.9), which Debian does not package; it comes from Maven Central, once for all build
# folders, into build/tools. Where Maven cannot be reached, Debian's older tool (4.7.2) does: its output runs on the 4.9 runtime.
find_program(JAVA java REQUIRED)
set(WEIR_ANTLR_VERSION 4.9)
set(WEIR_ANTLR_SHA256 bd11b2464bc8aee5f51b119dff617101b77fa729540ee7f08241a6a672e6bc81)
set(WEIR_ANTLR_JAR "${PROJECT_SOURCE_DIR}/build/tools/antlr4-${WEIR_ANTLR_VERSION}-complete.jar")

function(weir_jar_is_good result)
  set(${result} FALSE PARENT_SCOPE)
  if(EXISTS "${WEIR_ANTLR_JAR}")
    file(SHA256 "${WEIR_ANTLR_JAR}" actual)
    if(actual STREQUAL WEIR_ANTLR_SHA256)
      set(${result} TRUE PARENT_SCOPE)
    endif()
  endif()
endfunction()

# Maven writes into a folder of this build first, so that two configurations at once never see half a file.
function(weir_fetch_antlr)
  find_program(MAVEN mvn)
  if(NOT MAVEN)
    return()
  endif()
  message(STATUS "Fetching the ANTLR ${WEIR_ANTLR_VERSION} tool from Maven Central")
  execute_process(
    COMMAND "${MAVEN}" -q -B dependency:copy "-Dartifact=org.antlr:antlr4:${WEIR_ANTLR_VERSION}:jar:complete"
            "-DoutputDirectory=${PROJECT_BINARY_DIR}/antlr"
    OUTPUT_QUIET ERROR_QUIET TIMEOUT 180)
  set(fetched "${PROJECT_BINARY_DIR}/antlr/antlr4-${WEIR_ANTLR_VERSION}-complete.jar")
  if(EXISTS "${fetched}")
    get_filename_component(folder "${WEIR_ANTLR_JAR}" DIRECTORY)
    file(MAKE_DIRECTORY "${folder}")
    file(RENAME "${fetched}" "${WEIR_ANTLR_JAR}")
  endif()
endfunction()

# Sets `command` to what runs the tool.
function(weir_antlr_command command)
  weir_jar_is_good(good)
  if(NOT good)
    weir_fetch_antlr()
    weir_jar_is_good(good)
  endif()
  if(good)
    set(${command} "${JAVA}" -jar "${WEIR_ANTLR_JAR}" PARENT_SCOPE)
    return()
  endif()
  find_program(DEBIAN_ANTLR antlr4)
  if(NOT DEBIAN_ANTLR)
    message(FATAL_ERROR "No ANTLR tool: neither Maven Central (mvn dependency:copy) nor Debian's antlr4 is there. "
      "Install antlr4, or put antlr4-${WEIR_ANTLR_VERSION}-complete.jar into build/tools.")
  endif()
  message(STATUS "Maven Central is out of reach: using Debian's ANTLR tool")
  set(${command} "${DEBIAN_ANTLR}" PARENT_SCOPE)
endfunction()

function(weir_antlr_library name grammar namespace)
  weir_antlr_command(antlr)
  get_filename_component(stem "${grammar}" NAME_WE)
  set(folder "${CMAKE_CURRENT_BINARY_DIR}/generated")
  set(files "${folder}/${stem}Lexer.cpp" "${folder}/${stem}Lexer.h" "${folder}/${stem}Parser.cpp" "${folder}/${stem}Parser.h")
  # The tool writes beside the grammar's relative path, hence the working directory.
  get_filename_component(source_folder "${CMAKE_CURRENT_SOURCE_DIR}/${grammar}" DIRECTORY)
  add_custom_command(
    OUTPUT ${files}
    COMMAND ${antlr} -Dlanguage=Cpp -no-listener -no-visitor -package ${namespace} -o "${folder}" ${stem}.g4
    WORKING_DIRECTORY "${source_folder}"
    DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/${grammar}"
    COMMENT "Generating the parser of ${grammar}"
    VERBATIM)
  add_library(${name} STATIC ${files})
  # Generated code is not ours to tidy, and its speed does not matter: quick to compile wins. The older tool writes u8"..." for char texts.
  target_compile_options(${name} PRIVATE -w -O1 -g0 -fno-char8_t)
  target_include_directories(${name} SYSTEM PUBLIC "${folder}")
  target_link_libraries(${name} PUBLIC antlr4_runtime)
endfunction()
