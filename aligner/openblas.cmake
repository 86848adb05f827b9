# Eigen, OpenBLAS and LAPACKE. No target that links these may link libtorch, which brings a BLAS of its own.
find_package(Eigen3 3.4 REQUIRED)
pkg_check_modules(OpenBLAS REQUIRED IMPORTED_TARGET openblas)
find_library(LAPACKE_LIBRARY lapacke REQUIRED)
add_library(linear_algebra INTERFACE)
target_link_libraries(linear_algebra INTERFACE Eigen3::Eigen PkgConfig::OpenBLAS ${LAPACKE_LIBRARY})
# Eigen's own matrix product is compiled for the oldest x86-64: products go to OpenBLAS, whose kernels fit the machine.
target_compile_definitions(linear_algebra INTERFACE EIGEN_USE_BLAS)
