# Run with cmake -P by embed.cmake: puts WEB/PAGE.html, SCRIPTS and the style sheet into
# WEB/page.html and writes what comes before the data, between the data and Plotly, and after Plotly
# to PREFIX_head.html, PREFIX_middle.html and PREFIX_end.html.
if(NOT EXISTS "${PLOTLY}")
  message(FATAL_ERROR "The report page needs plotly.min.js, and ISOGLOSS_PLOTLY is "
    "\"${PLOTLY}\". Run `make setup`, or configure with -DISOGLOSS_PLOTLY=FILE.")
endif()

function(find_once marker place)
  string(FIND "${page}" "${marker}" first)
  string(FIND "${page}" "${marker}" last REVERSE)
  if(first EQUAL -1 OR NOT first EQUAL last)
    message(FATAL_ERROR "the page ${PAGE} must hold ${marker} exactly once")
  endif()
  set(${place} ${first} PARENT_SCOPE)
endfunction()

function(fill marker content)
  find_once("${marker}" unused)
  string(REPLACE "${marker}" "${content}" page "${page}")
  set(page "${page}" PARENT_SCOPE)
endfunction()

# Writes the page up to `marker` to `file` and goes on with what comes after.
function(cut marker file)
  find_once("${marker}" place)
  string(SUBSTRING "${page}" 0 ${place} before)
  string(LENGTH "${marker}" length)
  math(EXPR after "${place} + ${length}")
  string(SUBSTRING "${page}" ${after} -1 page)
  file(WRITE "${file}" "${before}")
  set(page "${page}" PARENT_SCOPE)
endfunction()

file(READ "${WEB}/page.html" page)
file(READ "${WEB}/page.css" css)
file(READ "${WEB}/${PAGE}.html" body)
set(script "")
foreach(file IN LISTS SCRIPTS)
  file(READ "${file}" content)
  string(APPEND script "${content}")
endforeach()
fill("<!--{{body}}-->" "${body}")
fill("/*{{css}}*/" "${css}")
fill("/*{{script}}*/" "${script}")
cut("{{data}}" "${PREFIX}_head.html")
cut("/*{{plotly}}*/" "${PREFIX}_middle.html")
file(WRITE "${PREFIX}_end.html" "${page}")
