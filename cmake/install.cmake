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
# The public interface: isogloss/isogloss.h and what it includes (tools/check_includes.sh holds the
# list to that). Nothing else is installed.
set(public_headers
  core/error.h
  core/progress.h
  core/version.h
  corpus/corpus.h
  evidence/feature_view.h
  exports/format.h
  exports/formats.inc
  isogloss.h
  model/bos.h
  model/logit_effects.h
  numeric/false_discovery.h
  numeric/optional_column.h
  numeric/random.h
  numeric/ranks.h
  pipeline/explain.h
  pipeline/import_activations.h
  pipeline/pipeline.h
  results/explanations_file.h
  results/layers_file.h
  results/pairs_file.h
  results/scores_file.h
  results/vocabulary_file.h
  sae/encode.h
  sae/sae.h
  sae/self_check.h
  sae/training.h
  score/agreement/agreement.h
  score/agreement/feature_pairs.h
  score/artefacts/agreement_controls.h
  score/artefacts/artefact_columns.inc
  score/artefacts/artefacts.h
  score/artefacts/flags.h
  score/artefacts/flags.inc
  score/bi_loss/bi_loss.h
  score/columns/column_info.h
  score/measures/definition.h
  score/measures/measures.h
  score/measures/measures.inc
  score/score_columns.h
  score/score_columns.inc
  score/score_table.h
  score/strata/strata.h
  stats/token_profile.h
  stats/token_totals.h
  store/layout.h
  store/manifest.h
  store/maxima.h
  store/row_traits.h
  store/scoring_options.h
  store/sequences.h
  validation/findings.h
  validation/rank_statistics.h
  validation/scores.h
  validation/sentence_permutation.h
  validation/validation.h
  validation/validation_files.h
)
foreach(header IN LISTS public_headers)
  get_filename_component(folder ${header} DIRECTORY)
  install(FILES isogloss/${header} DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/isogloss/${folder})
endforeach()
install(FILES data/demo-en-es.tsv data/demo-en-es.ids data/demo.tsv data/demo.ids DESTINATION ${CMAKE_INSTALL_DATADIR}/isogloss)
install(DIRECTORY data/demo-sae data/doctor DESTINATION ${CMAKE_INSTALL_DATADIR}/isogloss)
install(FILES LICENSE THIRD-PARTY.md README.md DESTINATION ${CMAKE_INSTALL_DOCDIR})

set(package_folder ${CMAKE_INSTALL_LIBDIR}/cmake/isogloss)
install(EXPORT isogloss_targets NAMESPACE isogloss:: FILE isogloss-config.cmake
  DESTINATION ${package_folder})
write_basic_package_version_file(${PROJECT_BINARY_DIR}/isogloss-config-version.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES ${PROJECT_BINARY_DIR}/isogloss-config-version.cmake DESTINATION ${package_folder})
