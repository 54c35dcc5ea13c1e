# Files of a folder that are compiled together: each header is parsed, and each
# template instantiated, once for all of them. It is most of what a build costs.
option(TROUPE_UNITY "Compile the files of a folder together" ON)
set(TROUPE_UNITY_FILES 8)

file(STRINGS "${CMAKE_SOURCE_DIR}/cmake/separate.txt" TROUPE_SEPARATE
     REGEX "^[^#]")
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS
             "${CMAKE_SOURCE_DIR}/cmake/separate.txt")

# troupe_together(TARGET SOURCE ...): but for those in separate.txt.
function(troupe_together target)
  if(NOT TROUPE_UNITY)
    return()
  endif()
  set_target_properties(${target} PROPERTIES UNITY_BUILD ON
                        UNITY_BUILD_BATCH_SIZE ${TROUPE_UNITY_FILES})
  file(RELATIVE_PATH folder "${CMAKE_SOURCE_DIR}" "${CMAKE_CURRENT_SOURCE_DIR}")
  foreach(source ${ARGN})
    if("${folder}/${source}" IN_LIST TROUPE_SEPARATE)
      set_source_files_properties(${source} PROPERTIES
                                  SKIP_UNITY_BUILD_INCLUSION ON)
    endif()
  endforeach()
endfunction()

# troupe_library(NAME SOURCES ... LINKS ... [PRIVATE_LINKS ...] [SHELL])
#
# One library per folder. LINKS are the folders its headers may include;
# PRIVATE_LINKS are libraries no header exposes. The same edges are checked
# against tests/tidy/layers.txt, include by include. SHELL: includes CAF.
function(troupe_library name)
  cmake_parse_arguments(ARG "SHELL" "" "SOURCES;LINKS;PRIVATE_LINKS" ${ARGN})
  if(ARG_SOURCES)
    add_library(${name} STATIC ${ARG_SOURCES})
    troupe_together(${name} ${ARG_SOURCES})
    target_include_directories(${name} PUBLIC "${CMAKE_SOURCE_DIR}")
    target_link_libraries(${name} PUBLIC ${ARG_LINKS}
                          PRIVATE ${ARG_PRIVATE_LINKS})
    if(TROUPE_TEST_FOLDER)
      troupe_precompiled(${name} troupe_test_headers)
    elseif(ARG_SHELL)
      troupe_precompiled(${name} troupe_shell_headers)
    else()
      troupe_precompiled(${name} troupe_standard_headers)
    endif()
  else()
    add_library(${name} INTERFACE)
    target_include_directories(${name} INTERFACE "${CMAKE_SOURCE_DIR}")
    target_link_libraries(${name} INTERFACE ${ARG_LINKS})
  endif()
endfunction()

# The tests that run under sanitizers, as one target.
function(troupe_pure_test name)
  if(NOT TARGET troupe_pure_tests)
    add_custom_target(troupe_pure_tests)
  endif()
  add_dependencies(troupe_pure_tests ${name})
endfunction()

# troupe_test(NAME SOURCES ... LINKS ... [LABELS ...] [TIMEOUT seconds] [SHELL]
#             [SEPARATE ...])
#
# One executable per tested folder; the ctest name is the target's name.
# Tests read their data under TROUPE_TEST_DATA (tests/data). Tests of pure code
# run under the sanitizers too; SHELL marks those that link CAF or Boost. A
# test's time is for one that hangs: on a slow disk each sync takes a second.
function(troupe_test name)
  cmake_parse_arguments(ARG "SHELL" "TIMEOUT" "SOURCES;LINKS;LABELS" ${ARGN})
  if(NOT ARG_TIMEOUT)
    set(ARG_TIMEOUT 300)
  endif()
  if(NOT ARG_LABELS)
    set(ARG_LABELS unit)
  endif()
  if(NOT ARG_SHELL)
    list(APPEND ARG_LABELS pure)
    troupe_pure_test(${name})
  endif()
  add_executable(${name} ${ARG_SOURCES})
  troupe_together(${name} ${ARG_SOURCES})
  target_include_directories(${name} PRIVATE "${CMAKE_SOURCE_DIR}")
  target_link_libraries(${name} PRIVATE ${ARG_LINKS} Catch2::Catch2WithMain)
  if(ARG_SHELL)
    troupe_precompiled(${name} troupe_shell_test_headers)
  else()
    troupe_precompiled(${name} troupe_test_headers)
  endif()
  target_compile_definitions(${name} PRIVATE
    TROUPE_TEST_DATA="${CMAKE_SOURCE_DIR}/tests/data")
  add_test(NAME ${name} COMMAND ${name})
  set_tests_properties(${name} PROPERTIES LABELS "${ARG_LABELS}"
                       TIMEOUT ${ARG_TIMEOUT} ENVIRONMENT "TROUPE_UPLINK=none")
endfunction()

# troupe_fuzz(NAME SOURCES ... LINKS ...): a libFuzzer target under clang with
# TROUPE_FUZZ; otherwise a test that replays its corpus from tests/fuzz/corpus.
function(troupe_fuzz name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINKS" ${ARGN})
  if(TROUPE_FUZZ)
    add_executable(${name} ${ARG_SOURCES})
    target_link_options(${name} PRIVATE -fsanitize=fuzzer)
  else()
    add_executable(${name} ${ARG_SOURCES} $<TARGET_OBJECTS:fuzz_replay>)
    troupe_precompiled(${name} troupe_test_headers)
    add_test(NAME ${name}
             COMMAND ${name} "${CMAKE_SOURCE_DIR}/tests/fuzz/corpus/${name}")
    set_tests_properties(${name} PROPERTIES LABELS "unit;pure" TIMEOUT 60)
    troupe_pure_test(${name})
  endif()
  target_include_directories(${name} PRIVATE "${CMAKE_SOURCE_DIR}")
  target_link_libraries(${name} PRIVATE ${ARG_LINKS})
endfunction()

# Adds each listed subdirectory.
function(troupe_subdirectories)
  foreach(dir ${ARGN})
    add_subdirectory(${dir})
  endforeach()
endfunction()
