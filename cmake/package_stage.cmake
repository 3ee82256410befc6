# Run by cpack between installing and packing: what Debian wants of a package and an ordinary installation does not need.
set(root ${CPACK_TEMPORARY_INSTALL_DIRECTORY})
set(doc ${root}/usr/share/doc/breach)
set(packaging ${CPACK_BREACH_SOURCE}/packaging)

function(compress file)
  execute_process(COMMAND gzip -9n ${file} COMMAND_ERROR_IS_FATAL ANY)
endfunction()

file(GLOB pages ${root}/usr/share/man/man*/*.[1-9])
foreach(page IN LISTS pages)
  compress(${page})
endforeach()

# Apache-2.0 is among Debian's common licences; the copyright file names it.
file(REMOVE ${doc}/LICENSE)
file(COPY ${packaging}/copyright DESTINATION ${doc})
file(RENAME ${doc}/CHANGES.md ${doc}/changelog)
compress(${doc}/changelog)

# Debian's zsh looks for what packages bring in a folder of its own, and not in site-functions.
file(MAKE_DIRECTORY ${root}/usr/share/zsh/vendor-completions)
file(RENAME ${root}/usr/share/zsh/site-functions/_breach ${root}/usr/share/zsh/vendor-completions/_breach)
file(REMOVE ${root}/usr/share/zsh/site-functions)

# Gateways of this machine: a folder that the administrator fills.
file(COPY ${packaging}/README DESTINATION ${root}/etc/breach/gateways)

# Whatever umask the packer has
file(GLOB_RECURSE files LIST_DIRECTORIES false ${root}/usr/share/* ${root}/etc/*)
file(CHMOD ${files} PERMISSIONS OWNER_READ OWNER_WRITE GROUP_READ WORLD_READ)
file(GLOB_RECURSE everything LIST_DIRECTORIES true ${root}/*)
foreach(path IN LISTS everything)
  if(IS_DIRECTORY ${path})
    file(CHMOD ${path} PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE WORLD_READ WORLD_EXECUTE)
  endif()
endforeach()
