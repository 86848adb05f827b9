#include "aligner/events/python_literal.h"

#include "base/error.h"

namespace lockstep {
namespace {

constexpr int kMostDeep = 32;

bool is_name(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '.' || c == '+' || c == '-';
}

void append_code_point(uint32_t code, std::string& into) {
  const auto byte = [&](uint32_t value) { into += static_cast<char>(value); };
  if (code < 0x80) {
    byte(code);
  } else if (code < 0x800) {
    byte(0xC0 | (code >> 6U));
    byte(0x80 | (code & 0x3FU));
  } else if (code < 0x10000) {
    byte(0xE0 | (code >> 12U));
    byte(0x80 | ((code >> 6U) & 0x3FU));
    byte(0x80 | (code & 0x3FU));
  } else {
    byte(0xF0 | (code >> 18U));
    byte(0x80 | ((code >> 12U) & 0x3FU));
    byte(0x80 | ((code >> 6U) & 0x3FU));
    byte(0x80 | (code & 0x3FU));
  }
}

class Parser {
 public:
  Parser(std::string_view literal, std::string_view where) : literal_(literal), where_(where) {}

  std::map<std::string, std::string> dictionary() {
    std::map<std::string, std::string> items;
    skip_blanks();
    expect('{', "a dictionary");
    while (!closes('}')) {
      std::string key = value(1);
      skip_blanks();
      expect(':', "a colon");
      items[std::move(key)] = value(1);
      separator('}');
    }
    skip_blanks();
    if (at_ < literal_.size()) refuse("the end");
    return items;
  }

 private:
  [[noreturn]] void refuse(std::string_view wanted) const {
    fail(Blame::kData, "{}: character {}: {} is wanted", where_, at_ + 1, wanted);
  }

  char next() const { return at_ < literal_.size() ? literal_[at_] : '\0'; }

  void skip_blanks() {
    while (at_ < literal_.size() && (next() == ' ' || next() == '\t' || next() == '\n')) ++at_;
  }

  void expect(char wanted, std::string_view what) {
    if (next() != wanted) refuse(what);
    ++at_;
  }

  bool closes(char bracket) {
    skip_blanks();
    if (next() != bracket) return false;
    ++at_;
    return true;
  }

  /// A comma, or the bracket that closes, which is left to closes().
  void separator(char bracket) {
    skip_blanks();
    if (next() == ',') {
      ++at_;
    } else if (next() != bracket) {
      refuse(text("a comma or {}", bracket));
    }
  }

  /// Any literal; containers as they are written.
  std::string value(int depth) {
    if (depth > kMostDeep) refuse(text("nesting of at most {}", kMostDeep));
    skip_blanks();
    const char c = next();
    if (c == '\'' || c == '"') return quoted();
    const std::size_t begin = at_;
    if (c == '[') {
      container(']', depth);
    } else if (c == '(') {
      container(')', depth);
    } else if (c == '{') {
      container('}', depth);
    } else {
      while (at_ < literal_.size() && is_name(next())) ++at_;
      if (at_ == begin) refuse("a value");
    }
    return std::string(literal_.substr(begin, at_ - begin));
  }

  /// What lies between brackets: values, or pairs of them.
  void container(char bracket, int depth) {
    ++at_;
    while (!closes(bracket)) {
      value(depth + 1);
      skip_blanks();
      if (bracket == '}' && next() == ':') {
        ++at_;
        value(depth + 1);
      }
      separator(bracket);
    }
  }

  std::string quoted() {
    const char quote = next();
    ++at_;
    std::string content;
    while (next() != quote) {
      if (at_ >= literal_.size()) refuse(text("a closing {}", quote));
      if (next() == '\\') {
        escape(content);
      } else {
        content += literal_[at_++];
      }
    }
    ++at_;
    return content;
  }

  void escape(std::string& into) {
    ++at_;
    const char c = next();
    if (at_ >= literal_.size()) refuse("an escaped character");
    ++at_;
    switch (c) {
      case 'n':
        into += '\n';
        break;
      case 't':
        into += '\t';
        break;
      case 'r':
        into += '\r';
        break;
      case '\\':
      case '\'':
      case '"':
        into += c;
        break;
      case 'x':
        append_code_point(hexadecimal(2), into);
        break;
      case 'u':
        append_code_point(hexadecimal(4), into);
        break;
      case 'U':
        append_code_point(hexadecimal(8), into);
        break;
      default:  // Python keeps what it does not know
        into += '\\';
        into += c;
    }
  }

  uint32_t hexadecimal(int num_digits) {
    uint32_t code = 0;
    for (int k = 0; k < num_digits; ++k, ++at_) {
      const char c = next();
      const int digit = c >= '0' && c <= '9'   ? c - '0'
                        : c >= 'a' && c <= 'f' ? c - 'a' + 10
                        : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                               : -1;
      if (digit < 0) refuse("a hexadecimal digit");
      code = code * 16 + static_cast<uint32_t>(digit);
    }
    if (code > 0x10FFFF || (code >= 0xD800 && code < 0xE000)) refuse("a code point of Unicode");
    return code;
  }

  std::string_view literal_;
  std::string_view where_;
  std::size_t at_ = 0;
};

}  // namespace

std::map<std::string, std::string> parse_python_dictionary(std::string_view literal,
                                                           std::string_view where) {
  return Parser(literal, where).dictionary();
}

}  // namespace lockstep
