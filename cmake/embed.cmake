# The report page as part of the library: web/ and Plotly joined into one page at build time, cut
# at the place of the data, and taken up by the assembler (a C array of 1.5 MB takes the compiler
# many seconds; this takes none).
#
# isogloss_embed_page(TARGET): adds to TARGET the symbols of isogloss/report/page_template.h.
function(isogloss_embed_page target)
  enable_language(ASM)
  set(web ${PROJECT_SOURCE_DIR}/web)
  file(GLOB scripts CONFIGURE_DEPENDS ${web}/*.js)
  list(SORT scripts)
  set(head ${CMAKE_CURRENT_BINARY_DIR}/page_head.html)
  set(tail ${CMAKE_CURRENT_BINARY_DIR}/page_tail.html)
  add_custom_command(
    OUTPUT ${head} ${tail}
    COMMAND ${CMAKE_COMMAND} -DWEB=${web} "-DSCRIPTS=${scripts}" "-DPLOTLY=${ISOGLOSS_PLOTLY}"
            -DHEAD=${head} -DTAIL=${tail} -P ${PROJECT_SOURCE_DIR}/cmake/join_page.cmake
    DEPENDS ${web}/report.html ${web}/report.css ${scripts} ${ISOGLOSS_PLOTLY}
            ${PROJECT_SOURCE_DIR}/cmake/join_page.cmake
    COMMENT "Joining the report page" VERBATIM)
  target_sources(${target} PRIVATE page_template.S)
  set_source_files_properties(page_template.S PROPERTIES
    OBJECT_DEPENDS "${head};${tail}"
    COMPILE_DEFINITIONS "ISOGLOSS_PAGE_HEAD=\"${head}\";ISOGLOSS_PAGE_TAIL=\"${tail}\""
    COMPILE_OPTIONS "$<$<C_COMPILER_ID:Clang,AppleClang>:-Wno-unused-command-line-argument>")
endfunction()
