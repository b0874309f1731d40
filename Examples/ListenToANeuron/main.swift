// Listen to a neuron: from a model's file to a picture and a sound, as `tonoscope maximize` does it.
//
//     swift run -c release ListenToANeuron seeds/siamese_pretrained.h5 nyu_conv_2_AC:3 out

import Foundation
import Tonoscope

let arguments = CommandLine.arguments.dropFirst()
guard arguments.count == 3 else {
  print("usage: ListenToANeuron MODEL NEURON DIRECTORY")
  exit(64)
}
let (path, neuron, directory) = (arguments[1], arguments[2], arguments[3])

let model = try ModelFile.load(URL(filePath: path))
let frontEnds = try FrontEndAssignment([], for: model).frontEnds

var recipe = Recipe()
recipe.ascent.steps = 40
let study = try Study(
  model, objectives: [Objective(neuron)], plan: recipe.plan(for: model, frontEnds: frontEnds))
let run = try study.open(URL(filePath: directory), threads: 2)
try study.run(in: run, threads: 2) { event in
  guard case .finished(let pattern) = event else { return }
  print(pattern.objective, pattern.ending, pattern.files.sorted().joined(separator: " "))
  if let retention = pattern.roundTrip?.retention {
    print(String(format: "its sound keeps %.0f %% of the activation", 100 * retention))
  }
}
