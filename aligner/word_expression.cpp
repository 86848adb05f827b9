// A recursive-descent parser that evaluates as it goes: each rule returns a value for every word at
// once.
#include "aligner/word_expression.h"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <cmath>
#include <optional>
#include <string_view>
#include <variant>

#include "aligner/word_columns.h"
#include "base/error.h"

namespace lockstep {
namespace {

enum class TokenKind { kName, kNumber, kText, kSymbol, kEnd };

struct Token {
  TokenKind kind = TokenKind::kEnd;
  std::string text;  ///< of a name or symbol; the contents of a quoted text
  double number = 0;
  std::size_t position = 0;  ///< from 1
};

[[noreturn]] void refuse(const std::string& expression,
                         std::size_t position,
                         const std::string& what) {
  fail(Blame::kCommandLine, "--where {}: position {}: {}", expression, position, what);
}

bool is_name_start(char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0 || c == '_'; }
bool is_name_part(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }
bool is_digit(char c) { return std::isdigit(static_cast<unsigned char>(c)) != 0; }

/// Cuts an expression into tokens.
class Lexer {
 public:
  explicit Lexer(const std::string& expression) : whole_(expression) {}

  std::vector<Token> run() {
    std::vector<Token> tokens;
    do {
      tokens.push_back(next());
    } while (tokens.back().kind != TokenKind::kEnd);
    return tokens;
  }

 private:
  Token next() {
    while (at_ < whole_.size() && std::isspace(static_cast<unsigned char>(whole_[at_])) != 0) ++at_;
    Token token;
    token.position = at_ + 1;
    if (at_ == whole_.size()) return token;
    const char c = whole_[at_];
    if (is_name_start(c)) return name(token);
    if (is_digit(c) || ((c == '-' || c == '.') && at_ + 1 < whole_.size() &&
                        (is_digit(whole_[at_ + 1]) || whole_[at_ + 1] == '.'))) {
      return number(token);
    }
    if (c == '"' || c == '\'') return quoted(token);
    if (c == '@') return file_name(token);
    return symbol(token);
  }

  Token name(Token token) {
    const auto begin = at_;
    while (at_ < whole_.size() && is_name_part(whole_[at_])) ++at_;
    token.kind = TokenKind::kName;
    token.text = whole_.substr(begin, at_ - begin);
    return token;
  }

  Token number(Token token) {
    const char* begin = whole_.data() + at_;
    const auto [end, error] = std::from_chars(begin, whole_.data() + whole_.size(), token.number);
    if (error != std::errc()) refuse(whole_, token.position, "no number; wanted one such as -1.5");
    token.kind = TokenKind::kNumber;
    token.text = std::string(begin, end);
    at_ += token.text.size();
    return token;
  }

  Token quoted(Token token) {
    const auto end = whole_.find(whole_[at_], at_ + 1);
    if (end == std::string::npos) refuse(whole_, token.position, "a quote that does not end");
    token.kind = TokenKind::kText;
    token.text = whole_.substr(at_ + 1, end - at_ - 1);
    at_ = end + 1;
    return token;
  }

  /// '@' and the file behind it are one symbol, so that a path may hold any sign but spaces,
  /// brackets and comparisons.
  Token file_name(Token token) {
    ++at_;
    if (at_ < whole_.size() && (whole_[at_] == '"' || whole_[at_] == '\'')) {
      token = quoted(token);
    } else {
      const auto end = std::min(whole_.find_first_of(" \t\n(),<>=!", at_), whole_.size());
      token.text = whole_.substr(at_, end - at_);
      at_ = end;
    }
    if (token.text.empty()) refuse(whole_, token.position, "no file behind @");
    token.kind = TokenKind::kSymbol;
    token.text = "@" + token.text;
    return token;
  }

  Token symbol(Token token) {
    static const std::vector<std::string> symbols = {
        "<=", ">=", "==", "!=", "<", ">", "=", "(", ")", "[", "]", ","};
    for (const auto& known : symbols) {
      if (whole_.compare(at_, known.size(), known) != 0) continue;
      token.kind = TokenKind::kSymbol;
      token.text = known;
      at_ += known.size();
      return token;
    }
    refuse(whole_, token.position, text("\"{}\" has no meaning here", whole_[at_]));
  }

  const std::string& whole_;
  std::size_t at_ = 0;
};

/// A number or text for every word.
struct Operand {
  std::variant<double, std::string, WordColumn> value;
  std::size_t position = 0;

  bool is_text() const {
    const auto* column = std::get_if<WordColumn>(&value);
    return column != nullptr ? column->is_text : std::holds_alternative<std::string>(value);
  }
  double number(std::size_t row) const {
    const auto* column = std::get_if<WordColumn>(&value);
    return column != nullptr ? column->numbers[row] : std::get<double>(value);
  }
  const std::string& text(std::size_t row) const {
    const auto* column = std::get_if<WordColumn>(&value);
    return column != nullptr ? column->texts[row] : std::get<std::string>(value);
  }
};

template <class Value>
bool holds(const std::string& comparison, const Value& left, const Value& right) {
  if (comparison == "<") return left < right;
  if (comparison == "<=") return left <= right;
  if (comparison == ">") return left > right;
  if (comparison == ">=") return left >= right;
  if (comparison == "!=") return left != right;
  return left == right;
}

using Marks = std::vector<uint8_t>;

class Parser {
 public:
  Parser(const std::string& expression, const Words& words)
      : whole_(expression), words_(words), tokens_(Lexer(expression).run()) {}

