import ArgumentParser
import CTonoKernels
import TonoCore
import TonoNetwork

/// `tonobench kernels`: each kernel on the shapes of the towers.
struct KernelsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "kernels",
    abstract: "Measure each kernel on the towers' convolutions, on one thread.",
    discussion: """
      Adjoints are counted by the gradients that are not zero, Winograd's forms by the operations of \
      the direct one, which they save. TONOSCOPE_CPU chooses another set of kernels.
      """)

  @OptionGroup var output: OutputOptions

  private struct Record: Encodable {
    let kernel: String
    let layer: String
    let set: String
    let milliseconds: Double
    let gigaflops: Double
    let shareOfPeak: Double
  }

  func run() throws {
    let name = KernelSet.current.name
    let sets = (0..<8).compactMap { tono_kernel_set_at($0) }
    guard let set = sets.first(where: { String(cString: $0.pointee.name) == name }) else {
      throw ValidationError("this processor runs no kernels called '\(name)'")
    }
    let cases = Self.cases(on: set)
    let peak = Peak.flops(threads: 1)
    var records: [Record] = []
    for kernel in KernelCase.Kernel.allCases {
      for layer in cases where layer.suits(kernel) {
        layer.run(.convolve)
        let operations = layer.operations(kernel)
        let seconds = Stopwatch.median { layer.run(kernel) }
        records.append(
          Record(
            kernel: kernel.rawValue, layer: layer.name, set: name, milliseconds: 1e3 * seconds,
            gigaflops: operations / seconds / 1e9, shareOfPeak: operations / seconds / peak))
      }
    }
    try output.print(
      records,
      as: { record in
        [
          record.kernel, record.layer, record.set, record.milliseconds.rounded(to: 3),
          record.gigaflops.rounded(to: 1), (100 * record.shareOfPeak).rounded(to: 0) + " %",
        ]
      }, "kernel", "layer", "set", "ms", "GFLOP/s", "of the peak")
  }

  private static func cases(on set: UnsafePointer<tono_kernel_set>) -> [KernelCase] {
    [
      KernelCase(
        "nyu_conv_1", channels: 1, filters: 24, kernel: 5, rows: 128, columns: 128, window: (2, 4),
        on: set),
      KernelCase(
        "nyu_conv_2", channels: 24, filters: 48, kernel: 5, rows: 62, columns: 31, window: (2, 4),
        on: set),
      KernelCase(
        "nyu_conv_3", channels: 48, filters: 48, kernel: 5, rows: 29, columns: 6, window: (1, 1),
        on: set),
      KernelCase(
        "lid_conv_1", channels: 1, filters: 48, kernel: 6, rows: 39, columns: 482, window: (2, 2),
        on: set),
      KernelCase(
        "lid_conv_2", channels: 48, filters: 48, kernel: 6, rows: 17, columns: 238, window: (2, 2),
        on: set),
      KernelCase(
        "lid_conv_3", channels: 48, filters: 48, kernel: 6, rows: 6, columns: 116, window: (1, 1),
        on: set),
    ]
  }
}
