// Everything that happens to a story between its files and its rows of words.tsv.
#include "stimuli/make_words.h"

#include <algorithm>
#include <limits>

#include "base/error.h"
#include "base/sha256.h"
#include "base/utf8.h"
#include "stimuli/pos_table.h"
#include "stimuli/sentences.h"
#include "stimuli/word_classes.h"
#include "stimuli/written_words.h"

namespace lockstep {
namespace {

constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();

std::string excerpt(std::u32string_view text, CharSpan span) {
  return to_utf8(text.substr(static_cast<std::size_t>(span.begin),
                             static_cast<std::size_t>(span.end - span.begin)));
}

/// Rows of a story without spans.
std::vector<WordRow> spoken_rows(const StoryInput& story) {
  std::vector<WordRow> rows;
  for (const TimedWord& word : story.spoken) {
    WordRow row;
    row.story = story.name;
    row.block = word.block;
    row.word = word.word;
    row.onset_s = word.onset_s;
    row.duration_s = word.duration_s;
    rows.push_back(std::move(row));
  }
  return rows;
}

std::vector<WordRow> written_rows(const StoryInput& story, std::u32string_view text) {
  std::vector<WordRow> rows;
  for (const CharSpan span : written_words(text)) {
    WordRow row;
    row.story = story.name;
    row.block = "1";
    row.word = excerpt(text, span);
    row.onset_s = row.duration_s = kUnknown;
    row.has_span = true;
    row.span = span;
    rows.push_back(std::move(row));
  }
  return rows;
}

/// The words to be tagged: those of the text, divided where several rows share one. `row` is -1
/// where nobody spoke.
struct TaggedWord {
  CharSpan span;
  std::size_t written = 0;
};

std::vector<TaggedWord> words_to_tag(const std::vector<WordRow>& rows,
                                     const std::vector<CharSpan>& written) {
  std::vector<TaggedWord> all;
  auto row = rows.begin();
  for (std::size_t word = 0; word < written.size(); ++word) {
    while (row != rows.end() && (!row->has_span || row->span.end <= written[word].begin)) ++row;
    std::vector<CharSpan> parts;
    for (auto inside = row;
         inside != rows.end() && (!inside->has_span || inside->span.begin < written[word].end);
         ++inside) {
      if (inside->has_span)
        parts.push_back({std::max(inside->span.begin, written[word].begin),
                         std::min(inside->span.end, written[word].end)});
    }
    if (parts.size() < 2) parts = {written[word]};
    for (const CharSpan part : parts) all.push_back({part, word});
  }
  return all;
}

/// Sentences and word classes of rows with a span. A row that covers several written words has the
/// class of the last.
void classify(std::vector<WordRow>& rows, std::u32string_view text) {
  const auto written = written_words(text);
  const auto sentence_of_written = sentence_numbers(text, written);
  const auto tagged = words_to_tag(rows, written);
  std::vector<CharSpan> spans;
  std::vector<int64_t> sentences;
  for (const TaggedWord& word : tagged) {
    spans.push_back(word.span);
    sentences.push_back(sentence_of_written[word.written]);
  }
  const auto tags = tag_words(text, spans, sentences);
  std::size_t at = 0;
  for (WordRow& row : rows) {
    if (!row.has_span) continue;
    while (at < spans.size() && spans[at].end <= row.span.begin) ++at;
    if (at == spans.size())
      fail(Blame::kProgram, "words: \"{}\" stands outside the words of its text", row.word);
    row.sentence = sentences[at];
    std::size_t last = at;
    while (last + 1 < spans.size() && spans[last + 1].begin < row.span.end) ++last;
    row.pos = tags[last];
    row.content = is_content_tag(row.pos);
  }
}

/// Rows that are part of a number stand in its sentence, though they have no characters.
void place_silent_rows(std::vector<WordRow>& rows, const std::vector<WordMatch>& matches) {
  for (std::size_t row = 1; row < rows.size(); ++row) {
    if (matches[row].kind == MatchKind::kSilent) rows[row].sentence = rows[row - 1].sentence;
  }
}

const char* what_is_odd(MatchKind kind) {
  switch (kind) {
    case MatchKind::kNone:
      return "not in the text";
    case MatchKind::kSilent:
      return "no characters of its own";
    case MatchKind::kPartly:
      return "partly in the text";
    case MatchKind::kSpelling:
      return "spelt otherwise";
    default:
      return nullptr;
  }
}

/// `first_row` is the number of the story's first row in words.tsv.
StoryAudit audit_of(const StoryInput& story,
                    std::u32string_view text,
                    const std::vector<WordRow>& rows,
                    const TextMatching& matching,
                    int64_t first_row) {
  StoryAudit audit;
  audit.story = story.name;
  audit.has_transcript = true;
  audit.num_words = static_cast<int64_t>(rows.size());
  for (std::size_t row = 0; row < rows.size(); ++row) {
    const MatchKind kind = matching.words[row].kind;
    ++audit.by_kind[kind];
    if (rows[row].has_span) ++audit.num_matched;
    if (what_is_odd(kind) == nullptr) continue;
    audit.lines.push_back({what_is_odd(kind),
                           first_row + static_cast<int64_t>(row),
                           story.name,
                           rows[row].block,
                           rows[row].onset_s,
                           rows[row].word,
                           row > 0 ? rows[row - 1].word : "",
                           row + 1 < rows.size() ? rows[row + 1].word : "",
                           rows[row].has_span ? rows[row].span : CharSpan{}});
  }
  const auto written = written_words(text);
  for (const UnspokenText& unspoken : matching.unspoken) {
    audit.num_unspoken += unspoken.num_parts;
    const auto after = std::find_if(written.begin(), written.end(), [&](CharSpan word) {
      return word.begin >= unspoken.span.end;
    });
    auto before = std::find_if(written.begin(), written.end(), [&](CharSpan word) {
      return word.end > unspoken.span.begin;
    });
    audit.lines.push_back({"text not spoken",
                           -1,
                           story.name,
                           "",
                           kUnknown,
                           excerpt(text, unspoken.span),
                           before == written.begin() ? "" : excerpt(text, *--before),
                           after == written.end() ? "" : excerpt(text, *after),
                           unspoken.span});
  }
  return audit;
}

void add_story(MadeWords& made, const StoryInput& story) {
  const std::string utf8 = read_story_text(story.text);
  const std::u32string text = from_utf8(utf8, story.text.string());
  std::vector<WordRow> rows;
  if (story.has_transcript) {
    rows = spoken_rows(story);
    std::vector<std::u32string> spoken;
    for (const WordRow& row : rows) spoken.push_back(from_utf8(row.word, story.name));
    const TextMatching matching = match_words(text, spoken);
    for (std::size_t row = 0; row < rows.size(); ++row) {
      rows[row].has_span = matching.words[row].span.has_value();
      if (rows[row].has_span) rows[row].span = *matching.words[row].span;
    }
    classify(rows, text);
    place_silent_rows(rows, matching.words);
    made.audits.push_back(
        audit_of(story, text, rows, matching, static_cast<int64_t>(made.words.rows.size())));
    if (made.audits.back().num_matched == 0) {
      fail(Blame::kData,
           "{}: none of the {} words of the transcript is in it; the text that was read is wanted",
           story.text,
           rows.size());
    }
  } else {
    rows = written_rows(story, text);
    classify(rows, text);
    StoryAudit audit;
    audit.story = story.name;
    audit.num_words = audit.num_matched = static_cast<int64_t>(rows.size());
    made.audits.push_back(std::move(audit));
  }
  made.words.stories.push_back({story.name, utf8});
  std::move(rows.begin(), rows.end(), std::back_inserter(made.words.rows));
}

Provenance provenance_of(const StoryInputs& inputs,
                         const WordsOptions& options,
                         const std::string& pos_source) {
  Provenance provenance;
  provenance.label = "words.tsv";
  provenance.what = "lockstep words";
  provenance.options = {{"tags", pos_source}};
  provenance.versions = {{"lockstep", LOCKSTEP_VERSION}};
  const auto add = [&](const std::filesystem::path& path, const char* what) {
    Provenance parent;
    parent.what = what;
    provenance.parents.push_back(as_parent(std::move(parent), path));
  };
  for (const StoryInput& story : inputs.stories) add(story.text, "a text");
  for (const auto& transcript : inputs.transcripts) add(transcript, "a transcript");
  if (!options.pos.empty()) add(options.pos, "a table of tags");
  return provenance;
}

}  // namespace

MadeWords make_words(const StoryInputs& inputs, const WordsOptions& options) {
  MadeWords made;
  for (const StoryInput& story : inputs.stories) add_story(made, story);
  made.words.pos_source = kRuleSource;
  if (!options.pos.empty())
    made.num_untagged = apply_pos_table(read_pos_table(options.pos), options.pos, made.words);
  made.words.provenance = provenance_of(inputs, options, made.words.pos_source);
  made.words.sha256 = words_sha256(made.words);
  return made;
}

}  // namespace lockstep
