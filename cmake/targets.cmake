# How our own targets are made: one static library a stage, so that a stage links only against what
# it may know, and one shared library for the world.

add_library(isogloss_options INTERFACE)
target_include_directories(isogloss_options INTERFACE $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}>)
# The compiler reads -Werror from a file. So the dev preset, which turns it on, leaves every command
# as it was, and what `make demo` has compiled serves `make test`.
set(warnings_file ${PROJECT_BINARY_DIR}/warnings.rsp)
set(warnings $<$<BOOL:${ISOGLOSS_WARNINGS_AS_ERRORS}>:-Werror>)
file(GENERATE OUTPUT ${warnings_file} CONTENT "${warnings}\n")
# g++ 12 sees overlapping, endless or overflowing copies and reads in inlined operations of std::string and
# std::string_view (GCC bug 105329).
target_compile_options(isogloss_options INTERFACE -Wall -Wextra -Wpedantic -Wshadow @${warnings_file}
  $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict$<SEMICOLON>-Wno-stringop-overflow$<SEMICOLON>-Wno-stringop-overread$<SEMICOLON>-Wno-array-bounds>)
if(ISOGLOSS_SANITIZE)
  # Instrumented, g++ 12's own <regex> looks to it as if it read what was never set (GCC bug 105562).
  target_compile_options(isogloss_options INTERFACE
    -fsanitize=${ISOGLOSS_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all
    $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
  target_link_options(isogloss_options INTERFACE -fsanitize=${ISOGLOSS_SANITIZE})
endif()

if(ISOGLOSS_BUILD_FUZZERS)
  target_compile_options(isogloss_options INTERFACE -fsanitize=fuzzer-no-link)
endif()

# What most files include, parsed once. ccache cannot keep objects made with it, and serves better.
if(CMAKE_CXX_COMPILER_LAUNCHER)
  set(precompile OFF)
else()
  set(precompile ON)
endif()
option(ISOGLOSS_PRECOMPILED_HEADERS "Precompile headers of the standard library and fmt" ${precompile})

# isogloss_precompiled(NAME HEADERS … LINKS …): what isogloss_precompile(TARGET NAME) gives to others. The
# compiler takes it where all that it was compiled with is given again, so nothing else goes in here.
function(isogloss_precompiled name)
  if(ISOGLOSS_PRECOMPILED_HEADERS)
    cmake_parse_arguments(PARSE_ARGV 1 precompiled "" "" "HEADERS;LINKS")
    file(TOUCH ${PROJECT_BINARY_DIR}/${name}.cpp)
    add_library(${name} OBJECT EXCLUDE_FROM_ALL ${PROJECT_BINARY_DIR}/${name}.cpp)
    target_link_libraries(${name} PRIVATE isogloss_options ${precompiled_LINKS})
    target_precompile_headers(${name} PRIVATE ${precompiled_HEADERS})
  endif()
endfunction()
function(isogloss_precompile target name)
  if(ISOGLOSS_PRECOMPILED_HEADERS)
    target_precompile_headers(${target} REUSE_FROM ${name})
  endif()
endfunction()

isogloss_precompiled(isogloss_common
  HEADERS <algorithm> <filesystem> <functional> <map> <memory> <optional> <span> <string> <unordered_map>
          <vector> <fmt/format.h> <fmt/ranges.h>
  LINKS fmt::fmt)

# isogloss_stage(NAME SOURCES … DEPENDS earlier stages … LINKS outside libraries, never in headers …)
function(isogloss_stage name)
  cmake_parse_arguments(PARSE_ARGV 1 stage "" "" "SOURCES;DEPENDS;LINKS")
  # Only tests link the archive.
  add_library(isogloss_${name} STATIC EXCLUDE_FROM_ALL ${stage_SOURCES})
  list(TRANSFORM stage_DEPENDS PREPEND isogloss_)
  target_link_libraries(isogloss_${name} PUBLIC isogloss_options ${stage_DEPENDS}
                        PRIVATE ${stage_LINKS})
  if(fmt::fmt IN_LIST stage_LINKS)
    isogloss_precompile(isogloss_${name} isogloss_common)
  endif()
  set_property(GLOBAL APPEND PROPERTY ISOGLOSS_STAGES isogloss_${name})
  set_property(GLOBAL APPEND PROPERTY ISOGLOSS_LINKS ${stage_LINKS})
endfunction()

# isogloss_test(NAME SOURCES … STAGES … LINKS …): one GoogleTest program, every case a ctest test.
function(isogloss_test name)
  cmake_parse_arguments(PARSE_ARGV 1 test "" "" "SOURCES;STAGES;LINKS;LABELS;FIXTURES")
  list(TRANSFORM test_STAGES PREPEND isogloss_)
  add_executable(test_${name} ${test_SOURCES})
  target_link_libraries(test_${name} PRIVATE isogloss_options ${test_STAGES} ${test_LINKS}
                        GTest::gmock GTest::gtest_main)
  isogloss_precompile(test_${name} isogloss_test_common)
  target_compile_definitions(test_${name} PRIVATE
    ISOGLOSS_SOURCE_DIR="${PROJECT_SOURCE_DIR}" ISOGLOSS_GOLDEN_DIR="${PROJECT_SOURCE_DIR}/tests/golden")
  set(properties)
  if(test_LABELS)
    list(APPEND properties LABELS ${test_LABELS})
  endif()
  if(test_FIXTURES)
    list(APPEND properties FIXTURES_REQUIRED ${test_FIXTURES})
  endif()
  gtest_discover_tests(test_${name} TEST_PREFIX "${name}." DISCOVERY_MODE PRE_TEST
                       PROPERTIES ${properties} TIMEOUT 600 ENVIRONMENT "${ISOGLOSS_TEST_CACHE}"
                       ENVIRONMENT_MODIFICATION "${ISOGLOSS_TEST_TMPDIR}")
endfunction()

# isogloss_script_test(NAME COMMAND … SERIAL): a script that exits 77, with a line that says what to
# install, where it cannot run here.
function(isogloss_script_test name)
  cmake_parse_arguments(PARSE_ARGV 1 test "SERIAL" "NEEDS;MAKES" "COMMAND")
  add_test(NAME ${name} COMMAND ${test_COMMAND})
  set_tests_properties(${name} PROPERTIES LABELS unsanitized TIMEOUT 900 SKIP_RETURN_CODE 77
    ENVIRONMENT "${ISOGLOSS_TEST_CACHE}" ENVIRONMENT_MODIFICATION "${ISOGLOSS_TEST_TMPDIR}"
    RUN_SERIAL ${test_SERIAL}
    FIXTURES_REQUIRED "${test_NEEDS}" FIXTURES_SETUP "${test_MAKES}")
endfunction()
