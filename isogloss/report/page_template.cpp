#include "isogloss/report/page_template.h"

// The assembler takes the two files up as they are: a C array of their size would take the compiler
// many seconds. ISOGLOSS_PAGE_HEAD and ISOGLOSS_PAGE_TAIL are their paths (cmake/embed.cmake). One
// statement a line, since Apple's assembler for arm64 takes ";" for a comment.
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

asm(ISOGLOSS_SECTION                                //
        ISOGLOSS_LABEL("isogloss_page_head_begin")  //
    ".incbin \"" ISOGLOSS_PAGE_HEAD "\"\n"          //
    ISOGLOSS_LABEL("isogloss_page_head_end")        //
    ".byte 0\n"                                     //
    ISOGLOSS_LABEL("isogloss_page_tail_begin")      //
    ".incbin \"" ISOGLOSS_PAGE_TAIL "\"\n"          //
    ISOGLOSS_LABEL("isogloss_page_tail_end")        //
    ".byte 0\n"                                     //
    ".text\n");

extern "C" {
[[gnu::visibility("hidden")]] extern const char isogloss_page_head_begin[];
[[gnu::visibility("hidden")]] extern const char isogloss_page_head_end[];
[[gnu::visibility("hidden")]] extern const char isogloss_page_tail_begin[];
[[gnu::visibility("hidden")]] extern const char isogloss_page_tail_end[];
}

namespace isogloss {

std::string_view page_head() { return {isogloss_page_head_begin, isogloss_page_head_end}; }
std::string_view page_tail() { return {isogloss_page_tail_begin, isogloss_page_tail_end}; }

}  // namespace isogloss
