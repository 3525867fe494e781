# `pip install .` does what `make setup` does for a build: system packages, llama.cpp, Arrow, Plotly.
find_package(Python 3.10 REQUIRED COMPONENTS Interpreter Development.Module ${SKBUILD_SABI_COMPONENT})
set(prepared ${PROJECT_BINARY_DIR}/prepared.cmake)
execute_process(COMMAND ${PROJECT_SOURCE_DIR}/tools/setup/packages.sh COMMAND_ERROR_IS_FATAL ANY)
# The path by which pip shows packages to this build is not for the environment that fetches.
execute_process(
  COMMAND ${CMAKE_COMMAND} -E env --unset=PYTHONPATH
          ${Python_EXECUTABLE} ${PROJECT_SOURCE_DIR}/tools/setup/prepare_wheel.py ${prepared}
  COMMAND_ERROR_IS_FATAL ANY)
include(${prepared})
