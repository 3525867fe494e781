# How our own targets are made: one static library a stage, so that a stage links only against what
# it may know, and one shared library for the world.

add_library(isogloss_options INTERFACE)
target_include_directories(isogloss_options INTERFACE $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}>)
# g++ 12 sees overlapping copies in every inlined std::string operation (GCC bug 105329).
target_compile_options(isogloss_options INTERFACE -Wall -Wextra -Wpedantic -Wshadow
  $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>
  $<$<BOOL:${ISOGLOSS_WARNINGS_AS_ERRORS}>:-Werror>)
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

# isogloss_stage(NAME SOURCES … DEPENDS earlier stages … LINKS outside libraries, never in headers …)
function(isogloss_stage name)
  cmake_parse_arguments(PARSE_ARGV 1 stage "" "" "SOURCES;DEPENDS;LINKS")
  add_library(isogloss_${name} STATIC ${stage_SOURCES})
  list(TRANSFORM stage_DEPENDS PREPEND isogloss_)
  target_link_libraries(isogloss_${name} PUBLIC isogloss_options ${stage_DEPENDS}
                        PRIVATE ${stage_LINKS})
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
                       PROPERTIES ${properties} TIMEOUT 600 ENVIRONMENT "${ISOGLOSS_TEST_CACHE}")
endfunction()

# isogloss_script_test(NAME COMMAND … SERIAL): a script that exits 77, with a line that says what to
# install, where it cannot run here.
function(isogloss_script_test name)
  cmake_parse_arguments(PARSE_ARGV 1 test "SERIAL" "NEEDS;MAKES" "COMMAND")
  add_test(NAME ${name} COMMAND ${test_COMMAND})
  set_tests_properties(${name} PROPERTIES LABELS unsanitized TIMEOUT 900 SKIP_RETURN_CODE 77
    ENVIRONMENT "${ISOGLOSS_TEST_CACHE}" RUN_SERIAL ${test_SERIAL}
    FIXTURES_REQUIRED "${test_NEEDS}" FIXTURES_SETUP "${test_MAKES}")
endfunction()
