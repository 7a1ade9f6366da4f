# Puts text files into the binary: locksmith_embed(OUT_VARIABLE SYMBOL file...) writes a .cc that defines
# `const EmbeddedFile SYMBOL[]` and `const std::size_t SYMBOL_count` in namespace locksmith::embedded, and sets
# OUT_VARIABLE to its path. The file names are the base names, sorted, so that the same tree gives the same binary.
function(locksmith_embed out symbol)
  set(files ${ARGN})
  list(SORT files)
  set(generated "${CMAKE_CURRENT_BINARY_DIR}/${symbol}.cc")
  string(REPLACE ";" "|" packed "${files}")
  add_custom_command(OUTPUT "${generated}"
    COMMAND "${CMAKE_COMMAND}" "-DFILES=${packed}" "-DSYMBOL=${symbol}" "-DOUT=${generated}"
            -P "${PROJECT_SOURCE_DIR}/cmake/WriteEmbedded.cmake"
    DEPENDS ${files} "${PROJECT_SOURCE_DIR}/cmake/WriteEmbedded.cmake" VERBATIM)
  set(${out} "${generated}" PARENT_SCOPE)
endfunction()
