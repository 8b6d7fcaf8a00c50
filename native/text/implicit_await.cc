// SPDX-FileCopyrightText: The asynctb authors
// SPDX-License-Identifier: MIT OR Apache-2.0

#include "text/implicit_await.h"

#include <cstring>
#include <vector>

namespace asynctb {

namespace {

bool IsSpace(uint16_t unit) {
  return unit == ' ' || (unit >= 9 && unit <= 13) || unit == 0xa0 || unit == 0xfeff ||
         unit == 0x2028 || unit == 0x2029;
}
bool EndsLine(uint16_t unit) {
  return unit == '\n' || unit == '\r' || unit == 0x2028 || unit == 0x2029;
}
// Names may have nearly any other character, and none of those is one of the language's own.
bool IsWord(uint16_t unit) {
  return (unit >= 'a' && unit <= 'z') || (unit >= 'A' && unit <= 'Z') ||
         (unit >= '0' && unit <= '9') || unit == '_' || unit == '$' || unit == '#' ||
         unit == '\\' || unit >= 0x80;
}

enum class TokenKind {
  kEnd,
  kWord,
  kString,  // or the end of a template
  kRegExp,
  kTemplate,  // up to an expression in it
  kOther,
};

struct Token {
  TokenKind kind = TokenKind::kEnd;
  int at = 0, end = 0;
  bool after_line = false;  // a line ends before it
};

// A bracket that is open, the function's body being the first.
struct Level {
  uint16_t bracket = 0;
  bool is_head = false;       // of `if`, `while` and the like
  bool is_loop_head = false;  // of `for await`
  int loop = -1;              // the `for await` whose body this block is
  bool has_using = false;     // `await using`
  // Of the statement that has begun in it.
  int returns = -1;         // its `return`
  int statement_loop = -1;  // a `for await` whose body is this statement
  int head = -1;            // a `for await`, before its head
};

class Scanner {
 public:
  Scanner(const uint16_t* text, int length) : text_(text), length_(length) {}

  int Find(int place, bool is_async_generator) {
    levels_.emplace_back();
    for (;;) {
      const Token token = Next();
      if (token.kind == TokenKind::kEnd) return place;
      if (token.at >= place) {
        if (token.at > place) return place;  // in the middle of something that was misread
        // What begins here may be the beginning of a statement that ends one before.
        EndByLine(token);
        return Answer(token, is_async_generator);
      }
      Take(token);
      if (levels_.empty()) return place;
      previous_ = token;
    }
  }

  // Whether the name that was read last is only given a value, or is the key of a property.
  bool IsAssignedOrKey(const Token& before) {
    const int after = at_;
    bool after_line = false;
    const bool has_more = SkipBlank(&after_line);
    const uint16_t unit = has_more ? text_[at_] : 0;
    const uint16_t next = has_more && at_ + 1 < length_ ? text_[at_ + 1] : 0;
    at_ = after;
    if (unit == '=' && next != '=' && next != '>') return true;
    const uint16_t open = before.kind == TokenKind::kOther ? text_[before.at] : 0;
    return unit == ':' && (open == '{' || open == ',');
  }

  // From the parameters to the end of the body, which a bracket, a comma or a semicolon tells.
  // A function begins at its head, at its parameters, or where its class or the body of that does.
  // Without an arrow the first block that closes is its body.
  bool Mentions(const uint16_t* word, int word_length) {
    bool has_arrow = false;
    for (;;) {
      const Token token = Next();
      if (token.kind == TokenKind::kEnd) return false;
      const Token before = previous_;
      const bool is_member = previous_.kind == TokenKind::kOther &&
                             previous_.end - previous_.at == 1 && text_[previous_.at] == '.';
      previous_ = token;
      if (token.kind == TokenKind::kWord && !is_member && token.end - token.at == word_length &&
          memcmp(text_ + token.at, word, sizeof(*word) * static_cast<size_t>(word_length)) == 0 &&
          !IsAssignedOrKey(before)) {
        return true;
      }
      if (token.kind != TokenKind::kOther) continue;
      const uint16_t unit = text_[token.at];
      if (unit == '(' || unit == '[' || unit == '{') {
        levels_.emplace_back();
      } else if (unit == ')' || unit == ']' || unit == '}') {
        if (levels_.empty()) return false;
        levels_.pop_back();
        // What an arrow gives may be anything.
        if (levels_.empty() && unit == '}' && (!has_arrow || is_block_)) return false;
      } else if (unit == '>' && levels_.empty() && !has_arrow) {
        has_arrow = true;
        bool after_line = false;
        is_block_ = SkipBlank(&after_line) && text_[at_] == '{';
      } else if (levels_.empty() && has_arrow && (unit == ',' || unit == ';')) {
        return false;
      }
    }
  }

