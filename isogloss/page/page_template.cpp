#include "isogloss/page/page_template.h"

// The assembler includes the pieces as they are: a C array of their size would take the compiler
// many seconds. ISOGLOSS_PLOTLY, ISOGLOSS_REPORT_HEAD … are their paths (cmake/embed.cmake). One
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

// The symbols name_begin and name_end with the bytes of the file at `path` between them.
#define ISOGLOSS_PIECE(name, path)                                                             \
  extern "C" {                                                                                 \
  [[gnu::visibility("hidden")]] extern const char name##_begin[];                              \
  [[gnu::visibility("hidden")]] extern const char name##_end[];                                \
  }                                                                                            \
  asm(ISOGLOSS_SECTION ISOGLOSS_LABEL(#name "_begin") ".incbin \"" path "\"\n" ISOGLOSS_LABEL( \
      #name "_end") ".byte 0\n.text\n")

ISOGLOSS_PIECE(isogloss_plotly, ISOGLOSS_PLOTLY);
ISOGLOSS_PIECE(isogloss_report_head, ISOGLOSS_REPORT_HEAD);
ISOGLOSS_PIECE(isogloss_report_middle, ISOGLOSS_REPORT_MIDDLE);
ISOGLOSS_PIECE(isogloss_report_end, ISOGLOSS_REPORT_END);
ISOGLOSS_PIECE(isogloss_layers_head, ISOGLOSS_LAYERS_HEAD);
ISOGLOSS_PIECE(isogloss_layers_middle, ISOGLOSS_LAYERS_MIDDLE);
ISOGLOSS_PIECE(isogloss_layers_end, ISOGLOSS_LAYERS_END);
ISOGLOSS_PIECE(isogloss_validation_head, ISOGLOSS_VALIDATION_HEAD);
ISOGLOSS_PIECE(isogloss_validation_middle, ISOGLOSS_VALIDATION_MIDDLE);
ISOGLOSS_PIECE(isogloss_validation_end, ISOGLOSS_VALIDATION_END);

#define ISOGLOSS_TEXT(name) std::string_view(name##_begin, name##_end)
#define ISOGLOSS_TEMPLATE(page)                                                     \
  PageTemplate {                                                                    \
    ISOGLOSS_TEXT(isogloss_##page##_head), ISOGLOSS_TEXT(isogloss_##page##_middle), \
        ISOGLOSS_TEXT(isogloss_plotly), ISOGLOSS_TEXT(isogloss_##page##_end)        \
  }

namespace isogloss {

std::string PageTemplate::filled(std::string_view data) const {
  std::string page;
  page.reserve(size() + data.size());
  for (const auto piece : {head, data, middle, plotly, end}) page += piece;
  return page;
}

PageTemplate report_template() { return ISOGLOSS_TEMPLATE(report); }
PageTemplate layers_template() { return ISOGLOSS_TEMPLATE(layers); }
PageTemplate validation_template() { return ISOGLOSS_TEMPLATE(validation); }

}  // namespace isogloss
