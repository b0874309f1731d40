#!/usr/bin/env bash
# Maximizes neurons of every conv layer of both towers, pretrained and from scratch, and pairs for
# four neurons of the joint head, into demo/. Run by `make demo`, which builds first.
set -euo pipefail
cd "$(dirname "$0")/.."

tonoscope=.build/release/tonoscope
neurons=(lid_conv_{1,2,3}_AC:0-7 nyu_conv_{1,2,3}_AC:0-7 fc_1:0-3)

echo "== pretrained towers"
"$tonoscope" maximize seeds/siamese_pretrained.h5 "${neurons[@]}" --steps 120 --out demo/pretrained
echo "== towers from scratch"
"$tonoscope" maximize seeds/siamese_scratch_weights.h5 \
  --architecture seeds/siamese_scratch_architecture.json \
  "${neurons[@]}" --steps 120 --out demo/scratch

cat <<'END'

Look at   demo/pretrained/nyu_conv_3_AC.png     eight channels of a layer on one page
          demo/scratch/nyu_conv_3_AC.png        the same without pretraining
          demo/pretrained/fc_1/0.png            an imitation and a recording for one neuron
Listen to demo/pretrained/nyu_conv_3_AC/0.wav
          demo/pretrained/fc_1/0.imi_input_a.wav and 0.ref_input_b.wav
Read      demo/pretrained/run.json              every setting, every activation along the way
END
