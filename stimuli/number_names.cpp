#include "stimuli/number_names.h"

#include <array>
#include <map>

#include "stimuli/characters.h"

namespace lockstep {
namespace {

using Names = std::vector<std::vector<std::string>>;

const std::array<const char*, 20> kUnits = {
    "",         "one",     "two",     "three",     "four",     "five",    "six",
    "seven",    "eight",   "nine",    "ten",       "eleven",   "twelve",  "thirteen",
    "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"};
const std::array<const char*, 10> kTens = {
    "", "ten", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"};
const std::array<const char*, 5> kScales = {"", "thousand", "million", "billion", "trillion"};

constexpr MoneyNames kPounds = {"pounds", "pound", "pence", "penny"};
constexpr MoneyNames kDollars = {"dollars", "dollar", "cents", "cent"};
constexpr MoneyNames kEuros = {"euros", "euro", "cents", "cent"};
constexpr MoneyNames kYen = {"yen", "yen", "sen", "sen"};

const std::map<std::u32string, Names, std::less<>>& suffixes() {
  static const std::map<std::u32string, Names, std::less<>> kNames = {
      {U"s", {{"shillings"}, {"shilling"}}},
      {U"d", {{"pence"}, {"penny"}}},
      {U"%", {{"percent"}, {"per", "cent"}}},
      {U"am", {{"am"}, {"a", "m"}}},
      {U"pm", {{"pm"}, {"p", "m"}}},
      {U"lb", {{"pounds"}, {"pound"}}},
      {U"lbs", {{"pounds"}, {"pound"}}},
      {U"oz", {{"ounces"}, {"ounce"}}},
      {U"ft", {{"feet"}, {"foot"}}},
      {U"in", {{"inches"}, {"inch"}}},
      {U"mm", {{"millimetres"}, {"millimeters"}}},
      {U"cm", {{"centimetres"}, {"centimeters"}}},
      {U"m", {{"metres"}, {"meters"}, {"million"}}},
      {U"km", {{"kilometres"}, {"kilometers"}}},
      {U"kg", {{"kilograms"}, {"kilos"}}},
      {U"mph", {{"miles", "per", "hour"}, {"miles", "an", "hour"}}},
      {U"hz", {{"hertz"}}},
      {U"khz", {{"kilohertz"}}},
      {U"ms", {{"milliseconds"}}},
  };
  return kNames;
}

const std::map<std::u32string, Names, std::less<>>& abbreviations() {
  static const std::map<std::u32string, Names, std::less<>> kNames = {
      {U"mr", {{"mister"}}},
      {U"mrs", {{"missus"}, {"missis"}, {"mistress"}, {"misses"}}},
      {U"ms", {{"miz"}, {"miss"}}},
      {U"messrs", {{"messieurs"}, {"messers"}}},
      {U"dr", {{"doctor"}, {"drive"}}},
      {U"st", {{"saint"}, {"street"}}},
      {U"ste", {{"sainte"}}},
      {U"prof", {{"professor"}}},
      {U"capt", {{"captain"}}},
      {U"col", {{"colonel"}}},
      {U"gen", {{"general"}}},
      {U"lt", {{"lieutenant"}}},
      {U"sgt", {{"sergeant"}}},
      {U"rev", {{"reverend"}}},
      {U"hon", {{"honourable"}, {"honorable"}}},
      {U"mme", {{"madame"}}},
      {U"mlle", {{"mademoiselle"}}},
      {U"m", {{"monsieur"}}},
      {U"jr", {{"junior"}}},
      {U"sr", {{"senior"}}},
      {U"no", {{"number"}}},
      {U"nos", {{"numbers"}}},
      {U"vol", {{"volume"}}},
      {U"vs", {{"versus"}}},
      {U"etc", {{"et", "cetera"}, {"etcetera"}}},
      {U"ave", {{"avenue"}}},
      {U"rd", {{"road"}}},
      {U"mt", {{"mount"}, {"mountain"}}},
      {U"co", {{"company"}}},
      {U"ltd", {{"limited"}}},
      {U"inc", {{"incorporated"}}},
      {U"dept", {{"department"}}},
      {U"jan", {{"january"}}},
      {U"feb", {{"february"}}},
      {U"aug", {{"august"}}},
      {U"sept", {{"september"}}},
      {U"oct", {{"october"}}},
      {U"nov", {{"november"}}},
      {U"dec", {{"december"}}},
      {U"ok", {{"okay"}}},
      {U"&", {{"and"}}},
      {U"&c", {{"et", "cetera"}, {"etcetera"}}},
      {U"%", {{"percent"}, {"per", "cent"}}},
  };
  return kNames;
}

}  // namespace

std::string unit_name(int value) { return kUnits.at(static_cast<std::size_t>(value)); }
std::string tens_name(int tens) { return kTens.at(static_cast<std::size_t>(tens)); }
std::string scale_name(std::size_t thousands) { return kScales.at(thousands); }

std::string ordinal_name(const std::string& cardinal) {
  static const std::map<std::string, std::string> kIrregular = {
      {"one", "first"},
      {"two", "second"},
      {"three", "third"},
      {"five", "fifth"},
      {"eight", "eighth"},
      {"nine", "ninth"},
      {"twelve", "twelfth"},
  };
  const auto found = kIrregular.find(cardinal);
  if (found != kIrregular.end()) return found->second;
  if (cardinal.ends_with("y")) return cardinal.substr(0, cardinal.size() - 1) + "ieth";
  return cardinal + "th";
}

std::string plural_name(const std::string& cardinal) {
  if (cardinal.ends_with("y")) return cardinal.substr(0, cardinal.size() - 1) + "ies";
  return cardinal + (cardinal.ends_with("x") ? "es" : "s");
}

int64_t roman_value(std::u32string_view written) {
  static const std::array<std::u32string, 10> kOnes = {
      U"", U"I", U"II", U"III", U"IV", U"V", U"VI", U"VII", U"VIII", U"IX"};
  static const std::array<std::u32string, 10> kTensOf = {
      U"", U"X", U"XX", U"XXX", U"XL", U"L", U"LX", U"LXX", U"LXXX", U"XC"};
  static const std::array<std::u32string, 10> kHundreds = {
      U"", U"C", U"CC", U"CCC", U"CD", U"D", U"DC", U"DCC", U"DCCC", U"CM"};
  static const std::array<std::u32string, 4> kThousands = {U"", U"M", U"MM", U"MMM"};
  if (written.empty() || written.find_first_not_of(U"IVXLCDM") != std::u32string_view::npos)
    return 0;
  std::size_t value = 0;
  const auto take = [&](const auto& forms, std::size_t place) {
    std::size_t longest = 0;  // the empty form, of no digit
    for (std::size_t digit = 1; digit < forms.size(); ++digit) {
      if (written.starts_with(forms[digit]) && forms[digit].size() > forms[longest].size())
        longest = digit;
    }
    value += longest * place;
    written.remove_prefix(forms[longest].size());
  };
  take(kThousands, 1000);
  take(kHundreds, 100);
  take(kTensOf, 10);
  take(kOnes, 1);
  return written.empty() ? static_cast<int64_t>(value) : 0;
}

bool is_spoken_sign_of_money(char32_t c) {
  return c == U'$' || c == 0xA3 || c == 0x20AC || c == 0xA5;
}

const MoneyNames& money_names(char32_t sign) {
  return sign == U'$' ? kDollars : sign == 0x20AC ? kEuros : sign == 0xA5 ? kYen : kPounds;
}

std::vector<std::vector<std::string>> suffix_names(std::u32string_view suffix) {
  const auto found = suffixes().find(suffix);
  return found == suffixes().end() ? Names{} : found->second;
}

std::vector<std::vector<std::string>> abbreviation_names(std::u32string_view written) {
  std::u32string name = match_key(written);
  if (written.find(U'&') != std::u32string_view::npos) name = U'&' + name;
  if (name.empty()) name = written;
  const auto found = abbreviations().find(name);
  return found == abbreviations().end() ? Names{} : found->second;
}

std::string to_ascii(std::u32string_view key) {
  std::string ascii;
  for (const char32_t c : key) {
    if (c < 0x80) ascii += static_cast<char>(c);
  }
  return ascii;
}

}  // namespace lockstep
