# The Debian package: `cpack` in the folder of a release build. script/package does it all.
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME breach)
set(CPACK_PACKAGE_VERSION ${PROJECT_VERSION})
set(CPACK_PACKAGE_CONTACT "The breach developers <breach@localhost>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "notify people of a data breach, once and provably")
set(CPACK_PACKAGE_DESCRIPTION
    "breach turns one playbook and a list of people into notices by email, in
each reader's language. After a crash or a power cut the next run finishes
the job: nobody is left out, and whoever may have been told twice is on
record. Rehearsals run through an embedded relay and send nothing.")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_INSTALL_DEFAULT_DIRECTORY_PERMISSIONS
    OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION mail)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_PACKAGE_DEPENDS tzdata)          # time zones by name: deadlines, quiet hours
# whom certificates are checked against; what letters are printed with
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "ca-certificates, fonts-noto-cjk, fonts-dejavu-core")
set(CPACK_DEBIAN_PACKAGE_SUGGESTS "age, gpg") # letters and lists for a named recipient
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION TRUE)
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA ${PROJECT_SOURCE_DIR}/packaging/conffiles)
set(CPACK_PRE_BUILD_SCRIPTS ${PROJECT_SOURCE_DIR}/cmake/package_stage.cmake)
set(CPACK_BREACH_SOURCE ${PROJECT_SOURCE_DIR})
include(CPack)
