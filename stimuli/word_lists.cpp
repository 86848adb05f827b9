#include "stimuli/word_lists.h"

#include <algorithm>
#include <charconv>
#include <sstream>
#include <unordered_map>

namespace lockstep {
namespace {

/// Words that have the same shares of classes: "NOUN:7 VERB:3".
struct TaggedWords {
  const char* shares;
  const char* words;
};

#include "stimuli/frequent_words.inc"

/// The closed classes, as far as they are not among the common words: Quirk et al. 1985, chapters
/// 3, 5, 6, 9, 13; the classes are those of Universal Dependencies' English treebanks (possessives
/// are pronouns, ordinals adjectives).
constexpr TaggedWords kClosedClasses[] = {
    {"DET:10", "a an the every each either neither another whichever whatsoever half"},
    {"PRON:10",
     "i you he she it we they me him her us them my your his its our their mine yours hers ours "
     "theirs myself yourself "
     "himself herself itself ourselves yourselves themselves oneself thyself thou thee thy thine "
     "ye who whom whose whoever "
     "whomever whosoever what whatever which someone somebody something anyone anybody anything "
     "everyone everybody "
     "everything nobody nothing none one's naught aught"},
    {"ADP:10",
     "aboard about above across after against along alongside amid amidst among amongst around as "
     "at atop before behind below "
     "beneath beside besides between betwixt beyond by concerning despite down during except for "
     "from in inside into like "
     "minus near of off on onto opposite out outside over past pending per plus regarding round "
     "save since than through "
     "throughout till to toward towards under underneath unlike until unto up upon versus via with "
     "within without worth"},
    {"AUX:10",
     "am is are was were be been being have has had having do does did can could may might must "
     "shall should will would "
     "ought cannot ain't aren't can't couldn't daren't didn't doesn't don't hadn't hasn't haven't "
     "isn't mayn't mightn't "
     "mustn't needn't oughtn't shan't shouldn't wasn't weren't won't wouldn't shalt wilt art hast "
     "hath doth dost"},
    {"CCONJ:10", "and but or nor yet plus"},
    {"SCONJ:10",
     "although because if lest though unless whereas whereby whether while whilst albeit"},
    {"PART:10", "not to n't"},
    {"NUM:10",
     "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
     "fifteen sixteen seventeen eighteen "
     "nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand million "
     "billion trillion"},
    {"ADJ:10",
     "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth "
     "fourteenth fifteenth "
     "sixteenth seventeenth eighteenth nineteenth twentieth thirtieth fortieth fiftieth hundredth "
     "thousandth such own other "
     "same many much few several"},
    {"INTJ:10",
     "ah aha alas amen aye bah bravo bye damn eh er goodbye gosh ha hallo hello hey hi hm hmm "
     "hullo hurrah hush indeed lo no oh "
     "ouch ow pardon please pooh pshaw sh tut ugh uh um well wow yeah yes"},
    {"ADV:10",
     "afterwards again ago almost already also altogether always anyhow anyway anywhere apart "
     "aside away back elsewhere enough "
     "ever everywhere far farther forth forward forwards further furthermore hardly hence "
     "henceforth here hereby herein hither "
     "how however inasmuch instead just likewise maybe meanwhile moreover nay nearby nearly never "
     "nevertheless nonetheless now "
     "nowadays nowhere often once only otherwise overnight perhaps quite rather seldom so sometime "
     "sometimes somewhat somewhere "
     "soon still straightaway then thence there thereby therefore thereupon thither thus today "
     "together tomorrow tonight too "
     "twice upstairs downstairs upwards very when whence whenever where wherefore whereupon "
     "wherever why yesterday yonder o'clock "
     "afresh ahead aloud anew backwards downwards indoors outdoors thrice sideways northwards "
     "southwards abroad aloft"},
};

/// Common verbs and adjectives that suffixes do not betray: base forms and irregular ones (Quirk et
/// al. 1985, 3.11-3.20).
constexpr TaggedWords kOpenClasses[] = {
    {"VERB:10",
     "accept achieve admire admit adore advise agree allow announce annoy appear apply argue arise "
     "arose arisen arrange arrive ask "
     "assume attach avoid awake awoke beat became become befall began begin begun behave believe "
     "belong bend bent betray bind "
     "bite bitten bleed bled blew blown boil borrow bother bought bound bred breed brew bring "
     "broadcast broke broken brought "
     "build built burn burst bury buy came carry caught cease choose chose chosen clap clean climb "
     "cling clung coax collapse "
     "combine complain concern confuse connect consider consist contain continue convince cook "
     "copy creep crept dare deal dealt "
     "decide deliver demand deny depend describe deserve destroy detect develop die differ dig "
     "disagree disappear discover discuss "
     "divide drag draw drawn drew drive driven drove drown earn eat eaten ate encourage enjoy "
     "ensure enter escape evolve examine "
     "excuse exist expect explain explore express fail fall fallen fasten feed fed feel fell felt "
     "fetch fight find flee fled fling "
     "flung fly flew flown fold follow forbid forget forgot forgotten forgive fought found freeze "
     "froze frozen gather gave get give "
     "given gone got grew grind ground grow grown guess handle hang happen hear heard hide hid "
     "hidden hit hung hurry hurt ignore "
     "imagine improve include inform insist install intend introduce invent invite join justify "
     "keep kept kneel knelt knew know known "
     "laid lay lead leap leapt learn learned learnt leave led left lend lent lengthen let lie lift "
     "listen lose lost made maintain "
     "make manage marry mean meant meet melt mend mention met mind murmur obey observe obtain "
     "occur offer open organise overcome "
     "owe paid paint perform permit persuade pour praise prefer prepare present pretend prevent "
     "proceed produce promise protect prove "
     "provide publish pull push quarrel quit raise ran rang read realise receive recognise "
     "recommend reduce refer refuse regret relate "
     "relax release rely remain remember remind remove repeat replace reply represent require "
     "rescue resist respond rid ride ridden "
     "ring risen rode rose run rung sang sat saw say scrape see seek seem seen sell send sent "
     "serve settle shake shaken shine shone "
     "shook shoot shot shout shrank shrink shut sing sink sit slept slide slid sold solve sought "
     "sown speak spell spend spent spoke "
     "spoken spread spring sprang sprung stand stare steal stick stole stolen stood stop strike "
     "struck stuck stung succeed suffer "
     "suggest sung sunk suppose surround survive suspect swam swear sweep swept swim swing swore "
     "sworn swung take taken talk taught "
     "teach tear tell tend think thought threw throw thrown told took tore torn tremble try tune "
     "understand understood vanish visit "
     "wait wake walk want warn wear wedge went whisper win wipe woke woken won wonder wore worn "
     "worry write written wrote yield"},
    {"ADJ:10",
     "able absent absurd afraid alive alone ancient angry ashamed asleep aware awful bad bare big "
     "bitter black blank blind blue bold "
     "brave brief bright brown calm careful cheap clear clever cold common cool correct cruel damp "
     "dark dead deaf dear deep different "
     "difficult dim dirty dry dull eager early easy empty entire equal evil extra fair false "
     "familiar fat few fierce final fine firm "
     "flat foolish free fresh full funny gentle glad golden good grand grateful gray great green "
     "grey guilty happy hard harsh heavy high "
     "hollow honest hot huge hungry ill innocent keen kind large last late lazy left lesser likely "
     "little lonely long loose loud low "
     "lucky mad main mere mild modern naked narrow nasty neat necessary new next nice noisy odd "
     "old only open pale perfect plain "
     "pleasant polite poor pretty private proper proud public pure purple queer quick quiet rare "
     "raw ready real red rich right ripe "
     "rough round rude sad safe secret separate serious severe shallow sharp short shy sick silent "
     "simple single slender slight slow "
     "small smart smooth soft solid sore sorry sour special spare square stern stiff still stout "
     "straight strange strict strong stupid "
     "sudden sure sweet swift tall tender thick thin tidy tight tiny tired true ugly unkind upper "
     "useful usual vague vain vast warm "
     "weak weary wet white whole wide wild wise wonderful wooden worse worst worth wrong yellow "
     "young nearer older younger larger "
     "greater higher lower better best smaller longer stronger"},
};

constexpr std::array<std::string_view, 15> kContractedPronouns = {"i",
                                                                  "you",
                                                                  "he",
                                                                  "she",
                                                                  "it",
                                                                  "we",
                                                                  "they",
                                                                  "that",
                                                                  "there",
                                                                  "who",
                                                                  "what",
                                                                  "this",
                                                                  "one",
                                                                  "someone",
                                                                  "everybody"};

ClassShares read_shares(const std::string& text) {
  ClassShares shares{};
  std::istringstream words(text);
  std::string word;
  while (words >> word) {
    const auto colon = word.find(':');
    for (std::size_t k = 0; k < kNumWordClasses; ++k) {
      if (word.substr(0, colon) == kWordClassTags[k]) shares[k] = std::stoi(word.substr(colon + 1));
    }
  }
  return shares;
}

/// Where the tagged texts that the common words come from mislead.
constexpr TaggedWords kCorrections[] = {
    {"NOUN:10", "kitchen coal"},
    {"VERB:10", "cast"},
    {"VERB:6 NOUN:4", "measure"},
};

using Lists = std::unordered_map<std::u32string, ClassShares>;

template <std::size_t kCount>
void add_words(Lists& lists, const TaggedWords (&groups)[kCount]) {
  for (const TaggedWords& group : groups) {
    const ClassShares shares = read_shares(group.shares);
    std::istringstream words(group.words);
    std::string word;
    while (words >> word) lists.try_emplace(std::u32string(word.begin(), word.end()), shares);
  }
}

Lists make_lists() {
  Lists lists;
  add_words(lists, kCorrections);
  add_words(lists, kFrequentWords);
  add_words(lists, kClosedClasses);
  add_words(lists, kOpenClasses);
  for (const std::string_view pronoun : kContractedPronouns) {
    for (const std::string_view clitic : {"'s", "'d", "'ll", "'ve", "'re", "'m"}) {
      std::u32string form(pronoun.begin(), pronoun.end());
      form.append(clitic.begin(), clitic.end());
      lists.try_emplace(form, read_shares("PRON:10"));
    }
  }
  return lists;
}

}  // namespace

const ClassShares& listed_shares(std::u32string_view word) {
  static const Lists kLists = make_lists();
  static const ClassShares kNone{};
  const auto found = kLists.find(std::u32string(word));
  return found == kLists.end() ? kNone : found->second;
}

int affinity(WordClass before, WordClass after) {
  return kAffinity[static_cast<std::size_t>(before)][static_cast<std::size_t>(after)];
}

}  // namespace lockstep
