# One interface target carries every flag, so that no room differs from another.
add_library(strait_flags INTERFACE)
target_compile_options(strait_flags INTERFACE
  -Wall -Wextra -Wshadow -Wnon-virtual-dtor -Wimplicit-fallthrough -Wswitch -Werror
  -fno-strict-overflow -fno-strict-aliasing -fno-delete-null-pointer-checks)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # g++ 12 reports these on correct code inside its own <string> and <expected> when inlining.
  target_compile_options(strait_flags INTERFACE
    -Wno-error=maybe-uninitialized -Wno-restrict -Wno-error=stringop-overflow -Wno-error=array-bounds
    -Wno-error=dangling-pointer -Wno-error=null-dereference -Wno-missing-field-initializers)
else()
  # clang 19 reports a deprecation inside libstdc++ 12's own std::stable_sort.
  target_compile_options(strait_flags INTERFACE -Wno-missing-field-initializers -Wno-deprecated-declarations)
endif()
if(STRAIT_SANITIZE)
  target_compile_options(strait_flags INTERFACE -fsanitize=${STRAIT_SANITIZE} -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(strait_flags INTERFACE -fsanitize=${STRAIT_SANITIZE})
endif()
if(STRAIT_SANITIZE MATCHES "thread")
  # TSan does not know fences. Asio's are beside its mutexes, which it knows.
  target_compile_definitions(strait_flags INTERFACE BOOST_ASIO_DISABLE_FENCED_BLOCK)
endif()
if(STRAIT_FUZZ)
  target_compile_options(strait_flags INTERFACE -fsanitize=fuzzer-no-link)
endif()
if(CMAKE_BUILD_TYPE STREQUAL "Release")
  target_compile_options(strait_flags INTERFACE
    -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=3 -D_GLIBCXX_ASSERTIONS -fstack-protector-strong
    -fstack-clash-protection -fcf-protection=full -ftrivial-auto-var-init=zero -fPIE
    -fno-plt)  # everything is bound at the start (-z now): a call of a library needs no stub
  target_link_options(strait_flags INTERFACE -pie -Wl,-z,relro,-z,now,-z,noexecstack)
endif()
find_program(MOLD mold)
if(MOLD AND NOT STRAIT_FUZZ)
  target_link_options(strait_flags INTERFACE -fuse-ld=mold)
endif()
