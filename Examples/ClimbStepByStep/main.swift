// Climb step by step: watch an ascent, and look at the pattern on the way.
//
//     swift run -c release ClimbStepByStep seeds/siamese_pretrained.h5

import Foundation
import Tonoscope

let model = try ModelFile.load(URL(filePath: CommandLine.arguments.dropFirst().first ?? ""))
let ascent = try Ascent(
  network: model.network,
  canvases: ["ref_input_b": .spectrogram(SpectrogramCanvas(normalizes: true))],
  settings: AscentSettings(steps: 30))

let climb = try ascent.begin(Objective("nyu_conv_1_AC:5"))
while let step = try climb.step() {
  guard step.index % 10 == 0 else { continue }
  let pattern = climb.snapshot()
  let highest = pattern.inputs["ref_input_b"]?.values.max() ?? 0
  print(step.phase, step.index, highest > 1 ? "with levels above one deviation" : "flat")
}
let pattern = climb.snapshot()
print(pattern.ending, "after", pattern.activations.count - 1, "steps")