  int at() const { return at_; }

  int EndOfBrackets(int open) {
    at_ = open;
    for (;;) {
      const Token token = Next();
      if (token.kind == TokenKind::kEnd) return -1;
      previous_ = token;
      if (token.kind != TokenKind::kOther) continue;
      const uint16_t unit = text_[token.at];
      if (unit == '(' || unit == '[' || unit == '{') levels_.emplace_back();
      if (unit != ')' && unit != ']' && unit != '}') continue;
      levels_.pop_back();
      if (levels_.empty()) return token.end;
    }
  }

 private:
  bool Is(const Token& token, const char* word) const {
    const int length = static_cast<int>(strlen(word));
    if (token.end - token.at != length) return false;
    for (int i = 0; i < length; i++) {
      if (text_[token.at + i] != word[i]) return false;
    }
    return true;
  }
  bool IsKeyword(const Token& token, const char* word) const {
    return token.kind == TokenKind::kWord && Is(token, word);
  }

  Token Next() {
    Token token;
    if (!SkipBlank(&token.after_line)) return token;
    token.at = at_;
    const uint16_t unit = text_[at_];
    if (IsWord(unit)) {
      while (at_ < length_ && IsWord(text_[at_])) at_++;
      token.kind = TokenKind::kWord;
    } else if (unit == '\'' || unit == '"') {
      SkipString(unit);
      token.kind = TokenKind::kString;
    } else if (unit == '`') {
      at_++;
      SkipTemplate(&token);
    } else if (unit == '}' && !templates_.empty() && templates_.back() == levels_.size()) {
      templates_.pop_back();
      at_++;
      SkipTemplate(&token);
    } else if (unit == '/' && MayBeRegExp()) {
      SkipRegExp();
      token.kind = TokenKind::kRegExp;
    } else {
      at_++;
      if (unit == '.' && at_ + 1 < length_ && text_[at_] == '.' && text_[at_ + 1] == '.') at_ += 2;
      token.kind = TokenKind::kOther;
    }
    token.end = at_;
    return token;
  }

  bool SkipBlank(bool* after_line) {
    while (at_ < length_) {
      const uint16_t unit = text_[at_];
      if (IsSpace(unit)) {
        *after_line |= EndsLine(unit);
        at_++;
      } else if (unit == '/' && at_ + 1 < length_ && text_[at_ + 1] == '/') {
        while (at_ < length_ && !EndsLine(text_[at_])) at_++;
      } else if (unit == '/' && at_ + 1 < length_ && text_[at_ + 1] == '*') {
        for (at_ += 2; at_ + 1 < length_ && !(text_[at_] == '*' && text_[at_ + 1] == '/'); at_++) {
          *after_line |= EndsLine(text_[at_]);
        }
        at_ += 2;
      } else {
        return true;
      }
    }
    return false;
  }

  void SkipString(uint16_t quote) {
    for (at_++; at_ < length_ && text_[at_] != quote && text_[at_] != '\n'; at_++) {
      if (text_[at_] == '\\') at_++;
    }
    at_++;
  }

