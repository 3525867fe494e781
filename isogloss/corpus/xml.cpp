#include "isogloss/corpus/xml.h"

#include <expat.h>
#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <memory>
#include <new>

#include "isogloss/core/error.h"

namespace isogloss {
namespace {

constexpr std::size_t kPiece = std::size_t{1} << 20;

/// What expat's callbacks are given. No exception may pass through expat, so the first is kept.
struct Reading {
  XML_Parser parser = nullptr;
  const XmlEvents* events = nullptr;
  std::string_view name;
  std::exception_ptr failure = {};

  template <class Call>
  void guard(const Call& call) {
    if (failure) return;
    try {
      call();
    } catch (...) {
      failure = std::current_exception();
      XML_StopParser(parser, XML_FALSE);
    }
  }

  [[noreturn]] void fail(std::string_view problem) const {
    throw Error(ErrorCode::kBadInput,
                fmt::format("{}:{}: {}", name, XML_GetCurrentLineNumber(parser), problem));
  }
};

Reading& reading(void* data) { return *static_cast<Reading*>(data); }

void XMLCALL begin_element(void* data, const XML_Char* name, const XML_Char** attributes) {
  reading(data).guard([&] {
    std::map<std::string, std::string> values;
    for (; attributes[0] != nullptr; attributes += 2) values[attributes[0]] = attributes[1];
    reading(data).events->begin(name, values);
  });
}

void XMLCALL end_element(void* data, const XML_Char* name) {
  reading(data).guard([&] { reading(data).events->end(name); });
}

void XMLCALL take_text(void* data, const XML_Char* text, int size) {
  reading(data).guard([&] { reading(data).events->text({text, static_cast<std::size_t>(size)}); });
}

void XMLCALL refuse_declaration(void* data, const XML_Char* name, int, const XML_Char*, int,
                                const XML_Char*, const XML_Char*, const XML_Char*,
                                const XML_Char*) {
  reading(data).guard([&] {
    reading(data).fail(fmt::format(
        "declares an entity, {}; isogloss expands none: remove it from the DOCTYPE", name));
  });
}

void XMLCALL refuse_reference(void* data, const XML_Char* name, int) {
  reading(data).guard([&] {
    reading(data).fail(
        fmt::format("&{}; is no entity of XML's own; write the character itself", name));
  });
}

}  // namespace

void read_xml(std::string_view bytes, std::string_view name, const XmlEvents& events) {
  const std::unique_ptr<XML_ParserStruct, void (*)(XML_Parser)> parser(XML_ParserCreate(nullptr),
                                                                       &XML_ParserFree);
  if (!parser) throw std::bad_alloc();
  Reading state{.parser = parser.get(), .events = &events, .name = name};
  XML_SetUserData(parser.get(), &state);
  XML_SetElementHandler(parser.get(), &begin_element, &end_element);
  XML_SetCharacterDataHandler(parser.get(), &take_text);
  XML_SetEntityDeclHandler(parser.get(), &refuse_declaration);
  XML_SetSkippedEntityHandler(parser.get(), &refuse_reference);
  bool is_last = false;
  while (!is_last) {
    const auto piece = bytes.substr(0, kPiece);
    bytes.remove_prefix(piece.size());
    is_last = bytes.empty();
    const auto status = XML_Parse(parser.get(), piece.data(), static_cast<int>(piece.size()),
                                  is_last ? XML_TRUE : XML_FALSE);
    if (state.failure) std::rethrow_exception(state.failure);
    if (status == XML_STATUS_OK) continue;
    state.fail(fmt::format("is not XML: {}; mend that place",
                           XML_ErrorString(XML_GetErrorCode(parser.get()))));
  }
}

}  // namespace isogloss
