import Foundation
import TonoCore

@testable import TonoRender

/// Things to draw.
enum Sample {
  /// Smooth waves with an edge, between -1 and 1.
  static func matrix(_ rows: Int, _ columns: Int, phase: Float = 0) -> Tensor {
    Tensor(
      shape: [rows, columns],
      values: (0..<rows * columns).map { index in
        let (row, column) = (Float(index / columns), Float(index % columns))
        return column < Float(columns) / 3 ? -0.9 : sin(0.7 * row + phase) * cos(0.1 * column)
      })
  }

  /// A heat map with both axes; its scale is its own if none is given.
  static func heatmap(
    _ rows: Int, _ columns: Int, phase: Float = 0, scale: ColorScale? = nil,
    marks: [Heatmap.Mark] = []
  ) throws -> Heatmap {
    let matrix = matrix(rows, columns, phase: phase)
    return try Heatmap(
      matrix, scale: scale ?? .full(of: [matrix], label: "level (σ)"),
      rowAxis: .indices(label: "band", count: rows),
      columnAxis: .linear(label: "time (s)", from: 0, to: 4, cells: columns), marks: marks)
  }

  /// A page of heat maps of one size, with one scale or each its own.
  static func sheet(
    _ count: Int, rows: Int, columns: Int, scale: ColorScale? = nil
  ) throws -> Figure {
    let tiles = try (0..<count).map { index in
      Figure.Tile(
        title: "conv_1:\(index)", subtitle: "activation \(index)",
        [.init(try heatmap(rows, columns, phase: Float(index), scale: scale))])
    }
    return try Figure(title: "conv_1", subtitle: "seed 1", tiles: tiles)
  }

  /// A page of pairs of unlike heat maps.
  static func pairs(_ count: Int, shared: ColorScale? = nil) throws -> Figure {
    let tiles = try (0..<count).map { index in
      Figure.Tile(
        title: "dense_1:\(index)",
        [
          .init(title: "imitation", try heatmap(39, 482, phase: Float(index), scale: shared)),
          .init(title: "recording", try heatmap(128, 128, phase: Float(index), scale: shared)),
        ])
    }
    return try Figure(title: "dense_1", tiles: tiles)
  }
}

extension Figure {
  /// Where everything stands, at two pixels a point.
  var layout: FigureLayout {
    get throws { try FigureLayout(self, ruler: Page(width: 1, height: 1, scale: 2)) }
  }
}
