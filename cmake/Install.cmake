# What `cmake --install build/release --prefix P` puts there: the program, the headers of plugins with a CMake package and a pkg-config file, and the
# shipped pipelines.
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(WEIR_UDF_VERSION 1.0.0)  # of weir_udf.h: WEIR_UDF_MAJOR and WEIR_UDF_MINOR
add_library(weir_udf INTERFACE)
set_target_properties(weir_udf PROPERTIES EXPORT_NAME udf)
target_include_directories(weir_udf INTERFACE "$<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>")

set(package "${CMAKE_INSTALL_LIBDIR}/cmake/weir_udf")
configure_package_config_file("${CMAKE_CURRENT_LIST_DIR}/weir_udf-config.cmake.in" "${PROJECT_BINARY_DIR}/weir_udf-config.cmake"
  INSTALL_DESTINATION "${package}" PATH_VARS CMAKE_INSTALL_BINDIR)
write_basic_package_version_file("${PROJECT_BINARY_DIR}/weir_udf-config-version.cmake" VERSION ${WEIR_UDF_VERSION}
  COMPATIBILITY SameMajorVersion ARCH_INDEPENDENT)
configure_file("${CMAKE_CURRENT_LIST_DIR}/weir_udf.pc.in" "${PROJECT_BINARY_DIR}/weir_udf.pc" @ONLY)

install(TARGETS weir RUNTIME DESTINATION "${CMAKE_INSTALL_BINDIR}")
install(TARGETS weir_udf EXPORT weir_udf)
install(EXPORT weir_udf NAMESPACE weir:: FILE weir_udf-targets.cmake DESTINATION "${package}")
install(FILES "${PROJECT_BINARY_DIR}/weir_udf-config.cmake" "${PROJECT_BINARY_DIR}/weir_udf-config-version.cmake" DESTINATION "${package}")
install(FILES "${PROJECT_BINARY_DIR}/weir_udf.pc" DESTINATION "${CMAKE_INSTALL_LIBDIR}/pkgconfig")
install(FILES udf/weir_udf.h udf/weir_udf.hpp udf/weir_udf_values.hpp DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}")
install(DIRECTORY pipelines DESTINATION "${CMAKE_INSTALL_DATADIR}/weir")
