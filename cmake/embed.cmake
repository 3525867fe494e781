# The report page as part of the library: web/ and Plotly joined into one page at build time and cut
# at the place of the data; isogloss/report/page_template.cpp takes up the two halves.
function(isogloss_embed_page target)
  set(web ${PROJECT_SOURCE_DIR}/web)
  set(join ${PROJECT_SOURCE_DIR}/cmake/join_page.cmake)
  file(GLOB scripts CONFIGURE_DEPENDS ${web}/*.js)
  list(SORT scripts)
  set(head ${CMAKE_CURRENT_BINARY_DIR}/page_head.html)
  set(tail ${CMAKE_CURRENT_BINARY_DIR}/page_tail.html)
  add_custom_command(
    OUTPUT ${head} ${tail}
    COMMAND ${CMAKE_COMMAND} -DWEB=${web} "-DSCRIPTS=${scripts}" "-DPLOTLY=${ISOGLOSS_PLOTLY}"
            -DHEAD=${head} -DTAIL=${tail} -P ${join}
    DEPENDS ${web}/report.html ${web}/report.css ${scripts} ${ISOGLOSS_PLOTLY} ${join}
    COMMENT "Joining the report page" VERBATIM)
  set_source_files_properties(page_template.cpp PROPERTIES
    OBJECT_DEPENDS "${head};${tail}"
    COMPILE_DEFINITIONS "ISOGLOSS_PAGE_HEAD=\"${head}\";ISOGLOSS_PAGE_TAIL=\"${tail}\"")
  target_sources(${target} PRIVATE ${head} ${tail})
endfunction()
