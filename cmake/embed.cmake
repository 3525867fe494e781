# Pages as part of the library: for each of PAGES, web/page.html, web/PAGE.html, the style sheet and
# the scripts (web/page-*.js, then web/PAGE-*.js) are joined at build time and cut at the places of
# the data and of Plotly; isogloss/page/page_template.cpp takes up the pieces.
function(isogloss_embed_pages target)
  set(web ${PROJECT_SOURCE_DIR}/web)
  set(join ${PROJECT_SOURCE_DIR}/cmake/join_page.cmake)
  file(GLOB common CONFIGURE_DEPENDS ${web}/page-*.js)
  list(SORT common)
  set(pieces ${ISOGLOSS_PLOTLY})
  set(definitions "ISOGLOSS_PLOTLY=\"${ISOGLOSS_PLOTLY}\"")
  foreach(page IN LISTS ARGN)
    file(GLOB own CONFIGURE_DEPENDS ${web}/${page}-*.js)
    list(SORT own)
    set(scripts ${common} ${own})
    set(prefix ${CMAKE_CURRENT_BINARY_DIR}/${page})
    set(outputs ${prefix}_head.html ${prefix}_middle.html ${prefix}_end.html)
    add_custom_command(
      OUTPUT ${outputs}
      COMMAND ${CMAKE_COMMAND} -DWEB=${web} -DPAGE=${page} "-DSCRIPTS=${scripts}"
              "-DPLOTLY=${ISOGLOSS_PLOTLY}" -DPREFIX=${prefix} -P ${join}
      DEPENDS ${web}/page.html ${web}/${page}.html ${web}/page.css ${scripts} ${ISOGLOSS_PLOTLY} ${join}
      COMMENT "Joining the page ${page}" VERBATIM)
    list(APPEND pieces ${outputs})
    string(TOUPPER ${page} name)
    foreach(piece HEAD MIDDLE END)
      string(TOLOWER ${piece} suffix)
      list(APPEND definitions "ISOGLOSS_${name}_${piece}=\"${prefix}_${suffix}.html\"")
    endforeach()
    target_sources(${target} PRIVATE ${outputs})
  endforeach()
  set_source_files_properties(page_template.cpp PROPERTIES
    OBJECT_DEPENDS "${pieces}" COMPILE_DEFINITIONS "${definitions}")
endfunction()
