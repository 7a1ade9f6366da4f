# A folder of src/ is a namespace is a target.
#
#   locksmith_folder(model/diagnosis USES vocabulary model/evidence [LINKS fmt::fmt])
#
# makes the target model_diagnosis from every .cc beside the CMakeLists.txt that calls it (tests excepted), and, where
# there are *_test.cc, one test program model_diagnosis_test. USES names folders, LINKS foreign libraries (private:
# a foreign header never reaches another folder). Who may use whom stands in src/README.md and is checked by tests/tidy.
function(locksmith_folder path)
  cmake_parse_arguments(arg "" "" "USES;LINKS;SOURCES" ${ARGN})
  string(REPLACE "/" "_" name "${path}")
  file(GLOB sources CONFIGURE_DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/*.cc")
  set(tests ${sources})
  list(FILTER tests INCLUDE REGEX "_test\\.cc$")
  list(FILTER sources EXCLUDE REGEX "(_test|/main)\\.cc$")
  list(APPEND sources ${arg_SOURCES})

  set(uses "")
  foreach(folder IN LISTS arg_USES)
    string(REPLACE "/" "_" folder "${folder}")
    list(APPEND uses "${folder}")
  endforeach()

  if(sources)
    add_library(${name} STATIC ${sources})
    locksmith_precompile(${name} standard)
    target_include_directories(${name} PUBLIC "${PROJECT_SOURCE_DIR}/src")
    target_link_libraries(${name} PUBLIC ${uses} PRIVATE locksmith_settings ${arg_LINKS})
  else()
    add_library(${name} INTERFACE)
    target_include_directories(${name} INTERFACE "${PROJECT_SOURCE_DIR}/src")
    target_link_libraries(${name} INTERFACE ${uses})
  endif()

  if(LOCKSMITH_TESTS AND tests)
    add_executable(${name}_test ${tests})
    target_link_libraries(${name}_test PRIVATE ${name} locksmith_settings ${arg_LINKS} GTest::gmock GTest::gtest_main)
    locksmith_precompile(${name}_test tests)
    target_compile_definitions(${name}_test PRIVATE "LOCKSMITH_SOURCE_DIR=\"${PROJECT_SOURCE_DIR}\"")
    add_test(NAME ${path} COMMAND ${name}_test --gtest_brief=1)
    set_tests_properties(${path} PROPERTIES TIMEOUT 720)
  endif()
endfunction()

# locksmith_precompile(TARGET tests|standard): the headers that nearly every file of that sort reads, parsed once for all of
# them. GoogleTest's cost two seconds a file, the standard library's half a second.
function(locksmith_precompile target sort)
  if(NOT LOCKSMITH_PRECOMPILE)
    return()
  endif()
  target_precompile_headers(${target} REUSE_FROM precompiled_${sort})
  target_compile_options(${target} PRIVATE -Winvalid-pch $<$<CXX_COMPILER_ID:GNU>:-fpch-preprocess>)
endfunction()

function(locksmith_make_precompiled)
  if(NOT LOCKSMITH_PRECOMPILE)
    return()
  endif()
  set(standard <algorithm> <array> <chrono> <cstdint> <expected> <functional> <map> <memory> <optional> <span> <string> <string_view> <utility>
      <variant> <vector>)
  file(CONFIGURE OUTPUT "${PROJECT_BINARY_DIR}/precompiled.cc" CONTENT "// For the precompiled headers.\n")
  foreach(sort standard tests)
    add_library(precompiled_${sort} OBJECT "${PROJECT_BINARY_DIR}/precompiled.cc")
    target_link_libraries(precompiled_${sort} PRIVATE locksmith_settings)
    target_compile_options(precompiled_${sort} PRIVATE -Winvalid-pch $<$<CXX_COMPILER_ID:GNU>:-fpch-preprocess>)
    target_precompile_headers(precompiled_${sort} PRIVATE ${standard})
  endforeach()
  if(LOCKSMITH_TESTS)
    target_link_libraries(precompiled_tests PRIVATE GTest::gmock GTest::gtest)
    target_precompile_headers(precompiled_tests PRIVATE <gmock/gmock.h> <gtest/gtest.h>)
  endif()
endfunction()
