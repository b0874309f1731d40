#!/usr/bin/env bash
# Remakes figures/: one contact sheet for each conv layer of each tower and pairs for the joint
# head, with and without pretraining. Run by `make figures`, which builds first. A run that was
# stopped goes on where it was; its arrays stay in .build/figures.
set -euo pipefail
cd "$(dirname "$0")/.."

tonoscope=.build/release/tonoscope
layers=(lid_conv_{1,2,3}_AC nyu_conv_{1,2,3}_AC)
neurons=("${layers[@]/%/:*}" fc_1:0-11)

"$tonoscope" maximize seeds/siamese_pretrained.h5 "${neurons[@]}" \
  --canvas spectrogram --no-sound --out .build/figures/pretrained
"$tonoscope" maximize seeds/siamese_scratch_weights.h5 \
  --architecture seeds/siamese_scratch_architecture.json "${neurons[@]}" \
  --canvas spectrogram --no-sound --out .build/figures/scratch

for model in pretrained scratch; do
  for layer in "${layers[@]}" fc_1; do
    cp ".build/figures/$model/$layer.png" "figures/$layer-$model.png"
  done
done
echo "figures/README.md shows them"
