# `cmake --install`: the program, one shared library with its headers, and what they need beside them.
include(CMakePackageConfigHelpers)

set(private_libraries ${CMAKE_INSTALL_LIBDIR}/isogloss)
if(APPLE)
  set(origin @loader_path)
else()
  set(origin $ORIGIN)
endif()
set_target_properties(isogloss PROPERTIES INSTALL_RPATH ${origin}/isogloss)
set_target_properties(isogloss_program PROPERTIES INSTALL_RPATH ${origin}/../${CMAKE_INSTALL_LIBDIR})

install(TARGETS isogloss isogloss_program EXPORT isogloss_targets)
install(FILES ${ISOGLOSS_BUNDLED_LIBRARIES} DESTINATION ${private_libraries}
  PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
install(DIRECTORY isogloss/ DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/isogloss
  FILES_MATCHING PATTERN "*.h"
  PATTERN "*_internal.h" EXCLUDE PATTERN "extraction.h" EXCLUDE)
install(FILES data/demo.tsv data/demo.ids DESTINATION ${CMAKE_INSTALL_DATADIR}/isogloss)
install(DIRECTORY data/demo-sae DESTINATION ${CMAKE_INSTALL_DATADIR}/isogloss)
install(FILES LICENSE THIRD-PARTY.md README.md DESTINATION ${CMAKE_INSTALL_DOCDIR})

set(package_folder ${CMAKE_INSTALL_LIBDIR}/cmake/isogloss)
install(EXPORT isogloss_targets NAMESPACE isogloss:: FILE isogloss-config.cmake
  DESTINATION ${package_folder})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/isogloss-config-version.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/isogloss-config-version.cmake DESTINATION ${package_folder})
