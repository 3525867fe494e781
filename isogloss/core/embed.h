// Files inside the program. The assembler includes them as they are: a C array of their size would
// take the compiler many seconds. One statement a line, since Apple's assembler for arm64 takes ";"
// for a comment.
#pragma once

#include <string_view>

#if defined(__APPLE__)
#define ISOGLOSS_SECTION ".section __TEXT,__const\n"
#define ISOGLOSS_SYMBOL(name) "_" name
#define ISOGLOSS_HIDDEN ".private_extern "
#else
#define ISOGLOSS_SECTION ".section .rodata\n"
#define ISOGLOSS_SYMBOL(name) name
#define ISOGLOSS_HIDDEN ".hidden "
#endif
#define ISOGLOSS_LABEL(name)                                                                       \
  ".globl " ISOGLOSS_SYMBOL(name) "\n" ISOGLOSS_HIDDEN ISOGLOSS_SYMBOL(name) "\n" ISOGLOSS_SYMBOL( \
      name) ":\n"

// The symbols name_begin and name_end with the bytes of the file at `path` between them.
#define ISOGLOSS_EMBED(name, path)                                                             \
  extern "C" {                                                                                 \
  [[gnu::visibility("hidden")]] extern const char name##_begin[];                              \
  [[gnu::visibility("hidden")]] extern const char name##_end[];                                \
  }                                                                                            \
  asm(ISOGLOSS_SECTION ISOGLOSS_LABEL(#name "_begin") ".incbin \"" path "\"\n" ISOGLOSS_LABEL( \
      #name "_end") ".byte 0\n.text\n")

/// What ISOGLOSS_EMBED(name, …) embedded in the same source.
#define ISOGLOSS_EMBEDDED(name) std::string_view(name##_begin, name##_end)
