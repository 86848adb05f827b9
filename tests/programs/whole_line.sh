#!/usr/bin/env bash
# The whole line on a random model: words -> extract -> reduce -> simulate -> align -> report, twice with other numbers of threads and
# shards, which must give the same bytes; every file inspected, and opened with xarray as README's table says.
# usage: whole_line.sh SOURCE_DIR BUILD_DIR    Exit status 77 if all is well but xarray is not installed.
set -euo pipefail
source=$1 lockstep=$2/lockstep
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"

mkdir model
cp "$source"/tests/golden/layers/llama/{config.json,model.safetensors} "$source"/tests/golden/tokenizers/qwen2/tokenizer.json model/

line() {  # line FOLDER THREADS: everything into FOLDER
  mkdir "$1"
  $lockstep words --example -o "$1/words" --quiet
  $lockstep folds "$1/words" --scheme block --k 3 -o "$1/folds.tsv" --quiet
  for shard in $3; do
    $lockstep extract model "$1/words" --context 1,6 --layers 1,3,last -o "$1/activations.h5" --shard $shard --threads "$2" --quiet
  done
  $lockstep reduce "$1/activations.h5" --stimuli "$1/words" --pca 6 -o "$1/targets.h5" --threads "$2" --quiet
  $lockstep simulate "$1/targets.h5" --stimuli "$1/words" --subjects 2 --sensors-count 16 --bad-sensors 1 --snr 1 -o "$1/meg.h5" \
    --threads "$2" --quiet
  for shard in $3; do
    $lockstep align "$1/meg.h5" "$1/targets.h5" --stimuli "$1/words" --folds "$1/folds.tsv" --times -0.2:0.6 --null-draws 20 \
      -o "$1/scores.h5" --shard $shard --threads "$2" --quiet
  done
}
line a 2 1/1
line b 1 "2/2 1/2"
for file in words/words.tsv folds.tsv activations.h5 targets.h5 meg.h5 scores.h5; do
  cmp "a/$file" "b/$file"
  $lockstep inspect "a/$file" --verify >"inspected.txt"
  $lockstep inspect "a/$file" --json | python3 -m json.tool >/dev/null
done
[ "$(find a b -name '*.partial' -o -name '*.journal' | wc -l)" = 0 ]

if [ -e "$source/node_modules/vega/build/vega.min.js" ]; then
  $lockstep report a/scores.h5 -o report --draws 50 --quiet
  grep -q '<h1' report/report.html
fi

python=$source/.venv/bin/python
[ -x "$python" ] || python=python3
"$python" "$source/tests/programs/open_files.py" "$source/README.md" a
