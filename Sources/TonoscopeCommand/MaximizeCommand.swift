import ArgumentParser
import Foundation
import TonoAscent
import TonoAudio
import TonoCore
import TonoFiles
import TonoModels
import TonoRender
import TonoStudy

extension Colormap: ExpressibleByArgument {}

/// `tonoscope maximize`: what excites neurons most, seen and heard.
struct MaximizeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "maximize",
    abstract: "Find, draw and play the inputs that excite neurons most.",
    discussion: """
      A neuron is LAYER:CHANNEL, several are LAYER:0-11 or LAYER:*, one unit of a channel's map is \
      LAYER:CHANNEL@ROW,COLUMN; all count from 0. 'tonoscope inspect' lists the layers. A layer's \
      name says whether it is meant before or after its activation.

      The directory then holds run.json (every setting and result), and for each neuron
        LAYER/CHANNEL.npy   the input in network units, for NumPy
                            (.npz where the network has several inputs)
        LAYER/CHANNEL.png   its picture, with axes in Hz and seconds
        LAYER/CHANNEL.wav   its sound
      and LAYER.png, all neurons of a layer on one page, LAYER.wav, their sounds one after another \
      (LAYER.csv says when which is heard, LAYER.txt the same as labels for Audacity). Every sound \
      is read again and shown to the network: run.json, the pictures and the summary say how much \
      of the pattern's activation it retains. Stopped with Ctrl-C or in any other way, \
      the same command goes on where it was.

      A neuron that is at zero first climbs its pre-activation, from several starts if need be; \
      one that none can wake is reported as dead, with what was tried.
      """)

  @OptionGroup var model: ModelArguments

  @Argument(help: "The neurons, such as nyu_conv_3_AC:17 or 'fc_1:*'.")
  var neurons: [String]

  @Option(
    name: .customLong("out"),
    help: ArgumentHelp("The run's directory; made if it is missing.", valueName: "dir"))
  var directory: String

  @OptionGroup var frontEnds: FrontEndArguments
  @OptionGroup(title: "Ascent") var ascent: AscentArguments

  @Flag(name: .customLong("no-pictures"), help: .setting("no-pictures"))
  var noPictures = false

  @Flag(name: .customLong("no-sound"), help: .setting("no-sound"))
  var noSound = false

  @Option(help: .setting("colormap", "name"))
  var colormap = Colormap.magma

  @Flag(help: .setting("bare"))
  var bare = false

  @Flag(name: .customLong("shared-scale"), help: .setting("shared-scale"))
  var sharedScale = false

  @Option(
    help: ArgumentHelp(
      """
      How many threads climb: each a neuron of its own, or several one neuron together where \
      there are fewer neurons. Results do not depend on it.
      """, valueName: "count"))
  var threads = ProcessInfo.processInfo.activeProcessorCount

  @Option(
    help: ArgumentHelp(
      """
      How progress is told: text for people, json for programs (one line for each event on standard \
      output: started, step with its activation, finished with its files, summary), or none.
      """, valueName: "text|json|none"))
  var progress = Progress.Kind.text

  @Flag(help: "Say nothing but errors.")
  var quiet = false

  func validate() throws {
    guard !quiet || progress != .json else {
      throw ValidationError("--quiet and --progress json exclude each other; leave one out")
    }
    guard threads >= 1 else { throw ValidationError("--threads is \(threads); give at least 1") }
    guard !directory.isEmpty else { throw ValidationError("--out is empty; name a directory") }
  }

  func run() throws {
    let model = try model.load()
    let assignment = try frontEnds.assign(to: model)
    let frontEnds = assignment.frontEnds
    let objectives = try self.model.naming {
      try neurons.flatMap { try ObjectiveSelection($0).objectives(in: model.network) }
    }
    let held = try ascent.heldInputs(of: model, frontEnds)
    let start = try ascent.startingPoint(model, frontEnds, held: held)

    var recipe = ascent.recipe(startsFrom: start.start)
    (recipe.playsSounds, recipe.drawsPictures) = (!noSound, !noPictures)
    (recipe.colormap, recipe.drawsBare, recipe.sharesScale) = (colormap, bare, sharedScale)
    let plan = try recipe.plan(
      for: model, frontEnds: frontEnds, spectrograms: start.files.digests, held: held.digests,
      naturalSounds: try ascent.naturalSounds(of: model, frontEnds, threads: threads))
    let study = try Study(
      model, objectives: objectives, plan: plan, spectrograms: start.files.spectrograms,
      held: held.spectrograms)
    if !isSilent { report(assignment, study) }

    let run = try study.open(URL(filePath: directory), threads: threads)
    let progress = Progress(
      neurons: study.objectives.count, stepsPerNeuron: ascent.steps,
      as: quiet ? .none : self.progress)
    let interruption = Interruption()
    do {
      try study.run(in: run, threads: threads) { event in
        progress.note(event)
        if case .step = event { try interruption.check() }
      }
    } catch is Interruption.Interrupted {
      progress.end()
      Terminal.note(
        "stopped with \(run.finished.count) neurons finished; the same command goes on from there")
      throw ExitCode(130)
    } catch {
      progress.end()
      throw error
    }
    progress.end()
    try summarize(study, run)
  }

  /// Whether nothing is said to people.
  private var isSilent: Bool { quiet || progress == .json }

  /// Says what is assumed before the work begins.
  private func report(_ assignment: FrontEndAssignment, _ study: Study) {
    for input in study.model.network.inputs {
      if study.plan.held[input.name] != nil {
        Terminal.note("\(input.name): held; patterns show the other inputs")
        continue
      }
      guard let frontEnd = assignment.frontEnds[input.name] else {
        Terminal.note(
          """
          \(input.name): no front end; pictures are in bins and frames, and there is no sound. For Hz, \
          seconds and sound, name a preset with --front-end, or a JSON file with \
          \(FrontEnd.whatItSays)
          """)
        continue
      }
      let how = assignment.recognized.contains(input.name) ? " (recognized; see --front-end)" : ""
      let canvas = study.plan.canvases[input.name]?.kind.rawValue ?? ""
      let heard =
        study.plan.canvases[input.name]?.kind != .waveform
        ? "" : study.plan.ascent.hearing == nil ? ", heard exactly" : ", heard robustly"
      Terminal.note("\(input.name): \(frontEnd.name)\(how), climbed on a \(canvas)\(heard)")
    }
  }

  /// Says what came out, and where to look.
  ///
  /// - Throws: a failing exit code if a neuron had no finite numbers from the start.
  private func summarize(_ study: Study, _ run: RunDirectory) throws {
    let records = study.objectives.compactMap { run.finished[$0] }
    let dead = records.count { $0.dead }
    let failed = records.count { !$0.dead && $0.files.isEmpty }
    if progress == .json {
      ProgressEvent(summaryOf: records, dead: dead, failed: failed, directory: directory).print()
    }
    if !isSilent { describe(records, dead: dead, failed: failed) }
    if failed > 0 { throw ExitCode.failure }
  }

  private func describe(_ records: [PatternRecord], dead: Int, failed: Int) {
    for record in records where record.dead {
      print("\(record.objective) is dead: \((record.tried ?? []).joined(separator: "; "))")
    }
    for record in records where !record.dead && !["steps", "plateau"].contains(record.ending) {
      print("\(record.objective) ended early: \(record.ending)")
    }
    let found = records.count - dead - failed
    var counts = [found == 1 ? "1 neuron" : "\(found) neurons"]
    if dead > 0 { counts.append("\(dead) dead") }
    if failed > 0 { counts.append("\(failed) without finite numbers") }
    print("\(counts.joined(separator: ", ")) in \(directory)")
    let retentions = records.compactMap { $0.roundTrip?.retention }.sorted()
    if !retentions.isEmpty {
      let median = String(format: "%.1f %%", 100 * retentions[retentions.count / 2])
      let least = String(format: "%.1f %%", 100 * retentions[0])
      print("the sounds retain \(median) of the activation as they are (median; least \(least))")
    }
    let elsewhere = records.compactMap { $0.roundTrip?.playedElsewhere }
      .sorted { $0.least < $1.least }
    if let worst = elsewhere.first {
      let median = String(format: "%.1f %%", 100 * elsewhere[elsewhere.count / 2].least)
      let least = String(format: "%.1f %%", 100 * worst.least)
      print("and \(median) where they are played elsewhere (least \(least): \(worst.leastWay))")
    }
  }
}
