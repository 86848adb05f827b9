// A tagger by lists and rules. Each word has shares of classes: from the lists if it is there, else
// from its suffix and its capital. The sequence of a sentence that suits both the shares and the
// neighbours best is found by Viterbi's algorithm; what needs a longer look (auxiliaries, capitals)
// is settled by rules before and after.
#include "stimuli/word_classes.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <unordered_map>

#include "stimuli/characters.h"
#include "stimuli/word_lists.h"

namespace lockstep {
namespace {

using enum WordClass;

constexpr std::size_t index(WordClass word_class) { return static_cast<std::size_t>(word_class); }

/// A word as the rules see it.
struct SeenWord {
  std::u32string lower;  // with ' for apostrophes
  bool capital = false;  // begins with a capital letter
  bool all_capitals = false;
  bool first = false;  // of its sentence
  bool has_digit = false;
};

struct Suffix {
  std::u32string_view ending;
  WordClass likely;
  int share;        // in tenths
  WordClass other;  // gets the rest
};

// The first that fits; from English morphology (Quirk et al. 1985, "A Comprehensive Grammar",
// appendix I).
constexpr std::array<Suffix, 42> kSuffixes = {{
    {U"ly", kAdv, 9, kAdj},       {U"ness", kNoun, 10, kNoun}, {U"ment", kNoun, 10, kNoun},
    {U"tion", kNoun, 10, kNoun},  {U"sion", kNoun, 10, kNoun}, {U"tions", kNoun, 10, kNoun},
    {U"ments", kNoun, 10, kNoun}, {U"ity", kNoun, 10, kNoun},  {U"ities", kNoun, 10, kNoun},
    {U"ance", kNoun, 9, kVerb},   {U"ence", kNoun, 9, kVerb},  {U"ship", kNoun, 10, kNoun},
    {U"hood", kNoun, 10, kNoun},  {U"ism", kNoun, 10, kNoun},  {U"ist", kNoun, 10, kNoun},
    {U"ists", kNoun, 10, kNoun},  {U"dom", kNoun, 10, kNoun},  {U"eer", kNoun, 8, kVerb},
    {U"ous", kAdj, 10, kNoun},    {U"ful", kAdj, 9, kNoun},    {U"less", kAdj, 9, kAdv},
    {U"able", kAdj, 10, kNoun},   {U"ible", kAdj, 10, kNoun},  {U"ical", kAdj, 10, kNoun},
    {U"ic", kAdj, 7, kNoun},      {U"ish", kAdj, 7, kVerb},    {U"ive", kAdj, 7, kNoun},
    {U"al", kAdj, 7, kNoun},      {U"ary", kAdj, 6, kNoun},    {U"some", kAdj, 8, kNoun},
    {U"like", kAdj, 9, kNoun},    {U"est", kAdj, 7, kNoun},    {U"wards", kAdv, 9, kNoun},
    {U"ward", kAdv, 6, kAdj},     {U"wise", kAdv, 8, kAdj},    {U"ing", kVerb, 8, kNoun},
    {U"ed", kVerb, 8, kAdj},      {U"ise", kVerb, 7, kNoun},   {U"ize", kVerb, 9, kNoun},
    {U"ify", kVerb, 9, kNoun},    {U"en", kVerb, 5, kAdj},     {U"es", kNoun, 7, kVerb},
}};

bool is_listed(const ClassShares& shares) {
  return std::any_of(shares.begin(), shares.end(), [](int share) { return share > 0; });
}

ClassShares shares_of(WordClass likely, int share, WordClass other) {
  ClassShares shares{};
  shares[index(other)] += 10 - share;
  shares[index(likely)] += share;
  return shares;
}

/// Shares by the listed form that an inflected one comes from: "pianos", "tuned", "tuning",
/// "lower's".
ClassShares inflected_shares(std::u32string_view word) {
  const auto stem_shares = [&](std::size_t cut, std::u32string_view added) {
    std::u32string stem(word.substr(0, word.size() - cut));
    stem += added;
    return listed_shares(stem);
  };
  const auto verb_share = [&](std::size_t cut) {
    int share = 0;
    for (const std::u32string_view added : {U"", U"e"})
      share = std::max(share, stem_shares(cut, added)[index(kVerb)]);
    if (word.size() > cut + 2 && word[word.size() - cut - 1] == word[word.size() - cut - 2]) {
      share = std::max(share, stem_shares(cut + 1, U"")[index(kVerb)]);  // "stopped"
    }
    if (word.ends_with(U"ied") || word.ends_with(U"ies"))
      share = std::max(share, stem_shares(3, U"y")[index(kVerb)]);
    return share;
  };
  if (word.size() > 4 && word.ends_with(U"ing"))
    return shares_of(kVerb, verb_share(3) > 0 ? 9 : 7, kNoun);
  if (word.size() > 4 && word.ends_with(U"ed"))
    return shares_of(kVerb, verb_share(2) > 0 ? 9 : 7, kAdj);
  if (word.size() > 3 && word.ends_with(U"s") && !word.ends_with(U"ss") && !word.ends_with(U"us")) {
    const int verb = std::max(verb_share(1), word.ends_with(U"es") ? verb_share(2) : 0);
    return shares_of(kNoun, verb >= 8 ? 2 : verb >= 3 ? 6 : 10, kVerb);
  }
  return {};
}

ClassShares suffix_shares(std::u32string_view word) {
  for (const Suffix& suffix : kSuffixes) {
    if (word.size() > suffix.ending.size() + 2 && word.ends_with(suffix.ending)) {
      return shares_of(suffix.likely, suffix.share, suffix.other);
    }
  }
  ClassShares shares{};  // a short word that is not listed: most often a noun
  shares[index(kNoun)] = 9;
  shares[index(kVerb)] = 1;
  return shares;
}

/// "it's", "wasn't", "Haslam's": the class of the word before the clitic, but for negated
/// auxiliaries.
ClassShares contracted_shares(std::u32string_view word) {
  if (word.ends_with(U"n't")) return shares_of(kAux, 10, kAux);
  const auto at = word.rfind(U'\'');
  const auto host = word.substr(0, at);
  const ClassShares shares = listed_shares(host);
  if (is_listed(shares)) return shares;
  const ClassShares inflected = inflected_shares(host);
  return is_listed(inflected) ? inflected : shares_of(kNoun, 10, kNoun);
}

/// What the whole text says about a form in lower case.
struct FormCounts {
  int lower = 0;           // written without a capital
  int capital_inside = 0;  // with a capital that no beginning of a sentence asks for
};
using Forms = std::unordered_map<std::u32string, FormCounts>;

std::u32string without_possessive(const std::u32string& word) {
  return word.ends_with(U"'s") ? word.substr(0, word.size() - 2) : word;
}

/// Whether a capital makes a word a name. At the beginning of a sentence the rest of the text
/// decides.
bool is_name(const SeenWord& word, const Forms& forms) {
  if (!word.capital || word.lower == U"i" || word.lower.starts_with(U"i'")) return false;
  const auto& counts = forms.at(without_possessive(word.lower));
  const ClassShares& shares = listed_shares(without_possessive(word.lower));
  const bool often_name = shares[index(kPropn)] >= 5;
  if (word.first || word.all_capitals) {
    if (often_name) return true;
    return counts.lower == 0 && !is_listed(shares) && counts.capital_inside > 0;
  }
  return counts.capital_inside > counts.lower || often_name || !is_listed(shares);
}

ClassShares shares_of_word(const SeenWord& word, const Forms& forms) {
  if (word.has_digit) {
    const bool is_ordinal = word.lower.ends_with(U"st") || word.lower.ends_with(U"nd") ||
                            word.lower.ends_with(U"rd") || word.lower.ends_with(U"th");
    return shares_of(is_ordinal ? kAdj : kNum, 10, kNum);
  }
  if (word.lower == U"a" && word.capital && !word.first)
    return shares_of(kNoun, 10, kNoun);  // the letter
  if (is_name(word, forms)) return shares_of(kPropn, 10, kPropn);
  const ClassShares& listed = listed_shares(word.lower);
  if (is_listed(listed)) return listed;
  if (word.lower.find(U'\'') != std::u32string::npos) return contracted_shares(word.lower);
  const auto hyphen = std::find_if(word.lower.rbegin(), word.lower.rend(), is_hyphen);
  if (hyphen != word.lower.rend()) {
    const std::u32string last(hyphen.base(), word.lower.end());
    const ClassShares& of_last = listed_shares(last);
    if (last.ends_with(U"ed") || last.ends_with(U"ing") || of_last[index(kAdj)] >= 5)
      return shares_of(kAdj, 9, kNoun);
    return is_listed(of_last) && of_last[index(kNoun)] < 5 ? shares_of(kAdj, 6, kNoun)
                                                           : shares_of(kNoun, 7, kAdj);
  }
  const ClassShares inflected = inflected_shares(word.lower);
  return is_listed(inflected) ? inflected : suffix_shares(word.lower);
}

/// The best sequence of classes of a sentence (Viterbi 1967): the sum over words of 10 x log share
/// and of the affinity to the class before.
std::vector<WordClass> best_classes(std::span<const ClassShares> shares) {
  constexpr double kNever = -std::numeric_limits<double>::infinity();
  std::vector<std::array<double, kNumWordClasses>> best(shares.size());
  std::vector<std::array<std::size_t, kNumWordClasses>> from(shares.size());
  for (std::size_t word = 0; word < shares.size(); ++word) {
    for (std::size_t here = 0; here < kNumWordClasses; ++here) {
      best[word][here] = kNever;
      from[word][here] = 0;
      if (shares[word][here] == 0) continue;
      const double own = 10 * std::log(shares[word][here] / 10.0);
      if (word == 0) {
        best[word][here] = own + affinity(kStart, static_cast<WordClass>(here));
        continue;
      }
      for (std::size_t before = 0; before < kNumWordClasses; ++before) {
        const double sum = best[word - 1][before] + own +
                           affinity(static_cast<WordClass>(before), static_cast<WordClass>(here));
        if (sum <= best[word][here]) continue;
        best[word][here] = sum;
        from[word][here] = before;
      }
    }
  }
  std::vector<WordClass> classes(shares.size());
  if (shares.empty()) return classes;
  std::size_t at = static_cast<std::size_t>(
      std::max_element(best.back().begin(), best.back().end()) - best.back().begin());
  for (std::size_t word = shares.size(); word-- > 0;) {
    classes[word] = static_cast<WordClass>(at);
    at = from[word][at];
  }
  return classes;
}

bool is_one_of(std::u32string_view word, std::initializer_list<std::u32string_view> words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

/// Have and do are auxiliaries if a verb follows, verbs otherwise: "she had tuned it", "had he not
/// come"; "she had a fork".
void settle_auxiliaries(std::span<const SeenWord> words, std::span<WordClass> classes) {
  for (std::size_t at = 0; at < words.size(); ++at) {
    const std::u32string& word = words[at].lower;
    const bool have = is_one_of(word, {U"have", U"has", U"had", U"having"});
    const bool does = is_one_of(word, {U"do", U"does", U"did"});
    if (!have && !does) continue;
    bool verb_follows = false;
    std::size_t num_between = 0;
    for (std::size_t ahead = at + 1; ahead < words.size() && num_between < 3;
         ++ahead, ++num_between) {
      const WordClass next = classes[ahead];
      const std::u32string& form = words[ahead].lower;
      const bool base = !form.ends_with(U"ed") && !form.ends_with(U"ing");
      if (next == kVerb && does) verb_follows = base;
      if (next == kVerb && have) verb_follows = !form.ends_with(U"ing");
      if (next == kAux && have) verb_follows = is_one_of(form, {U"been", U"had", U"to"});
      if (next == kAux && does) verb_follows = is_one_of(form, {U"have", U"be"});
      const bool passes = next == kAdv || next == kPart || next == kIntj ||
                          (next == kPron && num_between == 0) || next == kPropn;
      if (!passes || form == U"to") break;
    }
    classes[at] = verb_follows ? kAux : kVerb;
  }
}

/// "There" is a pronoun before an auxiliary or a verb of being ("there was", "there came"), an
/// adverb of place elsewhere.
void settle_there(std::span<const SeenWord> words, std::span<WordClass> classes) {
  for (std::size_t at = 0; at < words.size(); ++at) {
    if (words[at].lower != U"there") continue;
    std::size_t next = at + 1;
    while (next < words.size() && classes[next] == kAdv) ++next;
    const bool is_subject =
        next < words.size() &&
        (classes[next] == kAux || is_one_of(words[next].lower, {U"came", U"seemed", U"remained"}));
    const bool is_inverted = at > 0 && next == at + 1 && classes[at - 1] == kAux &&
                             next < words.size() && classes[next] != kVerb;
    classes[at] = is_subject || is_inverted ? kPron : kAdv;
  }
}

SeenWord see(std::u32string_view text, CharSpan span, bool first) {
  const auto written = text.substr(static_cast<std::size_t>(span.begin),
                                   static_cast<std::size_t>(span.end - span.begin));
  SeenWord word;
  word.lower = lower_case(written);
  word.first = first;
  if (written.empty()) return word;
  word.capital = is_upper(written.front());
  word.all_capitals = written.size() > 1 && std::none_of(written.begin(), written.end(), is_lower);
  word.has_digit =
      std::any_of(written.begin(), written.end(), is_number) || is_digit(written.front());
  return word;
}

}  // namespace

std::vector<std::string> tag_words(std::u32string_view text,
                                   std::span<const CharSpan> words,
                                   std::span<const int64_t> sentences) {
  std::vector<SeenWord> seen;
  Forms forms;
  for (std::size_t word = 0; word < words.size(); ++word) {
    seen.push_back(see(text, words[word], word == 0 || sentences[word] != sentences[word - 1]));
    FormCounts& counts = forms[without_possessive(seen.back().lower)];
    if (!seen.back().capital) ++counts.lower;
    if (seen.back().capital && !seen.back().first && !seen.back().all_capitals)
      ++counts.capital_inside;
  }
  std::vector<ClassShares> shares;
  for (const SeenWord& word : seen) shares.push_back(shares_of_word(word, forms));
  std::vector<std::string> tags;
  for (std::size_t begin = 0; begin < words.size();) {
    std::size_t end = begin + 1;
    while (end < words.size() && sentences[end] == sentences[begin]) ++end;
    auto classes = best_classes(std::span(shares).subspan(begin, end - begin));
    settle_auxiliaries(std::span(seen).subspan(begin, end - begin), classes);
    settle_there(std::span(seen).subspan(begin, end - begin), classes);
    for (const WordClass word_class : classes) tags.push_back(kWordClassTags[index(word_class)]);
    begin = end;
  }
  return tags;
}

bool is_pos_tag(std::string_view tag) {
  return tag == "PUNCT" || tag == "SYM" || tag == "X" ||
         std::find(kWordClassTags.begin(), kWordClassTags.end(), tag) != kWordClassTags.end();
}

bool is_content_tag(std::string_view tag) {
  return tag == "NOUN" || tag == "VERB" || tag == "ADJ" || tag == "ADV";
}

}  // namespace lockstep
