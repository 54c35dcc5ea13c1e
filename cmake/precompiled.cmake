# Precompiled headers, shared by every target with the same compiler flags:
# parsing the standard library is half of what a small file costs.
option(TROUPE_PRECOMPILE "Parse common headers once" ON)

# troupe_precompiled_headers(NAME HEADER [LINKS ...]): the owner of HEADER,
# compiled with the flags of the calling folder.
function(troupe_precompiled_headers name header)
  cmake_parse_arguments(ARG "" "" "LINKS" ${ARGN})
  if(NOT TROUPE_PRECOMPILE)
    return()
  endif()
  add_library(${name} OBJECT "${CMAKE_SOURCE_DIR}/cmake/precompiled/nothing.cpp")
  target_include_directories(${name} PRIVATE "${CMAKE_SOURCE_DIR}")
  target_link_libraries(${name} PRIVATE ${ARG_LINKS})
  target_precompile_headers(${name} PRIVATE
    "${CMAKE_SOURCE_DIR}/cmake/precompiled/${header}")
endfunction()

# troupe_precompiled(TARGET OWNER): TARGET sees the headers of OWNER first.
function(troupe_precompiled target owner)
  if(TROUPE_PRECOMPILE)
    target_precompile_headers(${target} REUSE_FROM ${owner})
  endif()
endfunction()
