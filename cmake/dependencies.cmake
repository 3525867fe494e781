# What isogloss is built on. The two that no distribution packages as we need them are prepared by
# tools/setup/ and found by the roots below; the rest are system packages (tools/setup/packages.sh).
set(ISOGLOSS_LLAMA_ROOT "" CACHE PATH "Install prefix of the static llama.cpp build")
set(ISOGLOSS_ARROW_ROOT "" CACHE PATH "Unpacked pyarrow wheel: its folder `pyarrow`; empty: a system Arrow")
set(ISOGLOSS_LLAMA_PACKAGE "llama-cpp-python 0.3.36" CACHE STRING "Where llama.cpp's source came from, for --version")
set(ISOGLOSS_PLOTLY "" CACHE FILEPATH "plotly-cartesian.min.js, inlined in the report page")

find_package(Threads REQUIRED)
find_package(fmt REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(TBB REQUIRED)
find_package(OpenSSL REQUIRED COMPONENTS Crypto)
find_package(Boost REQUIRED)
# Debian's libzip-config.cmake names tools of packages that are not installed with it.
find_package(PkgConfig REQUIRED)
pkg_check_modules(libzip REQUIRED IMPORTED_TARGET libzip)
find_package(CLI11 REQUIRED)
find_path(UTF8CPP_INCLUDE_DIR utf8.h PATH_SUFFIXES utf8cpp REQUIRED)
find_path(TOMLPLUSPLUS_INCLUDE_DIR toml++/toml.h REQUIRED)

if(ISOGLOSS_LLAMA_ROOT)
  list(PREPEND CMAKE_PREFIX_PATH ${ISOGLOSS_LLAMA_ROOT})
endif()
find_package(ggml REQUIRED)
find_package(llama REQUIRED)

if(ISOGLOSS_ARROW_ROOT)
  foreach(library arrow parquet)
    file(GLOB library_file
      ${ISOGLOSS_ARROW_ROOT}/lib${library}.so.[0-9]* ${ISOGLOSS_ARROW_ROOT}/lib${library}.[0-9]*.dylib)
    list(LENGTH library_file n_found)
    if(NOT n_found EQUAL 1)
      message(FATAL_ERROR "${ISOGLOSS_ARROW_ROOT} holds ${n_found} lib${library}; run `make setup`")
    endif()
    add_library(isogloss_${library} SHARED IMPORTED GLOBAL)
    set_target_properties(isogloss_${library} PROPERTIES
      IMPORTED_LOCATION ${library_file}
      INTERFACE_INCLUDE_DIRECTORIES ${ISOGLOSS_ARROW_ROOT}/include)
    list(APPEND ISOGLOSS_BUNDLED_LIBRARIES ${library_file})
  endforeach()
  set_property(TARGET isogloss_parquet PROPERTY INTERFACE_LINK_LIBRARIES isogloss_arrow)
else()
  find_package(Arrow REQUIRED)
  find_package(Parquet REQUIRED)
  add_library(isogloss_arrow INTERFACE IMPORTED GLOBAL)
  target_link_libraries(isogloss_arrow INTERFACE Arrow::arrow_shared)
  add_library(isogloss_parquet INTERFACE IMPORTED GLOBAL)
  target_link_libraries(isogloss_parquet INTERFACE Parquet::parquet_shared)
endif()