  // To its end, or to an expression in it, which is tokens like any other.
  void SkipTemplate(Token* token) {
    token->kind = TokenKind::kString;
    for (; at_ < length_; at_++) {
      if (text_[at_] == '\\') {
        at_++;
      } else if (text_[at_] == '`') {
        at_++;
        return;
      } else if (text_[at_] == '$' && at_ + 1 < length_ && text_[at_ + 1] == '{') {
        at_ += 2;
        templates_.push_back(levels_.size());
        token->kind = TokenKind::kTemplate;
        return;
      }
    }
  }

  // After what ends an expression it divides.
  bool MayBeRegExp() const {
    if (previous_.kind == TokenKind::kWord) {
      for (const char* word : {"return", "typeof", "case", "in", "of", "delete", "void", "throw",
                               "new", "else", "do", "await", "yield", "instanceof"}) {
        if (Is(previous_, word)) return true;
      }
      return false;
    }
    if (previous_.kind == TokenKind::kEnd || previous_.kind == TokenKind::kTemplate) return true;
    if (previous_.kind != TokenKind::kOther) return false;
    const uint16_t unit = text_[previous_.at];
    return unit != ')' && unit != ']' && unit != '}';
  }

  void SkipRegExp() {
    bool in_class = false;
    for (at_++; at_ < length_ && !EndsLine(text_[at_]); at_++) {
      const uint16_t unit = text_[at_];
      if (unit == '\\') {
        at_++;
      } else if (unit == '[') {
        in_class = true;
      } else if (unit == ']') {
        in_class = false;
      } else if (unit == '/' && !in_class) {
        break;
      }
    }
    at_++;
    while (at_ < length_ && IsWord(text_[at_])) at_++;
  }

  void EndStatement() {
    Level& level = levels_.back();
    level.returns = level.statement_loop = -1;
  }

  // A line's end is the end of a statement where no statement can go on.
  void EndByLine(const Token& token) {
    if (!token.after_line) return;
    const bool begins =
        token.kind == TokenKind::kString || (token.kind == TokenKind::kWord && !Is(token, "in") &&
                                             !Is(token, "instanceof") && !Is(token, "of"));
    if (!begins || (levels_.back().bracket != '{' && levels_.size() > 1)) return;
    if (IsKeyword(previous_, "return")) return EndStatement();
    if (after_head_ || previous_.kind == TokenKind::kTemplate) return;
    if (previous_.kind == TokenKind::kOther) {
      const uint16_t unit = text_[previous_.at];
      if (unit != ')' && unit != ']' && unit != '}') return;
    } else if (previous_.kind == TokenKind::kWord && MayBeRegExp()) {
      return;  // after an operator that is a word
    }
    EndStatement();
  }

  void Take(const Token& token) {
    EndByLine(token);
    Level& level = levels_.back();
    const bool was_after_loop_head = after_loop_head_;
    after_head_ = after_loop_head_ = false;
    if (token.kind == TokenKind::kWord) {
      const bool is_property = previous_.kind == TokenKind::kOther && text_[previous_.at] == '.' &&
                               previous_.end - previous_.at == 1;
      if (is_property) return;
      if (Is(token, "return")) level.returns = token.at;
      if (Is(token, "for")) for_ = token.at;
      if (Is(token, "await") && IsKeyword(previous_, "for")) level.head = for_;
      if (Is(token, "using") && IsKeyword(previous_, "await") && level.bracket != '(') {
        level.has_using = true;
      }
      return;
    }
    if (token.kind != TokenKind::kOther) return;
    switch (text_[token.at]) {
      case '(': {
        Level head;
        head.bracket = '(';
        head.is_loop_head = level.head >= 0 && IsKeyword(previous_, "await");
        head.is_head = head.is_loop_head || IsKeyword(previous_, "if") ||
                       IsKeyword(previous_, "for") || IsKeyword(previous_, "while");
        levels_.push_back(head);
        break;
      }
      case '[':
      case '{': {
        Level next;
        next.bracket = text_[token.at];
        if (was_after_loop_head && next.bracket == '{') {
          next.loop = level.statement_loop;
          level.statement_loop = -1;
        }
        levels_.push_back(next);
        break;
      }
      case ')':
      case ']':
      case '}': {
        after_head_ = level.is_head;
        after_loop_head_ = level.is_loop_head;
        levels_.pop_back();
        if (after_loop_head_ && !levels_.empty()) {
          levels_.back().statement_loop = levels_.back().head;
          levels_.back().head = -1;
        }
        break;
      }
      case ';':
        if (level.bracket != '(') EndStatement();
        break;
    }
  }

