#!/usr/bin/env python3
"""Writes transcript.tsv: what a transcriber would note of story.txt read aloud, with the times of espeak-ng.

    stimuli/example/speak.py        (needs libespeak-ng.so.1: Debian's espeak-ng)

Each chapter is a block, its heading is not spoken, and the times run on through the story with a pause between
chapters. The command line of espeak-ng gives no word times; its library reports, for each word, the sample at which it
starts. Events do not match words one to one (an event may start inside a word, or one stand for "did not"), and a few carry
a wrong position. So each event is given to the whitespace word that holds its position, events out of order are left
out, the first one of a word wins, and words without an event share the time of the word before them and are counted.
A word ends where the next begins or where espeak-ng starts a pause.
"""
import bisect
import ctypes
import pathlib
import re
import sys
import unicodedata

FOLDER = pathlib.Path(__file__).resolve().parent
VOICE = "English (Great Britain)"
WORDS_PER_MINUTE = 160
PAUSE_S = 2.0  # between chapters

# What the reader says for what is not written in letters.
SPOKEN = {
    "£40": "forty pounds", "81": "eighty one", "6": "six", "1938": "nineteen thirty eight", "2": "two",
    "2.5": "two point five", "440": "four forty", "415": "four hundred and fifteen",
    "1722": "seventeen twenty two", "200": "two hundred", "30": "thirty", "70-odd": "seventy odd",
    "4:30": "four thirty", "60": "sixty", "5:15": "five fifteen", "11": "eleven",
    "5:55": "five fifty five", "1962": "nineteen sixty two", "2nd": "second", "1976": "nineteen seventy six",
    "45": "forty five", "Mr.": "Mister", "Mrs.": "Missus", "St.": "Saint",
}


def spoken_words(paragraph):
    """(word as transcribed, the same with the punctuation that makes espeak pause) of a paragraph."""
    plain = paragraph.replace("’", "'").replace("‘", "'").replace("—", " — ")
    for piece in plain.split():
        if piece == "—":
            continue
        lead, core, trail = re.fullmatch(r"([“\"(]*)(.*?)([,;:!?”\")—]*|[.,;:!?”\")—]*)", piece).groups()
        if core + "." in SPOKEN and trail.startswith("."):
            core, trail = core + ".", trail[1:]
        core = SPOKEN.get(core, core)
        if any(c.isdigit() for c in core):
            sys.exit(f"speak.py: {piece!r} has digits and no entry in SPOKEN")
        words = core.replace("-", " ").split()
        for number, word in enumerate(words):
            pause = re.sub(r"[“”\"()]", "", trail) if number == len(words) - 1 else ""
            letters = unicodedata.normalize("NFD", word.lower())
            yield "".join(c for c in letters if not unicodedata.combining(c)), word + pause


class Event(ctypes.Structure):
    _fields_ = [("type", ctypes.c_int), ("identifier", ctypes.c_uint), ("text_position", ctypes.c_int),
                ("length", ctypes.c_int), ("audio_position", ctypes.c_int), ("sample", ctypes.c_int),
                ("user_data", ctypes.c_void_p), ("id", ctypes.c_char * 8)]


LIST_TERMINATED, WORD, PHONEME = 0, 1, 7
CALLBACK = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(Event))


class Voice:
    def __init__(self):
        self.espeak = ctypes.CDLL("libespeak-ng.so.1")
        self.espeak.espeak_Info.restype = ctypes.c_char_p
        self.rate_hz = self.espeak.espeak_Initialize(1, 0, None, 1)  # audio to the callback; phoneme events
        self.version = self.espeak.espeak_Info(None).decode().split()[0]
        self.callback = CALLBACK(self.receive)
        self.espeak.espeak_SetSynthCallback(self.callback)
        if self.espeak.espeak_SetVoiceByName(VOICE.encode()) != 0:
            sys.exit(f"speak.py: espeak-ng has no voice {VOICE}")
        self.espeak.espeak_SetParameter(1, WORDS_PER_MINUTE, 0)

    def receive(self, _samples, num_samples, events):
        self.num_samples += num_samples
        at = 0
        while events[at].type != LIST_TERMINATED:
            event = events[at]
            if event.type == WORD:
                self.words.append((event.text_position - 1, event.sample))
            elif event.type == PHONEME and event.id.startswith(b"_"):
                self.pauses.append(event.sample)
            at += 1
        return 0

    def speak(self, text):
        """Words as [(position in the text, sample)], the samples where pauses start, and the number of samples."""
        self.words, self.pauses, self.num_samples = [], [], 0
        data = text.encode()
        if self.espeak.espeak_Synth(data, len(data) + 1, 0, 1, 0, 1, None, None) != 0:
            sys.exit("speak.py: espeak-ng failed")
        self.espeak.espeak_Synchronize()
        return self.words, self.pauses, self.num_samples


def longest_ascending(pairs):
    """The longest part of a list whose first members ascend strictly."""
    best = []  # for each pair: (length of the best chain that ends here, the pair before it)
    for at, (word, _) in enumerate(pairs):
        best.append(max(((best[i][0] + 1, i) for i in range(at) if pairs[i][0] < word), default=(1, None)))
    at = max(range(len(pairs)), key=lambda i: best[i][0])
    chain = []
    while at is not None:
        chain.append(pairs[at])
        at = best[at][1]
    return chain[::-1]


def chapter_rows(voice, block, paragraphs, start_s):
    """Rows (block, word, onset, duration) of a chapter, its end in seconds and its words without an event."""
    words, starts, text = [], [], ""
    for paragraph in paragraphs:
        for word, voiced in spoken_words(paragraph):
            words.append(word)
            starts.append(len(text))
            text += voiced + " "
        text = text.rstrip() + "\n\n"
    events, pauses, num_samples = voice.speak(text)
    placed = [(bisect.bisect_right(starts, position) - 1, sample) for position, sample in events]
    onsets = longest_ascending(placed) + [(len(words), num_samples)]
    rows = []
    for (word, sample), (next_word, next_sample) in zip(onsets, onsets[1:]):
        stop = min([pause for pause in pauses if sample < pause <= next_sample], default=next_sample)
        step = (stop - sample) / (next_word - word)
        for share in range(next_word - word):
            onset_s = start_s + (sample + share * step) / voice.rate_hz
            rows.append((block, words[word + share], onset_s, step / voice.rate_hz))
    if len(rows) != len(words):
        sys.exit(f"speak.py: block {block}: the first word has no event")
    return rows, start_s + num_samples / voice.rate_hz, len(words) - len(onsets) + 1


def main():
    chapters = []
    for paragraph in (FOLDER / "story.txt").read_text(encoding="utf-8").split("\n\n"):
        if paragraph.startswith("Chapter "):
            chapters.append([])
        elif chapters:  # the title, above the first chapter, is not spoken
            chapters[-1].append(paragraph.strip())
    voice = Voice()
    lines = [f"# times: espeak-ng {voice.version}, voice {VOICE}, {WORDS_PER_MINUTE} words a minute",
             "block\tword\tonset\tduration"]
    end_s, num_missing = 0.0, 0
    for number, paragraphs in enumerate(chapters, 1):
        start_s = end_s + (PAUSE_S if number > 1 else 0.0)
        rows, end_s, missing = chapter_rows(voice, str(number), paragraphs, start_s)
        num_missing += missing
        lines += [f"{block}\t{word}\t{onset:.3f}\t{duration:.3f}" for block, word, onset, duration in rows]
    (FOLDER / "transcript.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{len(lines) - 2} words, {end_s:.1f} s, {num_missing} without an event of their own")


if __name__ == "__main__":
    main()
