# One OBJECT library per folder of src/. breach_layer(NAME SOURCES ... LIBRARIES ...)
function(breach_layer name)
  cmake_parse_arguments(LAYER "" "" "SOURCES;LIBRARIES" ${ARGN})
  add_library(breach_${name} OBJECT ${LAYER_SOURCES})
  target_include_directories(breach_${name} PUBLIC ${PROJECT_SOURCE_DIR}/src)
  target_link_libraries(breach_${name} PUBLIC PkgConfig::GLIB PkgConfig::JANSSON Threads::Threads
                        ${LAYER_LIBRARIES})
endfunction()

# breach_program(NAME SOURCES ... LAYERS ... LIBRARIES ...): an executable of sources and whole layers
function(breach_program name)
  cmake_parse_arguments(PROGRAM "" "" "SOURCES;LAYERS;LIBRARIES" ${ARGN})
  add_executable(${name} ${PROGRAM_SOURCES})
  set_property(TARGET ${name} PROPERTY POSITION_INDEPENDENT_CODE ON)
  target_include_directories(${name} PRIVATE ${PROJECT_SOURCE_DIR}/src)
  foreach(layer IN LISTS PROGRAM_LAYERS)
    target_link_libraries(${name} PRIVATE breach_${layer})
  endforeach()
  target_link_libraries(${name} PRIVATE ${PROGRAM_LIBRARIES})
endfunction()

# breach_unit_test(NAME LAYERS ... LIBRARIES ...): tests/unit/NAME.c with cmocka
function(breach_unit_test name)
  cmake_parse_arguments(TEST "" "" "LAYERS;LIBRARIES" ${ARGN})
  breach_program(${name} SOURCES ${name}.c LAYERS ${TEST_LAYERS}
                 LIBRARIES PkgConfig::CMOCKA ${TEST_LIBRARIES})
  target_compile_definitions(${name} PRIVATE
    BREACH_SOURCE_DIR="${PROJECT_SOURCE_DIR}" BREACH_BUILD_DIR="${PROJECT_BINARY_DIR}")
  add_test(NAME unit.${name} COMMAND ${name})
endfunction()