  WhereResult run() {
    Marks marks = any_of();
    if (now().kind != TokenKind::kEnd) {
      refuse(whole_, now().position, text("{}; wanted and, or, or the end", shown()));
    }
    return {std::move(marks), std::move(files_)};
  }

 private:
  Marks any_of() {
    Marks marks = all_of();
    while (take("or")) {
      const Marks more = all_of();
      for (std::size_t row = 0; row < marks.size(); ++row) marks[row] |= more[row];
    }
    return marks;
  }

  Marks all_of() {
    Marks marks = negated();
    while (take("and")) {
      const Marks more = negated();
      for (std::size_t row = 0; row < marks.size(); ++row) marks[row] &= more[row];
    }
    return marks;
  }

  Marks negated() {
    if (take("not")) return inverse(negated());
    if (take("(")) {
      Marks marks = any_of();
      expect(")");
      return marks;
    }
    return comparison();
  }

  Marks comparison() {
    const Operand left = operand();
    if (take("not")) {
      expect("in");
      return inverse(in_list(left));
    }
    if (take("in")) return in_list(left);
    for (const char* sign : {"<=", ">=", "==", "!=", "<", ">", "="}) {
      if (take(sign)) return compare(left, sign, operand());
    }
    if (left.is_text()) {
      refuse(whole_, now().position, text("{}; wanted a comparison with the text", shown()));
    }
    Marks marks(words_.rows.size());
    for (std::size_t row = 0; row < marks.size(); ++row) {
      marks[row] = left.number(row) != 0 && !std::isnan(left.number(row)) ? 1 : 0;
    }
    return marks;
  }

  Marks in_list(const Operand& left) {
    expect("(");
    Marks marks(words_.rows.size(), 0);
    do {
      const Marks more = compare(left, "==", operand());
      for (std::size_t row = 0; row < marks.size(); ++row) marks[row] |= more[row];
    } while (take(","));
    expect(")");
    return marks;
  }

  Marks compare(const Operand& left, const std::string& sign, const Operand& right) {
    if (left.is_text() != right.is_text()) {
      refuse(whole_,
             right.position,
             text("a {} compared with a {}",
                  left.is_text() ? "text" : "number",
                  right.is_text() ? "text" : "number"));
    }
    Marks marks(words_.rows.size());
    for (std::size_t row = 0; row < marks.size(); ++row) {
      if (left.is_text()) {
        marks[row] = holds(sign, left.text(row), right.text(row)) ? 1 : 0;
      } else {
        const bool known = !std::isnan(left.number(row)) && !std::isnan(right.number(row));
        marks[row] = known && holds(sign, left.number(row), right.number(row)) ? 1 : 0;
      }
    }
    return marks;
  }

  Operand operand() {
    const Token token = now();
    Operand result{0.0, token.position};
    if (token.kind == TokenKind::kNumber) {
      result.value = token.number;
    } else if (token.kind == TokenKind::kText) {
      result.value = token.text;
    } else if (token.kind == TokenKind::kName && !is_keyword(token.text)) {
      ++at_;
      result.value = column(token);
      return result;
    } else {
      refuse(whole_, token.position, text("{}; wanted a column, number or quoted text", shown()));
    }
    ++at_;
    return result;
  }

  /// NAME, NAME@FILE or NAME[CONTEXT]@FILE; the name is taken already.
  WordColumn column(const Token& name) {
    std::string context;
    if (take("[")) {
      while (now().kind != TokenKind::kEnd && now().text != "]") context += tokens_[at_++].text;
      expect("]");
      if (now().text.rfind('@', 0) != 0) refuse(whole_, now().position, "no @FILE behind [...]");
    }
    try {
      if (now().kind == TokenKind::kSymbol && now().text[0] == '@') {
        files_.emplace_back(tokens_[at_++].text.substr(1));
        return column_of_file(words_, name.text, context, files_.back());
      }
      return column_of_words(words_, name.text);
    } catch (const Error& error) {
      if (error.blame() != Blame::kCommandLine) throw;
      refuse(whole_, name.position, error.what());
    }
  }

  static bool is_keyword(const std::string& name) {
    return name == "and" || name == "or" || name == "not" || name == "in";
  }
  static Marks inverse(Marks marks) {
    for (auto& mark : marks) mark = mark != 0 ? 0 : 1;
    return marks;
  }

  const Token& now() const { return tokens_[at_]; }
  std::string shown() const {
    if (now().kind == TokenKind::kEnd) return "the expression ends";
    return text("found \"{}\"", now().text);
  }
  bool take(const std::string& word) {
    if (now().kind != TokenKind::kSymbol && now().kind != TokenKind::kName) return false;
    if (now().text != word) return false;
    ++at_;
    return true;
  }
  void expect(const std::string& word) {
    if (!take(word)) refuse(whole_, now().position, text("{}; wanted {}", shown(), word));
  }

  const std::string& whole_;
  const Words& words_;
  std::vector<Token> tokens_;
  std::vector<std::filesystem::path> files_;
  std::size_t at_ = 0;
};

}  // namespace

WhereResult evaluate_where(const std::string& expression, const Words& words) {
  return Parser(expression, words).run();
}

}  // namespace lockstep
