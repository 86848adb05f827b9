# libtorch from the PyPI wheel as imported targets of our own: find_package(Torch) of a CUDA wheel wants the CUDA
# toolkit, which nobody needs in order to link.
if(NOT LOCKSTEP_TORCH)
  file(GLOB candidates ${PROJECT_SOURCE_DIR}/.venv/lib/python3*/site-packages/torch)
  list(LENGTH candidates found)
  if(found)
    list(GET candidates 0 LOCKSTEP_TORCH)
  endif()
endif()
if(NOT EXISTS "${LOCKSTEP_TORCH}/lib/libtorch_cpu.so")
  message(FATAL_ERROR "libtorch: no lib/libtorch_cpu.so in \"${LOCKSTEP_TORCH}\"; run scripts/setup, or give "
                      "-DLOCKSTEP_TORCH=<site-packages>/torch, or build without it: -DLOCKSTEP_MODELS=OFF")
endif()

add_library(c10 SHARED IMPORTED GLOBAL)
set_target_properties(c10 PROPERTIES IMPORTED_LOCATION ${LOCKSTEP_TORCH}/lib/libc10.so)
add_library(torch_cpu SHARED IMPORTED GLOBAL)
set_target_properties(torch_cpu PROPERTIES IMPORTED_LOCATION ${LOCKSTEP_TORCH}/lib/libtorch_cpu.so)
add_library(libtorch INTERFACE IMPORTED GLOBAL)
target_include_directories(libtorch SYSTEM INTERFACE ${LOCKSTEP_TORCH}/include
                                                     ${LOCKSTEP_TORCH}/include/torch/csrc/api/include)
target_link_libraries(libtorch INTERFACE torch_cpu c10)
if(EXISTS ${LOCKSTEP_TORCH}/lib/libtorch_cuda.so)
  # Loading it registers its kernels; no symbol of it is named here.
  target_link_options(libtorch INTERFACE
    LINKER:--allow-shlib-undefined
    LINKER:--push-state,--no-as-needed,${LOCKSTEP_TORCH}/lib/libtorch_cuda.so,${LOCKSTEP_TORCH}/lib/libc10_cuda.so,--pop-state)
endif()
