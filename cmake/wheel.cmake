# What pyproject.toml makes a wheel of, beside the Python files: the extension module, and in `_program` the program
# with its libraries and data. Nothing in a wheel can be a symbolic link, so libisogloss has one name.
add_subdirectory(python/extension)

set(program isogloss/_program)
set_target_properties(isogloss_program PROPERTIES INSTALL_RPATH $ORIGIN/../lib)
set_property(TARGET isogloss PROPERTY VERSION)
set_property(TARGET isogloss PROPERTY SOVERSION)
set_target_properties(isogloss PROPERTIES INSTALL_RPATH $ORIGIN)
install(TARGETS isogloss_program RUNTIME DESTINATION ${program}/bin)
install(TARGETS isogloss LIBRARY DESTINATION ${program}/lib)
foreach(level IN LISTS ISOGLOSS_LLAMA_LEVELS)
  set_target_properties(isogloss_${level} PROPERTIES INSTALL_RPATH $ORIGIN/../..)
  install(TARGETS isogloss_${level} LIBRARY DESTINATION ${program}/lib/glibc-hwcaps/${level})
endforeach()
install(FILES ${ISOGLOSS_BUNDLED_LIBRARIES} DESTINATION ${program}/lib)
install(FILES data/demo-en-es.tsv data/demo-en-es.ids data/demo.tsv data/demo.ids DESTINATION ${program}/share/isogloss)
# For python/isogloss/demo_model.py.
install(FILES tools/setup/demo_model.py tools/setup/cache.py DESTINATION ${program}/share/isogloss/setup)
install(FILES tools/setup/requirements/demo-model.txt tools/setup/requirements/build-backend.txt
  DESTINATION ${program}/share/isogloss/setup/requirements)
install(DIRECTORY data/demo-sae data/doctor DESTINATION ${program}/share/isogloss)