  int Answer(const Token& token, bool is_async_generator) {
    const int place = token.at;
    // At these V8 is right. A head waits for the next item.
    if (IsKeyword(token, "await") || IsKeyword(token, "yield")) return place;
    if (is_async_generator && IsKeyword(token, "return")) return place;
    const bool is_loop = IsKeyword(token, "for") && IsKeyword(Next(), "await");
    for (size_t i = levels_.size(); i-- > 0;) {
      const Level& level = levels_[i];
      if (level.is_loop_head) return place;
      if (is_async_generator && level.returns >= 0) return level.returns;
      // The end of a block with resources, which are said to be exiting: V8's place is inside of
      // it.
      if (is_loop || level.has_using) return place;
      if (level.statement_loop < 0 && level.loop < 0) continue;
      const int loop = level.loop >= 0 ? level.loop : level.statement_loop;
      return Leaves(token) && LeavesOnce(loop, i) ? place : loop;
    }
    return place;
  }

  bool Leaves(const Token& token) const {
    return IsKeyword(token, "return") || IsKeyword(token, "break") || IsKeyword(token, "throw") ||
           IsKeyword(token, "continue");
  }

  // Whether a single statement of the loop leaves it: then it is where V8 says.
  bool LeavesOnce(int loop, size_t index) {
    at_ = loop;
    int found = 0;
    const size_t depth = index + (levels_[index].loop >= 0 ? 0 : 1);  // of what is around it
    levels_.resize(depth);
    if (levels_.empty()) return false;
    levels_.back().statement_loop = levels_.back().head = -1;
    templates_.clear();
    after_head_ = after_loop_head_ = false;
    previous_ = Token();
    for (bool has_begun = false;;) {
      const Token token = Next();
      if (token.kind == TokenKind::kEnd) break;
      if (Leaves(token)) found++;
      Take(token);
      if (levels_.size() < depth) break;
      if (after_loop_head_ && levels_.size() == depth) has_begun = true;
      const bool ends =
          token.kind == TokenKind::kOther && (text_[token.at] == '}' || text_[token.at] == ';');
      previous_ = token;
      if (!has_begun || !ends || levels_.size() != depth) continue;
      const int after = at_;
      if (!IsKeyword(Next(), "else")) break;
      at_ = after;
    }
    return found == 1;
  }

  const uint16_t* text_;
  const int length_;
  int at_ = 0;
  int for_ = -1;                                       // the last one
  bool after_head_ = false, after_loop_head_ = false;  // the last token was the end of one
  bool is_block_ = false;                              // the body of the arrow
  Token previous_;
  std::vector<Level> levels_;
  std::vector<size_t> templates_;  // at which depth an expression in one began
};

}  // namespace

int FindImplicitAwait(const uint16_t* text, int length, int place, bool is_async_generator) {
  if (place < 0 || place >= length) return place;
  return Scanner(text, length).Find(place, is_async_generator);
}

bool FunctionMentions(const uint16_t* text, int length, const uint16_t* word, int word_length,
                      int* scanned) {
  Scanner scanner(text, length);
  const bool mentions = scanner.Mentions(word, word_length);
  *scanned = scanner.at();
  return mentions;
}

int FindEndOfBrackets(const uint16_t* text, int length, int open) {
  const bool is_open = open >= 0 && open < length && (text[open] == '(' || text[open] == '[');
  return is_open ? Scanner(text, length).EndOfBrackets(open) : -1;
}

}  // namespace asynctb
